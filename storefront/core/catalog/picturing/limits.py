"""What a picture may be. Imports nothing, so that the process that opens pictures stays small."""

MAX_BYTES = 25 * 1024 * 1024
# 50 megapixels: the largest cameras of telephones. Decoded as RGBA that is 200 MB.
MAX_PIXELS = 50_000_000
MAX_SIDE = 20_000
MIN_SIDE = 16
# What a decoder may take of the machine before it is ended. Address space is more than memory: threads reserve stacks.
MAX_MEMORY = 2 * 1024**3
MAX_SECONDS = 40

# Pillow's name of a format, and the suffix its originals are kept with. MPO is a JPEG with a second picture behind it.
FORMATS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "gif"}
# Of these a picture that moves is refused; of a GIF the first picture is taken, since most of them are still.
STILL = frozenset({"PNG", "WEBP", "AVIF"})

# Moved on when pictures shall be prepared differently: then they have other names, as browsers keep them for good.
RECIPE = b"1"
