"""Pictures on pages: every address they name is there, in the right kind, and nothing else is served."""

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from storefront.core.catalog.models import ProductPicture
from storefront.core.catalog.picturing.originals import hand_in
from storefront.core.catalog.picturing.service import add_picture
from storefront.core.db import session
from storefront.core.settings.service import touch
from storefront.core.values.pictures import jpeg_path, prepared, prepared_name, widths_for
from storefront.jobs.relay import run_due
from storefront.shop.pictures import USES, shown
from storefront.testing.factories import make_category, make_product
from storefront.testing.visitor import Visitor

Unit = Callable[[], AbstractContextManager[None]]
KINDS = {"avif": "image/avif", "jpg": "image/jpeg", "webp": "image/webp"}


def picture(size: tuple[int, int], *, cut: bool = False) -> bytes:
    file = io.BytesIO()
    image = Image.new("RGBA", size, (0, 0, 0, 0) if cut else (200, 40, 40, 255))
    image.paste((40, 40, 200, 255), (0, 0, size[0] // 2, size[1] // 2))
    image.save(file, "PNG")
    return file.getvalue()


def addresses(page: str) -> list[str]:
    found = re.findall(r'<img src="([^"]+)"', page)
    for srcset in re.findall(r'srcset="([^"]+)"', page):
        found += [each.split()[0] for each in srcset.split(",")]
    return found


@pytest.fixture
def goods(app: Flask, unit: Unit) -> list[str]:
    """A photograph, something cut out, something tiny with a second picture, and one that waits; their SKUs."""
    settings = app.extensions["storefront"].settings
    given = [[picture((1300, 900))], [picture((500, 700), cut=True)], [picture((90, 90)), picture((64, 64))], []]
    handed = [[hand_in(data, settings.originals_dir) for data in pictures] for pictures in given]
    with unit():
        category = make_category("cups")
        products = [make_product(slug=f"p-{n}", code=f"P{n}") for n in range(4)]
        for product, pictures in zip(products, handed, strict=True):
            for each in pictures:
                add_picture(product.id, each, "test", alt={"en": 'A "cup" & <saucer>'})
        media = settings.media_dir
        media.mkdir(exist_ok=True)
        (media / "tea.webp").write_bytes(b"as it was")
        session.add(ProductPicture(product_id=products[3].id, file="tea.webp", alt={}))
        category.picture = "tea.webp"
        touch()
    run_due(app)
    return [f"P{n}-1" for n in range(4)]


def test_every_address_on_every_page_is_there(app: Flask, client: FlaskClient, goods: list[str]) -> None:
    visitor = Visitor(client)
    for sku in goods:
        assert visitor.adds(sku).status_code == 303
    seen: set[str] = set()
    for path in (
        "/en/",
        "/en/products/",
        *(f"/ja/products/p-{n}" for n in range(4)),
        "/en/products/p-2?picture=2",
        "/en/cart",
    ):
        answer = client.get(path)
        assert answer.status_code == 200
        page = answer.get_data(as_text=True)
        found = addresses(page)
        assert found, path
        seen.update(found)
        images = re.findall(r"<img [^>]+>", page)
        assert len([image for image in images if 'fetchpriority="high"' in image]) <= 1
        for image in images:
            assert re.search(r'width="\d+" height="\d+" alt="', image), image
            assert ('fetchpriority="high"' in image) != ('loading="lazy" decoding="async"' in image), image
        assert page.count("<picture>") == page.count("</picture>") == page.count("<source")
    assert len(seen) > 15
    for address in seen:
        with client.get(address) as answer:
            assert answer.status_code == 200, address
            assert answer.mimetype == KINDS[address.rpartition(".")[2]]
            assert "immutable" in answer.headers["Cache-Control"]
            assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_originals_and_half_done_ones_are_never_served(app: Flask, client: FlaskClient, goods: list[str]) -> None:
    settings = app.extensions["storefront"].settings
    original = next(path for path in settings.originals_dir.rglob("*") if path.is_file())
    name = f"{original.parent.name}/{original.name}"
    for path in (
        f"originals/{name}",
        name,
        f"../originals/{name}",
        f"%2e%2e/originals/{name}",
        ".",
        "",
        "..%2fshop.sqlite",
    ):
        assert client.get(f"/media/{path}").status_code in (404, 308), path
    page = client.get("/en/products/p-0").get_data(as_text=True)
    assert "A &#34;cup&#34; &amp; &lt;saucer&gt;" in page and str(settings.data_dir) not in page


def test_a_name_says_what_there_is() -> None:
    assert (
        widths_for(1600) == (200, 400, 800, 1600) and widths_for(200) == (200,) and widths_for(401) == (200, 400, 401)
    )
    name = prepared_name("0123456789abcdef" * 4, 500, 700, True)
    found = prepared(name)
    assert found is not None and (found.width, found.height, found.cut) == (500, 700, True)
    assert [found.smallest(width) for width in (1, 200, 201, 450, 9999)] == [200, 200, 400, 500, 500]
    assert (
        jpeg_path(name, 300) == f"{name}/400.jpg"
        and jpeg_path("tea.webp", 300) == "tea.webp"
        and jpeg_path("", 1) == ""
    )
    for odd in (
        "",
        "tea.webp",
        "0123456789abcdef",
        f"{name}/..",
        f"../{name}",
        name.upper(),
        f"{name}\n",
        "0123456789abcdef-0x5",
    ):
        assert prepared(odd) is None, odd
    for use in USES:
        for width in (90, 256, 1000, 1600):
            each = shown(prepared_name("f" * 64, width, 100, False), use)
            assert each.avif and each.full and (each.width, each.height) == (width, 100)
            assert not each.sizes or " " in each.avif
