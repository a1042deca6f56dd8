"""A shop moves in and out through its back office: another system's export is imported, browsed, bought from, and written
again as that system reads it; the shop's own file goes round."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from storefront.core.catalog.models import Sku
from storefront.core.db import session
from storefront.core.stock.models import StockItem
from storefront.core.tasks.models import Task
from storefront.jobs.relay import run_due
from storefront.testing.catalogue_files import read_csv
from storefront.testing.visitor import Visitor

Member = Callable[..., Visitor]
DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def plugin_modules(selling_plugins: list[object]) -> list[object]:
    return selling_plugins


def works(app: Flask, visitor: Visitor) -> None:
    """The background work is done; the page in hand is looked at again."""
    while run_due(app):
        pass
    visitor.gets(visitor.last.request.path)


def tries(app: Flask, owner: Visitor, data: bytes, **chosen: str) -> list[str]:
    """The file is handed in; what the trial run found: new, changed, as before, left out."""
    owner.gets("/manage/imports/")
    form = owner.page.form("import-form")
    owner.posts("/manage/imports/", {**form.fields, **chosen, "file": (io.BytesIO(data), "shop.csv")})
    works(app, owner)
    return [owner.page.text(mark) for mark in ("created", "updated", "unchanged", "refused")]


def exports(app: Flask, owner: Visitor, kind: str, **chosen: str) -> bytes:
    owner.gets("/manage/export/")
    assert owner.submits("export-form", format=kind, **chosen).status_code == 200
    assert next(owner.page.attributes("task"))["data-state"] == "waiting"
    works(app, owner)
    assert next(owner.page.attributes("task"))["data-state"] == "done"
    answer = owner.client.get(next(owner.page.attributes("download"))["href"])
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=catalogue-")
    data = answer.get_data()
    answer.close()
    return data


@pytest.mark.req("CAT-9")
@pytest.mark.parametrize(
    ("system", "terms", "figures", "slug", "sku", "words", "left"),
    [
        ("shopify", {"currency": "usd", "rate": "150"}, ["4", "0", "0", "3"],
         "harbour-linen-shirt", "HLS-S-SEA", "Harbour Linen Shirt", ("Variant Inventory Qty", "4")),
        ("woocommerce", {"currency": "JPY"}, ["2", "0", "0", "2"],
         "quay-mug", "quay-mug-ash", "Quay Mug", ("Stock", "6")),
    ],
)  # fmt: skip
def test_another_shop_moves_in_sells_and_moves_out(
    app: Flask, member: Member, open_shop: None, visitor: Visitor,
    system: str, terms: dict[str, str], figures: list[str], slug: str, sku: str, words: str, left: tuple[str, str],
) -> None:  # fmt: skip
    owner = member("owner")
    data = (DATA / system / "goods.csv").read_bytes()
    assert tries(app, owner, data, **terms) == figures
    assert visitor.gets(f"/en/products/{slug}").status_code == 404, "a trial"
    owner.submits("import-now-form")
    works(app, owner)
    assert owner.page.text("import-state") == "Imported"

    visitor.gets("/en/products/")
    assert f"/en/products/{slug}" in visitor.page.links
    visitor.gets(f"/en/products/?q={words.replace(' ', '+')}")
    assert f"/en/products/{slug}" in visitor.page.links
    page = visitor.gets(f"/en/products/{slug}")
    assert visitor.page.text("product-title") == words and "<script>alert" not in page.get_data(as_text=True)
    assert visitor.buys(sku)
    works(app, owner)

    written = exports(app, owner, system)
    assert next(row for row in read_csv(written) if sku in row.values())[left[0]] == left[1], (
        "what is sold lies on the shelf until it is packed"
    )
    # and it comes in again as it is
    assert tries(app, owner, written, currency="JPY") == ["0", "0", figures[0], "0"]
    # the old file once more changes nothing, and what is promised stays promised
    assert tries(app, owner, data, **terms)[:3] == ["0", "0", figures[0]]
    with app.app_context():
        assert session.scalars(select(StockItem.reserved).join(Sku).where(Sku.code == sku)).one() == 1


@pytest.mark.req("CAT-9")
def test_the_own_file_goes_round_and_only_those_who_may_get_it(app: Flask, member: Member) -> None:
    owner = member("manager", locale="ja")
    assert tries(app, owner, (DATA / "woocommerce/goods.csv").read_bytes(), currency="JPY")[0] == "2"
    owner.submits("import-now-form")
    works(app, owner)
    whole = exports(app, owner, "own", stock="1")
    assert whole.startswith(b"\xef\xbb\xbfrecord,product,") and "stock" in read_csv(whole)[0]
    owner.gets("/manage/export/")
    fields = {name: value for name, value in owner.page.form("export-form").fields.items() if name != "stock"}
    owner.posts("/manage/export/", fields)
    works(app, owner)
    link = next(owner.page.attributes("download"))["href"]
    answer = owner.client.get(link)
    texts = answer.get_data()
    answer.close()
    assert "stock" not in read_csv(texts)[0]
    for data in (whole, texts):
        assert tries(app, owner, data) == ["0", "0", "2", "0"]
    changed = whole.replace(b"Rope Mat", b"Rope Rug")
    assert tries(app, owner, changed) == ["0", "1", "1", "0"]

    owner.gets("/manage/export/")
    for wrong in ({"format": "xml", "lang": "en"}, {"format": "shopify", "lang": "xx\0"}):
        assert owner.posts("/manage/export/", {**fields, **wrong}).status_code == 422
    assert owner.page.form("export-form").fields["format"] == "shopify"
    with app.app_context():
        assert [task.done for task in session.query(Task)] == [2, 2]
    assert member("support").gets(link).status_code == 404
