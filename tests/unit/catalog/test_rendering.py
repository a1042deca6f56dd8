"""What becomes of a picture that somebody hands in: its pixels, upright and in sRGB, and nothing else of the file."""

import io
import json
import random
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms, PngImagePlugin, features

from storefront.core.catalog.pictures import picture_kind, picture_size
from storefront.core.catalog.picturing import rendering
from storefront.core.catalog.picturing.errors import PARAMS, REASONS, PictureRefused
from storefront.core.catalog.picturing.limits import FORMATS
from storefront.core.catalog.picturing.originals import hand_in
from storefront.core.values.pictures import prepared

RED, BLUE = (200, 20, 20), (20, 20, 200)
SECRET = "35.6586N 139.7454E"


def halves(size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Red on top, blue below."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (0, size[1] // 2, *size))
    return image


def saved(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def rendered(data: bytes, folder: Path) -> dict[str, object]:
    original = folder / "original"
    original.write_bytes(data)
    media = folder / "media"
    media.mkdir(exist_ok=True)
    return rendering.render(original, media)


def refusal(data: bytes) -> str:
    with pytest.raises(rendering.Refused) as refused:
        rendering.read(io.BytesIO(data))
    return refused.value.code


def near(one: tuple[int, ...], other: tuple[int, ...], by: int = 30) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("width", "widths"), [(2000, [200, 400, 800, 1600]), (900, [200, 400, 800, 900]), (150, [150])]
)
def test_every_width_up_to_its_own_in_two_formats(tmp_path: Path, width: int, widths: list[int]) -> None:
    answer = rendered(saved(halves((width, width * 3 // 4))), tmp_path)
    name = prepared(str(answer["file"]))
    assert name is not None and name.widths == tuple(widths) and not name.cut
    assert (name.width, name.height) == (answer["width"], answer["height"]) == (widths[-1], widths[-1] * 3 // 4)
    files = sorted(path.name for path in (tmp_path / "media" / name.name).iterdir())
    assert files == sorted(f"{each}.{kind}" for each in widths for kind in ("avif", "jpg"))
    for each in widths:
        for kind, called in (("avif", "AVIF"), ("jpg", "JPEG")):
            with Image.open(tmp_path / "media" / name.file(each, kind)) as image:
                assert (image.format, image.width) == (called, each)
                assert abs(image.height - each * 3 / 4) <= 1


def test_nothing_but_pixels_is_left(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = SECRET
    exif[0x0112] = 1
    exif.get_ifd(0x8825)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = saved(
        halves(), exif=exif, comment=SECRET.encode(), icc_profile=profile, xmp=f"<x>{SECRET}</x>".encode(), quality=95
    )
    assert data.count(SECRET.encode()) == 3
    folder = tmp_path / "media" / str(rendered(data + b"<script>" + SECRET.encode(), tmp_path)["file"])
    for path in folder.iterdir():
        assert SECRET.encode() not in path.read_bytes() and b"<script>" not in path.read_bytes()
        with Image.open(path) as image:
            assert not image.getexif() and not {"exif", "icc_profile", "comment", "xmp"} & image.info.keys()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_it_stands_upright(kind: str) -> None:
    upright = halves((640, 480))
    for turn, back in {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.items():  # fmt: skip
        exif = Image.Exif()
        exif[0x0112] = turn
        lying = upright.transpose(back) if back is not None else upright
        image = rendering.read(io.BytesIO(saved(lying, kind, exif=exif)))
        assert image.size == (640, 480), turn
        assert near(image.getpixel((320, 60)), RED) and near(image.getpixel((320, 420)), BLUE), turn


def test_colours_become_srgb() -> None:
    lab = ImageCms.createProfile("LAB")
    wide = halves()
    # A profile in which the numbers mean other colours: the picture must change, and only with it.
    swapped = _profile_with_swapped_channels()
    plain = rendering.read(io.BytesIO(saved(wide, quality=95)))
    turned = rendering.read(io.BytesIO(saved(wide, quality=95, icc_profile=swapped)))
    assert near(plain.getpixel((10, 10)), RED) and near(turned.getpixel((10, 10)), RED[::-1], 60)
    # Damaged, or for another kind of colours: the numbers are taken as they are.
    for unfit in (b"not a profile", ImageCms.ImageCmsProfile(lab).tobytes()):
        assert near(rendering.read(io.BytesIO(saved(wide, quality=95, icc_profile=unfit))).getpixel((10, 10)), RED)


def _profile_with_swapped_channels() -> bytes:
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(data[at : at + 4]): at for at in range(132, 132 + 12 * int.from_bytes(data[128:132], "big"), 12)}
    red, blue = tags[b"rXYZ"], tags[b"bXYZ"]
    data[red + 4 : red + 12], data[blue + 4 : blue + 12] = data[blue + 4 : blue + 12], data[red + 4 : red + 12]
    return bytes(data)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixels(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new("I;16", (64, 64), 40_000) if mode == "I;16" else halves((64, 64)).convert(mode)
    shown = rendering.read(io.BytesIO(saved(image, kind)))
    assert shown.mode == "RGB" and shown.size == (64, 64)
    if mode == "I;16":
        assert near(shown.getpixel((1, 1)), (156, 156, 156), 2)


def test_a_transparent_ground_is_kept_where_it_can_be_and_white_elsewhere(tmp_path: Path) -> None:
    image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    image.paste((*RED, 255), (100, 100, 200, 200))
    answer = rendered(saved(image, "PNG"), tmp_path)
    name = prepared(str(answer["file"]))
    assert name is not None and name.cut and answer["tint"] == 2
    with Image.open(tmp_path / "media" / name.file(300, "avif")) as avif:
        assert avif.mode == "RGBA" and avif.getpixel((5, 5))[3] == 0 and near(avif.getpixel((150, 150))[:3], RED)
    with Image.open(tmp_path / "media" / name.file(300, "jpg")) as jpeg:
        assert near(jpeg.getpixel((5, 5)), (255, 255, 255), 5) and near(jpeg.getpixel((150, 150)), RED)
    opaque = Image.new("RGBA", (300, 300), (*BLUE, 255))
    assert rendering.read(io.BytesIO(saved(opaque, "PNG"))).mode == "RGB"


def test_the_tile_takes_up_the_colours_of_the_picture() -> None:
    colours = {
        (200, 40, 40): 2, (230, 160, 20): 6, (130, 160, 40): 3, (40, 150, 80): 8, (40, 140, 160): 4, (110, 70, 190): 5,
        (128, 128, 128): 7, (255, 255, 255): 7, (0, 0, 0): 7,
    }  # fmt: skip
    for colour, tint in colours.items():
        image = Image.new("RGB", (64, 64), "white")
        image.paste(colour, (16, 16, 48, 48))
        assert rendering.nearest_tint(image) == tint, colour
    assert rendering.nearest_tint(Image.new("RGBA", (9, 9), (255, 0, 0, 0))) == 7


def test_of_a_gif_the_first_picture_and_nothing_else_that_moves() -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in (RED, BLUE)]
    still = rendering.read(io.BytesIO(saved(frames[0], "GIF", save_all=True, append_images=frames[1:])))
    assert near(still.getpixel((5, 5)), RED)
    for kind in ("PNG", "WEBP", "AVIF"):
        assert refusal(saved(frames[0], kind, save_all=True, append_images=frames[1:])) == "moving", kind


def test_large_ones_are_refused_before_they_are_unpacked() -> None:
    def png(width: int, height: int) -> bytes:
        def chunk(name: bytes, body: bytes) -> bytes:
            return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

        head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
        rows = zlib.compress(bytes(1000))
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

    for size in ((8000, 8000), (60_000, 60_000), (20_001, 20), (2**31 - 1, 2**31 - 1)):
        assert refusal(png(*size)) in ("too_large", "unknown"), size
    assert refusal(png(15, 400)) == "too_small"


def hostile() -> list[tuple[str, bytes]]:
    whole = {kind: saved(halves((320, 240)), kind) for kind in ("JPEG", "PNG", "WEBP", "AVIF", "GIF")}
    found = [(f"half a {kind}", data[: len(data) // 2]) for kind, data in whole.items() if kind != "GIF"]
    found += [(f"head of a {kind}", data[:24]) for kind, data in whole.items()]
    found += [(f"{kind} of zeros", data[:40] + bytes(500)) for kind, data in whole.items()]
    text = PngImagePlugin.PngInfo()
    text.add_text("a", "x" * 5_000_000, zip=True)
    found.append(("a text that unpacks", saved(halves((32, 32)), "PNG", pnginfo=text)))
    found += [
        ("svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("html", b"<!doctype html><script>alert(1)</script>"),
        ("postscript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n"),
        ("pdf", b"%PDF-1.7\n"),
        ("tiff", saved(halves((32, 32)), "TIFF")),
        ("bmp", saved(halves((32, 32)), "BMP")),
        ("ico", saved(halves((32, 32)), "ICO")),
        ("nothing", b""),
    ]
    return found


@pytest.mark.parametrize(("what", "data"), hostile(), ids=[what for what, _ in hostile()])
def test_what_is_no_whole_picture_is_refused_with_a_sentence(what: str, data: bytes, tmp_path: Path) -> None:
    code = refusal(data)
    assert (REASONS[code] % PARAMS).endswith(".")
    original = tmp_path / "original"
    original.write_bytes(data)
    (tmp_path / "media").mkdir()
    command = [sys.executable, "-m", rendering.__name__, str(original), str(tmp_path / "media")]
    if what in ("svg", "half a JPEG"):  # the process itself, as the job starts it
        done = subprocess.run(command, capture_output=True, check=True)
        assert json.loads(done.stdout) == {"refused": code}
    assert not list((tmp_path / "media").iterdir())


def test_random_damage_never_crashes() -> None:
    chance = random.Random(7)
    for kind in ("JPEG", "PNG", "WEBP", "AVIF", "GIF"):
        data = saved(halves((96, 64)), kind)
        for _ in range(40):
            damaged = bytearray(data)
            for _ in range(chance.randint(1, 12)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            try:
                image = rendering.read(io.BytesIO(bytes(damaged)))
            except rendering.Refused as refused:
                assert refused.code in REASONS
            else:
                assert image.mode in ("RGB", "RGBA")


def test_the_door_looks_at_the_content_alone(tmp_path: Path) -> None:
    for kind in ("JPEG", "PNG", "WEBP", "AVIF", "GIF"):
        data = saved(halves((320, 240)), kind)
        assert picture_kind(data) == FORMATS[kind]
        assert picture_size(data) == ((0, 0) if kind == "AVIF" else (320, 240))
        handed = hand_in(io.BytesIO(data), tmp_path)
        assert handed.suffix == FORMATS[kind] and handed.path.read_bytes() == data
        handed.path.unlink()
    for data, code in [
        (b'<?xml version="1.0"?><svg/>', "unknown"), (b"", "empty"), (b"GIF8", "unknown"), (b"\0\0\0\x18ftypmp42" + bytes(12), "unknown"),
        (b"\x89PNG\r\n\x1a\n" + bytes(4) + b"IHDR" + (60_000).to_bytes(4, "big") * 2, "too_large"),
        (saved(halves((32, 32))) + bytes(26 * 1024 * 1024), "too_heavy"),
    ]:  # fmt: skip
        with pytest.raises(PictureRefused) as refused:
            hand_in(data, tmp_path)
        assert refused.value.code == code
    assert not list(tmp_path.iterdir())


def test_this_pillow_has_what_pictures_need() -> None:
    assert features.check("avif") and features.check("webp") and features.check("littlecms2")
