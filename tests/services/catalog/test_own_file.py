"""The shop's own catalogue file: everything of a product goes out, comes in, and goes out the same."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storefront.core.audit.models import AuditEntry
from storefront.core.catalog.csv_cells import defused, plain
from storefront.core.catalog.data import PictureData, ProductData, SkuData, TextData
from storefront.core.catalog.importing.report import ImportRefused, ImportReport
from storefront.core.catalog.models import Brand, Category, Product, ProductPicture, ProductText, Sku, SkuPrice
from storefront.core.catalog.own_columns import COLUMNS
from storefront.core.catalog.service import save_brand, save_category, save_product
from storefront.core.catalog.structure import write_category
from storefront.core.db import session, unit_of_work
from storefront.core.search.models import SearchProduct
from storefront.core.stock import service as stock
from storefront.core.stock.models import Reservation, StockItem, StockMovement
from storefront.testing.catalogue_files import as_csv, counts, read_csv, reasons
from storefront.testing.databases import Database, Templates, open_database

Take = Callable[..., ImportReport]
Give = Callable[..., bytes]
TABLES = (Product, ProductText, Sku, SkuPrice, StockItem, Category, Brand, ProductPicture, SearchProduct)


def fill() -> None:
    """A shop with everything of CAT-1 to CAT-5, and texts that are hard on files."""
    with unit_of_work():
        tea = save_category("tea", {"en": ("Tea", "All of it"), "ja": ("お茶", "全部\n二行")}, "test")
        green = save_category("green-tea", {"zh-hant": ("綠茶", "")}, "test", parent_id=tea, position=3)
        save_category("cups", {"en": ("=Cups", "")}, "test", position=-0)
        brand = save_brand("kiln", {"en": ("Kiln & Sons", 'Since "1603"'), "zh-hans": ("窑", "")}, "test")
        saved = save_product(
            ProductData(
                code="TEA-1-R2",
                slug="sencha",
                state="draft",
                texts={
                    "en": TextData("=SUM(A1)", "'=quoted", "<p>a, \"b\"\n<b>c</b></p>", " contents ", "+1", "-2\nx", "@t", "\tt"),
                    "ja": TextData("煎茶", "要約", "<p>説明</p>", notes="賞味期限"),
                    "zh-hans": TextData("煎茶（简）"),
                    "zh-hant": TextData("煎茶（繁）", seo_title="標題"),
                },
                skus=(
                    SkuData(
                        "TEA-S", 1200, 1500, "4900000000016", 120, "provisional", "2027-01",
                        (
                            {"name": {"en": "Size", "ja": "サイズ"}, "value": {"en": "S", "ja": "小"}},
                            {"name": {"en": "Colour"}, "value": {"en": "-red"}},
                        ),
                        prices={"USD": (999, 1299), "TWD": (300, None)},
                    ),
                    SkuData("TEA-L", 2400, options=({"name": {"en": "Size"}, "value": {"en": "L"}},), active=False),
                    SkuData("TEA-0", 0),
                ),
                category_ids=(green, tea),
                pictures=(
                    PictureData("a1.webp", "", 800, 600, 3, alt={"en": "A tin", "ja": "缶"}),
                    PictureData("", "https://example.com/b,c.jpg", tint=8),
                ),
                facts={
                    "brand_id": brand, "origin": "JP", "hs_code": "0902.10", "customs_description": "Green tea",
                    "tax_class": "reduced", "weight": 130, "length": 100, "width": 80, "height": 50, "release": "2027-01-15",
                    "restrictions": ["food", "no_international"], "alcohol_percent": "0.5", "not_returnable": True,
                    "purchase_limit": 3, "limit_counts_shipped": False, "condition_item": "B+", "condition_box": "C",
                },
                created_at=datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
            ),
            "test",
        )  # fmt: skip
        small, large, _ = saved.sku_ids
        stock.ensure_item(small)
        stock.receive(small, 7, "test")
        stock.set_slots(small, 20, "test")
        stock.ensure_item(large, tracked=False)
        save_product(ProductData("BARE", "bare", {"ja": TextData("素")}, (SkuData("BARE", 5),)), "test")


def number_of(*tables: type) -> list[int]:
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


@pytest.mark.req("CAT-9")
def test_what_comes_out_goes_in_and_comes_out_the_same(
    db: Database, templates: Templates, take: Take, give: Give
) -> None:
    fill()
    written, before = give(), number_of(*TABLES)
    again = take(written, currency="")
    assert counts(again) == (0, 0, 2) and not again.differences and not again.refused
    url = templates.new_url(db.kind)
    with open_database(db.kind, url):
        report = take(written, currency="", kind="auto")
        assert counts(report) == (2, 0, 0) and report.refused == () and report.kind == "own"
        assert number_of(*TABLES) == [*before[:4], before[4] + 2, *before[5:]]  # each variant has its stock row now
        assert give() == written
        assert counts(take(written, currency="")) == (0, 0, 2)
        assert (
            session.scalar(select(StockItem.on_hand).join(Sku, Sku.id == StockItem.sku_id).where(Sku.code == "TEA-S"))
            == 7
        )
        assert session.scalar(select(func.sum(StockMovement.quantity))) == 7
    templates.drop(url)


@pytest.mark.req("CAT-9")
def test_no_cell_acts_as_a_formula_and_nothing_of_it_is_lost(db: Database, give: Give) -> None:
    fill()
    cells = [cell for row in read_csv(give()) for cell in row.values() if cell]
    assert "'=SUM(A1)" in cells and "''=quoted" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    for text in ("", "a", "'", "'a", "=1", "'=1", "''=1", "+", "-1", "@x", "\tx", "'\tx", "＝1", "'＝1", "a=1"):
        assert plain(defused(text)) == text


@pytest.mark.req("CAT-9")
def test_a_dry_run_shows_each_field_and_writes_nothing(db: Database, take: Take, give: Give) -> None:
    fill()
    rows = read_csv(give())
    product, variant = (next(row for row in rows if row["record"] == kind) for kind in ("product", "variant"))
    product["name_ja"], product["brand"], product["categories"] = "玉露", "", "cups"
    variant["price"], variant["stock"], variant["price_USD"] = "1300", "9", "10.50"
    brand = next(row for row in rows if row["record"] == "brand")
    brand["name_en"] = "Kiln"
    new = {"record": "product", "product": "NEW", "slug": "new", "name_en": "New"}
    rows += [new, {"record": "variant", "product": "NEW", "sku": "NEW-1", "price": "5"}]
    before = (number_of(*TABLES, AuditEntry, StockMovement), give())
    report = take(as_csv(*rows), currency="", dry_run=True)
    assert (number_of(*TABLES, AuditEntry, StockMovement), give()) == before
    assert counts(report) == (1, 1, 1) and report.dry_run
    shown = {
        each.handle: (each.outcome, {tuple(change) for change in map(str_values, each.changes)})
        for each in report.differences
    }
    assert shown["NEW"] == ("created", set())
    assert shown["brand kiln"] == ("updated", {("brand.kiln", "name en", "Kiln & Sons", "Kiln")})
    assert shown["TEA-1-R2"][1] == {
        ("text.ja", "name", "煎茶", "玉露"),
        ("", "brand", "kiln", ""),
        ("", "categories", "['green-tea', 'tea']", "['cups']"),
        ("sku.TEA-S", "price", "1200", "1300"),
        ("sku.TEA-S", "price USD", "999", "1050"),
        ("sku.TEA-S", "stock", "7", "9"),
    }
    assert counts(take(as_csv(*rows), currency="")) == (1, 1, 1)
    again = take(as_csv(*rows), currency="")
    assert counts(again) == (0, 0, 3), again.differences


def str_values(change: object) -> list[str]:
    return [str(value) for value in change]  # type: ignore[attr-defined]


def test_columns_that_are_not_there_keep_what_the_shop_has(db: Database, take: Take, give: Give) -> None:
    fill()
    before = read_csv(give())
    rows = [row for row in before if row["record"] in ("product", "variant")]
    narrow = [{name: row[name] for name in ("record", "product", "sku", "price", "currency")} for row in rows]
    narrow[1]["price"] = "1250"
    assert counts(take(as_csv(*narrow), currency="")) == (0, 1, 1)
    after = read_csv(give())
    next(row for row in before if row["sku"] == "TEA-S")["price"] = "1250"
    next(row for row in before if row["sku"] == "TEA-L")["active"] = "yes"  # in the file again: on sale again
    assert after == before


def test_stock_is_what_the_file_says_and_never_below_what_is_promised(db: Database, take: Take, give: Give) -> None:
    fill()
    rows = read_csv(give())
    variant = next(row for row in rows if row["sku"] == "TEA-S")
    with unit_of_work():
        session.scalars(select(StockItem).where(StockItem.on_hand == 7)).one().reserved = 4
    variant["stock"] = "3"
    report = take(as_csv(*rows))
    assert counts(report) == (0, 0, 2) and "promised" in report.notes[0].sentence()
    variant["stock"] = ""
    assert counts(take(as_csv(*rows))) == (0, 1, 1)
    assert session.scalars(select(StockItem.tracked).where(StockItem.on_hand == 7)).one() is False
    without = read_csv(give(stock=False))
    assert "stock" not in without[0] and "slots" not in without[0]
    assert session.scalar(select(func.count()).select_from(Reservation)) == 0


def test_a_product_is_taken_whole_or_not_at_all(db: Database, take: Take) -> None:
    def product(code: str, **cells: str) -> list[dict[str, str]]:
        head = {"record": "product", "product": code, "slug": code.lower(), "name_en": code}
        variant = {"record": "variant", "product": code, "sku": code, "price": "5", "currency": "JPY"}
        return [
            head | {k: v for k, v in cells.items() if k not in variant},
            variant | {k: v for k, v in cells.items() if k in variant},
        ]

    bad = {
        "A": {"price": "x"}, "B": {"price": ""}, "C": {"brand": "nobody"}, "D": {"categories": "nowhere"},
        "E": {"state": "gone"}, "F": {"restrictions": "dragons"}, "G": {"weight": "-1"}, "H": {"not_returnable": "maybe"},
        "I": {"slug": "Not A Slug"}, "J": {"name_en": " "}, "K": {"sku": ""}, "L": {"created_at": "yesterday"},
        "M": {"purchase_limit": "1.5"}, "N": {"release": "soon"},
    }  # fmt: skip
    rows = [row for code, cells in bad.items() for row in product(code, **cells)]
    rows += [*product("GOOD"), {"record": "picture", "product": "GOOD2", "picture": "a.webp"}, *product("GOOD2")]
    rows += [{"record": "picture", "product": "EVIL", "picture": "../../shop.sqlite"}, *product("EVIL")]
    rows += [{"record": "dragon", "product": "X"}, {"record": "variant", "product": "Y", "sku": "Y", "price": "1"}]
    rows += [{"record": "variant", "product": "GOOD", "sku": "GOOD3", "price": "1", "currency": "USD"}]
    report = take(as_csv(*rows, header=tuple(dict.fromkeys([*(n for r in rows for n in r), "stock"]))), kind="own")
    assert counts(report) == (2, 0, 0)
    assert {handle for _, handle, _ in reasons(report)} == {*bad, "EVIL", "GOOD", "X", "Y"}
    assert session.scalars(select(Product.code).order_by(Product.code)).all() == ["GOOD", "GOOD2"]


def test_a_tree_that_bites_its_tail_is_refused(db: Database, take: Take) -> None:
    with unit_of_work():
        write_category("top", {"en": ("Top", "")}, "test")
    rows = [
        {"record": "category", "product": "", "slug": "a", "name_en": "A", "parent": "b"},
        {"record": "category", "slug": "b", "name_en": "B", "parent": "a"},
        {"record": "category", "slug": "c", "name_en": "C", "parent": "top"},
        {"record": "category", "slug": "c", "name_en": "Again"},
        {"record": "category", "slug": "../x", "name_en": "X"},
        {"record": "category", "slug": "d", "name_en": "D", "parent": "nowhere"},
    ]
    report = take(as_csv(*rows), kind="own")
    assert {(number, slug) for number, slug, _ in reasons(report)} == {
        (2, "a"),
        (3, "b"),
        (5, "c"),
        (6, "../x"),
        (7, "d"),
    }
    assert session.scalars(select(Category.slug).order_by(Category.slug)).all() == ["c", "top"]


def test_two_currencies_or_another_than_the_file_names_are_not_mixed(db: Database, take: Take) -> None:
    rows = [
        {"record": "product", "product": "A", "slug": "a", "name_en": "A"},
        {"record": "variant", "product": "A", "sku": "A", "price": "9.99", "currency": "USD"},
    ]
    for terms, said in (({}, "how many JPY"), ({"currency": "JPY"}, "not in JPY")):
        with pytest.raises(ImportRefused, match=said):
            take(as_csv(*rows), **{"currency": "", **terms})
    assert counts(take(as_csv(*rows), currency="", rate="150")) == (1, 0, 0)
    assert session.scalars(select(Sku.price)).one() == 1499


def test_the_documentation_lists_the_columns_in_their_order() -> None:
    text = (Path(__file__).parents[3] / "docs" / "catalog-csv.md").read_text("utf-8")
    table = [line.split("|")[1:3] for line in text.splitlines() if line.startswith("| `")]
    listed = [(name.strip().strip("`"), tuple(where.strip().split(", "))) for name, where in table]
    assert listed == [(column.name, column.records if len(column.records) < 5 else ("all",)) for column in COLUMNS]
