"""What a picture is and how large, read from its first bytes, without a decoder."""

import struct

Size = tuple[int, int]
UNKNOWN: Size = (0, 0)
# JPEG markers that carry the size: every start of frame but the tables that share their range.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


_AVIF_BRANDS = frozenset({b"avif", b"avis"})


def picture_kind(data: bytes) -> str:
    """The suffix that belongs to a picture of a kind the shop takes, whatever its file was called; "" for anything else
    (drawings in SVG, which may hold scripts, among it)."""
    if data[:3] == b"\xff\xd8\xff":
        return "jpg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    return "avif" if data[4:8] == b"ftyp" and _brands(data) & _AVIF_BRANDS else ""


def _brands(data: bytes) -> set[bytes]:
    """What a file of the MP4 family says it is: its main brand and those it is compatible with."""
    end = min(int.from_bytes(data[:4], "big"), len(data), 256)
    return {data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))}


def picture_size(data: bytes) -> Size:
    """Width and height in pixels of a WebP, PNG, GIF or JPEG file; ``(0, 0)`` for anything else or a broken head."""
    try:
        if data[:4] == b"GIF8":
            width, height = struct.unpack("<HH", data[6:10])
            return width, height
        if data[:8] == b"\x89PNG\r\n\x1a\n":
            width, height = struct.unpack(">II", data[16:24])
            return width, height
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if data[:2] == b"\xff\xd8":
            return _jpeg(data)
    except (struct.error, IndexError):
        pass
    return UNKNOWN


def _webp(data: bytes) -> Size:
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        (bits,) = struct.unpack("<I", data[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    return UNKNOWN


def _jpeg(data: bytes) -> Size:
    at = 2
    while data[at] == 0xFF:
        marker, length = struct.unpack(">BH", data[at + 1 : at + 4])
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return UNKNOWN
