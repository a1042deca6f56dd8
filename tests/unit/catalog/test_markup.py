"""Texts from outside: what is left of HTML, what becomes of a name in an address, how big a picture is."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.core.catalog.markup import MAX_SLUG, clean_html, clean_text, slugify
from storefront.core.catalog.pictures import picture_size


@pytest.mark.parametrize(
    ("given_html", "kept"),
    [
        ("<p>Good <b>tea</b></p>", "<p>Good <b>tea</b></p>"),
        ('<p onclick="x()" style="a" class="b" id="c" data-x="1" hx-get="/y">Tea</p>', "<p>Tea</p>"),
        ("<script>alert(1)</script><style>p{}</style>Tea<p></p>", "Tea<p></p>"),
        ("<svg><circle/></svg><form><input name=a></form><p>Tea</p>", "<p>Tea</p>"),
        ('<img src="https://elsewhere.example/a.jpg" onerror="x()"><p>Tea</p>', "<p>Tea</p>"),
        ('<a href="javascript:x()">a</a>', '<a rel="noopener nofollow">a</a>'),
        ('<a href="https://example.com">a</a>', '<a href="https://example.com" rel="noopener nofollow">a</a>'),
        ("<div><p>Tea</p></div><!-- note -->", "<p>Tea</p>"),
        ("Tea & cake, 3 < 4\n\nSecond part", "<p>Tea &amp; cake, 3 &lt; 4</p><p>Second part</p>"),
        ("Tea &amp; cake", "<p>Tea &amp; cake</p>"),
        ('<td colspan="2">a', "<p>a</p>"),
        ("", ""),
        ("\x00<p>a\x00b</p>", "<p>ab</p>"),
        ("<ruby>茶<rp>(</rp><rt>ちゃ</rt><rp>)</rp></ruby>", "<ruby>茶<rp>(</rp><rt>ちゃ</rt><rp>)</rp></ruby>"),
    ],
)
def test_only_harmless_html_is_left(given_html: str, kept: str) -> None:
    assert clean_html(given_html) == kept


@given(st.text(alphabet="<>&;/ap b=\"'\n-!svgform", max_size=60))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean_html(clean_html(text)) == clean_html(text)


def test_line_ends_are_simple_and_controls_are_gone() -> None:
    assert clean_text("a\r\nb\rc\x00\x1b\ud800\td") == "a\nb\nc\td"


def test_a_slug_is_latin_and_different_names_keep_different_slugs() -> None:
    assert slugify("Company 123") == "company-123"
    assert slugify("Crème Brûlée!") == slugify("creme brulee")
    assert len({slugify(name) for name in ("お茶", "緑茶", "茶 tea", "水 tea", "!!!", "???")}) == 6
    assert slugify("x" * 500) != slugify("x" * 501)
    assert len(slugify("x" * 500)) <= MAX_SLUG


@given(st.text(max_size=200))
def test_every_name_has_a_slug(text: str) -> None:
    slug = slugify(text)
    assert slug and slug.isascii() and slug == slug.lower() and not slug.startswith("-") and not slug.endswith("-")


PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + struct.pack(">II", 640, 480)
VP8 = b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(10) + struct.pack("<HH", 256, 128 | 0x4000)
VP8L = b"RIFF\x00\x00\x00\x00WEBPVP8L" + bytes(4) + b"\x2f" + struct.pack("<I", 255 | 127 << 14)
VP8X = b"RIFF\x00\x00\x00\x00WEBPVP8X" + bytes(8) + (255).to_bytes(3, "little") + (127).to_bytes(3, "little")
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc4\x00\x03x\xff\xc2\x00\x11\x08" + struct.pack(">HH", 480, 640)


@pytest.mark.parametrize(
    ("data", "size"),
    [(PNG, (640, 480)), (VP8, (256, 128)), (VP8L, (256, 128)), (VP8X, (256, 128)), (JPEG, (640, 480))],
)
def test_the_size_of_a_picture_is_read_from_its_head(data: bytes, size: tuple[int, int]) -> None:
    assert picture_size(data + bytes(20)) == size


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", PNG[:18], VP8[:27], JPEG[:9], b"\xff\xd8", b"RIFF\x00\x00\x00\x00WEBPxxxx"]
)
def test_of_a_broken_picture_the_size_is_unknown(data: bytes) -> None:
    assert picture_size(data) == (0, 0)
