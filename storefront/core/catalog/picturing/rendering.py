"""Opening one picture and writing its public files, in a process of its own::

    python -m storefront.core.catalog.picturing.rendering ORIGINAL MEDIA

A decoder that eats memory, never ends or crashes takes this process with it and nothing else. Prints one line of JSON:
``{"file", "width", "height", "tint"}`` or ``{"refused": code}``; ends with code 74 where reading or writing failed (a full
disk), which is no fault of the picture's.
"""

import hashlib
import io
import json
import os
import resource
import shutil
import sys
import warnings
from pathlib import Path
from typing import Any

from PIL import AvifImagePlugin, Image, ImageCms

from storefront.core.catalog.pictures import picture_kind
from storefront.core.catalog.picturing.colour import nearest_tint
from storefront.core.catalog.picturing.limits import (
    FORMATS,
    MAX_MEMORY,
    MAX_PIXELS,
    MAX_SECONDS,
    MAX_SIDE,
    MIN_SIDE,
    RECIPE,
    STILL,
)
from storefront.core.values.pictures import MAX_HEIGHT, MAX_WIDTH, prepared_name, widths_for

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# From this share of transparent pixels on a picture is one without a ground of its own.
CUT_SHARE = 0.01
JPEG = {"quality": 80, "optimize": True, "progressive": True}
# Each thread of a codec takes address space; a machine with many cores must not run into MAX_MEMORY by them alone.
THREADS = 2
AVIF = {"quality": 55, "speed": 6, "max_threads": THREADS}


class Refused(Exception):
    """``code``: a key of ``errors.REASONS``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _open(file: Any) -> Image.Image:
    try:
        # Only the decoders named here ever see the file, whatever it calls itself.
        image = Image.open(file, formats=[name for name in FORMATS if name != "MPO"])
    except Image.DecompressionBombError as error:
        raise Refused("too_large") from error
    except Exception as error:  # decoders raise whatever a broken file leads them to
        file.seek(0)
        raise Refused("broken" if picture_kind(file.read(256)) else "unknown") from error
    if image.format not in FORMATS:
        raise Refused("unknown")
    if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
        raise Refused("too_large")
    if min(image.size) < MIN_SIDE:
        raise Refused("too_small")
    return image


def read(file: Any) -> Image.Image:
    """The picture upright, in sRGB, no larger than pages need it, as ``RGB`` or ``RGBA``; nothing else of the file.
    Raises ``Refused``."""
    image = _open(file)
    try:
        return _read(image)
    except Refused:
        raise
    except MemoryError as error:
        raise Refused("too_large") from error
    except Exception as error:
        raise Refused("broken") from error


def _read(image: Image.Image) -> Image.Image:
    if image.format in STILL and getattr(image, "n_frames", 1) > 1:
        raise Refused("moving")
    turn = _orientation(image)
    width, height = image.size if turn < 5 else image.size[::-1]
    scale = min(1.0, MAX_WIDTH / width, MAX_HEIGHT / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    turned = size if turn < 5 else size[::-1]
    image.draft(None, turned)  # a JPEG is decoded at a fraction of its size already
    profile = image.info.get("icc_profile")
    image.load()
    image = _to_srgb(image, profile)
    if image.size != turned:
        image = image.resize(turned, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if turn in TURNS:
        image = image.transpose(TURNS[turn])
    # Pixels alone: comments, EXIF, XMP and profiles stay behind with the old object.
    return Image.frombytes(image.mode, image.size, image.tobytes())


def _orientation(image: Image.Image) -> int:
    try:
        found = image.getexif().get(ORIENTATION, 1)
    except Exception:  # a damaged description does not make the picture unusable
        return 1
    return found if found in TURNS else 1


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode == "I":
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    see_through = image.has_transparency_data
    if image.mode == "P" or see_through:
        image = image.convert("RGBA" if see_through else "RGB")
    wanted = "RGBA" if see_through else "RGB"
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=wanted)
            if converted is not None:
                image = converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a profile that cannot be read or fits another kind of colours: the numbers as they are
    image = image if image.mode == wanted else image.convert(wanted)
    if wanted == "RGBA" and image.getchannel("A").getextrema()[0] == 255:
        image = image.convert("RGB")
    return image


def render(original: Path, media: Path) -> dict[str, Any]:
    """Write all public files of ``original`` into a folder of ``media``: all of them or none. The same again finds the
    folder there and writes nothing. Raises ``Refused``, ``OSError``."""
    data = original.read_bytes()
    image = read(io.BytesIO(data))
    name = prepared_name(hashlib.sha256(RECIPE + data).hexdigest(), image.width, image.height, _is_cut(image))
    if not (media / name).is_dir():
        _write(image, media, name)
    return {"file": name, "width": image.width, "height": image.height, "tint": nearest_tint(image)}


def _is_cut(image: Image.Image) -> bool:
    if image.mode != "RGBA":
        return False
    clear = sum(image.getchannel("A").histogram()[:128])
    return clear >= CUT_SHARE * image.width * image.height


def _write(image: Image.Image, media: Path, name: str) -> None:
    beside = media / f".{name}.{os.getpid()}"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        for width in widths_for(image.width):
            height = max(1, round(image.height * width / image.width))
            each = image if width == image.width else image.resize((width, height), Image.Resampling.LANCZOS)
            each.save(beside / f"{width}.avif", "AVIF", **AVIF)
            _on_white(each).save(beside / f"{width}.jpg", "JPEG", **JPEG)
        try:
            beside.rename(media / name)
        except OSError:
            if not (media / name).is_dir():  # else somebody wrote the same meanwhile
                raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def main(original: str, media: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    os.nice(10)  # visitors come first
    warnings.simplefilter("ignore")
    AvifImagePlugin.DEFAULT_MAX_THREADS = THREADS
    try:
        answer = render(Path(original), Path(media))
    except Refused as refusal:
        answer = {"refused": refusal.code}
    except OSError as error:
        print(error, file=sys.stderr)
        sys.exit(os.EX_IOERR)
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:3])
