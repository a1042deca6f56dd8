"""Shopify exports on real databases: what is taken over, what is refused by name, what a second run does."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import func, select

from storefront.core.audit.models import AuditEntry
from storefront.core.catalog.importing import booking
from storefront.core.catalog.importing.report import ImportRefused, ImportReport
from storefront.core.catalog.importing.running import BATCH, Following, import_catalog
from storefront.core.catalog.models import Brand, Category, Product, ProductPicture, ProductText, Sku
from storefront.core.catalog.queries import ListQuery, list_products, navigation, product_page
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import session, unit_of_work
from storefront.core.settings.policies import DEFAULTS
from storefront.core.settings.snapshot import read_version
from storefront.core.stock import service as stock
from storefront.core.stock.models import StockItem, StockMovement
from storefront.testing.databases import Database
from storefront.testing.factories import make_product

YEN = CurrencyRate("JPY", "JPY")
HEADER = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value",
    "Option2 Name", "Option2 Value", "Variant SKU", "Variant Grams", "Variant Inventory Tracker",
    "Variant Inventory Qty", "Variant Inventory Policy", "Variant Price", "Variant Compare At Price",
    "Variant Requires Shipping", "Variant Barcode", "Image Src", "Image Position", "Image Alt Text", "Gift Card",
    "SEO Title", "SEO Description", "Variant Image", "Status",
)  # fmt: skip


def row(handle: str, title: str = "", price: str = "", **cells: str) -> dict[str, str]:
    """``Variant_Price="1"`` is the column "Variant Price"."""
    named = {name.replace("_", " "): value for name, value in cells.items()}
    return {"Handle": handle, "Title": title, "Variant Price": price, **named}


def product(handle: str = "pot", price: str = "9.99", **cells: str) -> dict[str, str]:
    filled = {"Option1_Name": "Title", "Option1_Value": "Default Title", "Published": "true", **cells}
    return row(handle, filled.pop("Title", handle.title()), price, **filled)


def as_csv(*rows: dict[str, str], header: tuple[str, ...] = HEADER) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def run(data: bytes, **changes: Any) -> ImportReport:
    terms = {"kind": "shopify", "currency": "USD", "rate": "150", "base_currency": "JPY", "lang": "en"}
    terms["actor"] = "cli:test"
    return import_catalog(io.BytesIO(data), **(terms | changes))


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


def reasons(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(r.row_number, r.handle, r.sentence()) for r in report.refused]


def movements() -> int:
    return session.scalar(select(func.count()).select_from(StockMovement)) or 0


def on_hand(code: str) -> int:
    return session.scalars(
        select(StockItem.on_hand).join(Sku, Sku.id == StockItem.sku_id).where(Sku.code == code)
    ).one()


@pytest.mark.req("CAT-9")
def test_a_product_is_taken_over_whole(db: Database) -> None:
    report = run(_clay_pot())
    assert counts(report) == (1, 0, 0) and report.refused == () and report.rows == 3
    found = product_page("pot", "en", YEN, DEFAULTS)
    assert found is not None
    assert (found.name, found.body, found.seo_title) == ("Clay Pot", "<p>Good <b>pot</b></p>", "A pot")
    assert found.brand is not None and found.brand.name == "Company 123"
    assert [c.slug for c in found.categories] == ["outdoor"]
    regular, large = found.skus
    # 9.99 x 150 = 1498.5 and 15.99 x 150 = 2398.5: rounded up to whole yen.
    assert (regular.code, regular.label, regular.price, regular.weight) == ("pot-regular", "Regular", 1499, 251)
    assert (regular.available, regular.barcode) == (3, "4900000000016")
    assert (large.code, large.price, large.list_price, large.available) == ("pot-large", 2399, 3000, None)
    assert [p.alt for p in found.pictures] == ["A pot", ""]
    urls = session.scalars(select(ProductPicture.source_url).order_by(ProductPicture.position)).all()
    assert urls == ["https://example.com/a.jpg", "https://example.com/b.jpg"]
    assert list_products(ListQuery("ja", YEN, q="clay company"), DEFAULTS).total == 1
    assert navigation(("en",))[0].count.number == 1


def _clay_pot() -> bytes:
    first = product(
        "pot",
        "9.99",
        Title="Clay Pot",
        Vendor="Company 123",
        Type="Outdoor",
        Option1_Name="Size",
        Option1_Value="Regular",
        Variant_Grams="250.4",
        Variant_Inventory_Tracker="shopify",
        Variant_Inventory_Qty="3",
        Variant_Barcode="'4900000000016",
        Image_Src="https://example.com/b.jpg",
        Image_Position="2",
        SEO_Title="A pot",
    )
    first["Body (HTML)"] = (
        '<p onclick="x" style="y" hx-get="/z" data-a="b">Good <b>pot</b></p><svg><a/></svg>'
        "<form><p>in a form</p></form><script>x</script><img src=x onerror=y>"
    )
    return as_csv(
        first,
        row("pot", "", "15.99", Option1_Value="Large", Variant_Compare_At_Price="20"),
        row("pot", Image_Src="https://example.com/a.jpg", Image_Position="1", Image_Alt_Text="A pot"),
    )


@pytest.mark.req("CAT-9")
def test_the_same_file_again_changes_nothing(db: Database) -> None:
    run(_clay_pot())
    before = (read_version(), movements(), session.scalar(select(func.count()).select_from(AuditEntry)))
    report = run(_clay_pot())
    assert counts(report) == (0, 0, 1)
    assert (read_version(), movements(), session.scalar(select(func.count()).select_from(AuditEntry))) == before
    assert session.scalars(select(Product.version)).one() == 1


def test_a_trial_run_says_the_same_and_keeps_nothing(db: Database) -> None:
    report = run(_clay_pot(), dry_run=True)
    assert counts(report) == (1, 0, 0) and report.dry_run
    for table in (Product, Brand, Category, StockMovement, AuditEntry):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert counts(run(_clay_pot())) == (1, 0, 0)


def tracked(quantity: str, **cells: str) -> dict[str, str]:
    return product(Variant_Inventory_Tracker="shopify", Variant_Inventory_Qty=quantity, **cells)


def test_what_was_sold_since_stays_sold(db: Database) -> None:
    run(as_csv(tracked("10")))
    with unit_of_work():
        sku_id = session.scalars(select(Sku.id)).one()
        stock.adjust(sku_id, -4, "test", "sold")
    assert counts(run(as_csv(tracked("10")))) == (0, 0, 1)
    assert on_hand("pot") == 6
    assert counts(run(as_csv(tracked("12")))) == (0, 1, 0)  # two more in the file, two more here
    assert on_hand("pot") == 8
    assert counts(run(as_csv(tracked("11")))) == (0, 1, 0)
    assert on_hand("pot") == 7
    assert session.scalars(select(Product.version)).one() == 1


def test_less_than_is_promised_is_noted_and_tried_again(db: Database) -> None:
    run(as_csv(tracked("5")))
    with unit_of_work():
        item = session.scalars(select(StockItem)).one()
        item.reserved = 4
    report = run(as_csv(tracked("2")))
    assert counts(report) == (0, 0, 1) and "promised" in report.notes[0].sentence()
    with unit_of_work():
        session.scalars(select(StockItem)).one().reserved = 0
    assert counts(run(as_csv(tracked("2")))) == (0, 1, 0)
    assert on_hand("pot") == 2


def test_counting_can_begin_and_end_with_a_file(db: Database) -> None:
    run(as_csv(product()))
    assert session.scalars(select(StockItem.tracked)).one() is False
    run(as_csv(tracked("5")))
    session.expire_all()
    assert session.scalars(select(StockItem.tracked)).one() is True and on_hand("pot") == 5
    run(as_csv(tracked("5", Variant_Inventory_Policy="continue")))
    session.expire_all()
    assert session.scalars(select(StockItem.tracked)).one() is False
    run(as_csv(tracked("7")))
    assert on_hand("pot") == 7


def test_a_change_in_the_file_is_taken_and_the_owners_own_changes_stay(db: Database) -> None:
    run(as_csv(product("pot", "10", Type="Outdoor"), product("vase", "10")))
    with unit_of_work():
        text = session.scalars(select(ProductText).join(Product).where(Product.code == "vase")).one()
        text.name = "The owner's vase"
        pot = session.scalars(select(Product).where(Product.code == "pot")).one()
        pot.state = "withdrawn"
    report = run(as_csv(product("pot", "12", Type="Outdoor"), product("vase", "10")))
    assert counts(report) == (0, 1, 1)
    assert session.scalars(select(Sku.price).order_by(Sku.id)).all() == [1800, 1500]
    session.expire_all()
    assert session.scalars(select(ProductText.name).order_by(ProductText.product_id)).all()[1] == "The owner's vase"
    assert session.scalars(select(Product.state).order_by(Product.id)).all() == ["withdrawn", "published"]


def test_another_rate_changes_prices(db: Database) -> None:
    run(as_csv(product("pot", "10")))
    assert counts(run(as_csv(product("pot", "10")), rate="160.5")) == (0, 1, 0)
    assert session.scalars(select(Sku.price)).one() == 1605


def test_rows_of_one_product_need_not_stand_together(db: Database) -> None:
    rows = (
        product("a", Option1_Name="Size", Option1_Value="S"),
        product("b"),
        row("a", "", "8", Option1_Value="L"),
    )
    assert counts(run(as_csv(*rows))) == (2, 0, 0)
    assert session.scalars(select(Sku.code).order_by(Sku.code)).all() == ["a-l", "a-s", "b"]
    assert counts(run(as_csv(rows[2], rows[0], rows[1]))) == (0, 1, 1)  # the variants changed places, nothing else
    assert session.scalars(select(Sku.code).order_by(Sku.code)).all() == ["a-l", "a-s", "b"]


def test_variants_keep_their_code_and_leave_the_sale_when_they_leave_the_file(db: Database) -> None:
    def sizes(*values: str) -> bytes:
        first, *others = values
        return as_csv(
            product("t", Option1_Name="Size", Option1_Value=first),
            *(row("t", "", "9", Option1_Value=v) for v in others),
        )

    run(sizes("大", "小", "A/B", "A-B"))
    codes = dict(session.execute(select(Sku.code, Sku.id)).all())
    assert len(codes) == 4 and all(code.isascii() for code in codes)
    run(sizes("小", "大"))
    assert dict(session.execute(select(Sku.code, Sku.id)).all()) == codes
    assert session.scalar(select(func.count()).select_from(Sku).where(Sku.active)) == 2


def test_drafts_and_archived_products_are_not_shown(db: Database) -> None:
    rows = (product("a", Published="false"), product("b", Status="archived"), product("c", Status="active"))
    run(as_csv(*rows))
    assert session.scalars(select(Product.state).order_by(Product.code)).all() == ["draft", "draft", "published"]


@pytest.mark.req("CAT-9")
@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"price": ""}, "Variant Price is empty"),
        ({"price": "abc"}, "“abc” is not a price in USD"),
        ({"price": "NaN"}, "not a price"),
        ({"price": "1e5"}, "not a price"),
        ({"price": "1.999"}, "not a price"),
        ({"price": "-5"}, "below 0"),
        ({"price": "99999999999"}, "too high"),
        ({"Variant_Compare_At_Price": "cheap"}, "Variant Compare At Price “cheap”"),
        ({"Variant_Grams": "-1"}, "not a weight"),
        ({"Variant_Grams": "heavy"}, "not a number"),
        ({"Variant_Inventory_Tracker": "shopify", "Variant_Inventory_Qty": "2.5"}, "not a whole number"),
        ({"Variant_Requires_Shipping": "false"}, "not shipped"),
        ({"Variant_Barcode": "9" * 21}, "barcode"),
        ({"Gift_Card": "true"}, "gift card"),
        ({"Title": ""}, "no Title"),
        ({"Title": "x" * 301}, "too long"),
        ({"SEO_Title": "x" * 301}, "too long"),
        ({"Option1_Name": "Size", "Option1_Value": "S", "Variant_SKU": "good"}, "stands in this file for “good”"),
    ],
)
def test_a_bad_row_is_refused_by_name_and_the_rest_is_kept(db: Database, cells: dict[str, str], said: str) -> None:
    good = product("good", "1", Variant_SKU="good")
    report = run(as_csv(good, product("bad", **cells), product("also-good", "2")))
    assert counts(report) == (2, 0, 0)
    ((number, handle, sentence),) = reasons(report)
    assert (number, handle) == (3, "bad") and said in sentence
    assert session.scalars(select(Product.code).order_by(Product.code)).all() == ["also-good", "good"]


def test_a_bad_variant_leaves_its_product_the_others(db: Database) -> None:
    report = run(
        as_csv(
            product("t", "oops", Option1_Name="Size", Option1_Value="S", Type="Outdoor"),
            row("t", "", "9", Option1_Value="L"),
            row("t", "", "9", Option1_Value="L"),
            row("t"),
            row("", "", "9"),
            row("nowhere", "", "9"),
        )
    )
    assert counts(report) == (1, 0, 0)
    assert [(n, h) for n, h, _ in reasons(report)] == [(2, "t"), (4, "t"), (5, "t"), (6, ""), (7, "nowhere")]
    assert session.scalars(select(Sku.code)).all() == ["t-l"]


def test_the_shops_own_products_are_never_overwritten(db: Database) -> None:
    with unit_of_work():
        make_product(slug="pot", code="OWN-1")
        make_product(slug="own-2", code="vase")
        make_product(slug="own-3", code="OWN-3")
    report = run(
        as_csv(
            product("pot", Vendor="New maker", Type="New type"),
            product("vase"),
            product("third", Variant_SKU="OWN-3-1"),
            product("fine"),
        )
    )
    assert counts(report) == (1, 0, 0)
    assert [(n, h) for n, h, _ in reasons(report)] == [(2, "pot"), (3, "vase"), (4, "third")]
    assert all("OWN" in sentence or "vase" in sentence for _, _, sentence in reasons(report))
    assert session.scalars(select(Brand.slug)).all() == session.scalars(select(Category.slug)).all() == []


def test_a_product_the_database_refuses_does_not_stop_the_others(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    writes = booking.write_products

    def fail_for_b(wanted: Any, *args: Any) -> Any:
        saved = writes(wanted, *args)
        if any(each.data.code == "b" for each in wanted):
            session.execute(Sku.__table__.insert().values(product_id=-1, code="x", price=-5))
        return saved

    monkeypatch.setattr(booking, "write_products", fail_for_b)
    report = run(as_csv(product("a"), product("b"), product("c")))
    assert counts(report) == (2, 0, 0)
    ((number, handle, sentence),) = reasons(report)
    assert (number, handle) == (3, "b") and "could not be stored" in sentence
    assert session.scalars(select(Product.code).order_by(Product.code)).all() == ["a", "c"]


def test_many_products_come_in_batches_and_progress_is_told(db: Database) -> None:
    seen: list[tuple[int, int]] = []
    rows = [product(f"p{n}") for n in range(BATCH + 1)]
    report = run(as_csv(*rows), following=Following(progress=lambda done, of: seen.append((done, of))))
    assert report.created == BATCH + 1
    assert seen == [(BATCH, BATCH + 1), (BATCH + 1, BATCH + 1)]


@pytest.mark.req("CAT-9")
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        ("ハンドル,名前\n茶,煎茶\n".encode("cp932"), "Shift_JIS"),
        (as_csv(product()).decode().encode("utf-16"), "UTF-16"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "not a text file"),
        (bytes(range(128, 256)) * 20, "UTF-8"),
        (b"name,price\nTea,5\n", "Handle, Title"),
        (b'"Handle,Title\n', "quotation marks"),
        (b"Handle,Title\na,b\n", "Variant Price"),
    ],
)
def test_a_file_that_is_no_export_is_a_sentence(db: Database, data: bytes, said: str) -> None:
    with pytest.raises(ImportRefused) as raised:
        run(data)
    assert said in str(raised.value)


def test_a_missing_file_is_a_sentence(db: Database) -> None:
    with pytest.raises(ImportRefused, match="cannot be read"):
        import_catalog("/no/such/file.csv", currency="USD", rate="1", base_currency="JPY", lang="en", actor="cli:test")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rate": "0"}, "not a rate"),
        ({"rate": "abc"}, "not a rate"),
        ({"rate": "NaN"}, "not a rate"),
        ({"currency": "dollars"}, "not a currency"),
        ({"lang": "fr"}, "not a language"),
    ],
)
def test_terms_that_make_no_sense_are_a_sentence(db: Database, changes: dict[str, str], said: str) -> None:
    with pytest.raises(ImportRefused, match=said):
        run(as_csv(product()), **changes)


def test_half_rows_nul_bytes_and_loose_quotation_marks_are_refused_one_by_one(db: Database) -> None:
    good = as_csv(product("a"), product("b")).decode().split("\r\n")
    lines = [good[0], good[1], "half,Half a row,", good[1].replace("a,A", "nul,N\x00", 1), 'x,"a"b,c', good[2], ""]
    report = run("\r\n".join(lines).encode())
    assert counts(report) == (2, 0, 0)
    assert [(n, h) for n, h, _ in reasons(report)] == [(3, "half"), (4, "nul"), (5, "")]
    assert "3 of 28 columns" in reasons(report)[0][2]


def test_a_byte_order_mark_other_capitals_and_empty_lines_do_not_matter(db: Database) -> None:
    data = as_csv(product("a")).replace(b"Variant Price", b" variant price")
    assert counts(run(b"\xef\xbb\xbf" + data + b"\r\n,,,\r\n\r\n".replace(b",,,", b"," * 27))) == (1, 0, 0)


def test_prices_in_the_base_currency_are_taken_as_they_are(db: Database) -> None:
    run(as_csv(product("a", "1200"), product("b", "12.5")), currency="JPY")
    assert session.scalars(select(Sku.price)).all() == [1200]
