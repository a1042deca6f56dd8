"""Catalogue files through the back office: tried, looked at, imported once; and every way a file can be wrong."""

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from storefront.admin.files import looking
from storefront.core.audit.models import AuditEntry
from storefront.core.catalog.importing import running
from storefront.core.catalog.importing.models import CatalogImport, CatalogImportLine
from storefront.core.catalog.models import Product, Sku
from storefront.core.db import session, unit_of_work
from storefront.jobs.relay import run_due
from storefront.testing.catalogue_files import as_csv
from storefront.testing.factories import make_product
from storefront.testing.visitor import Visitor

PAGE = "/manage/imports/"
Member = Callable[..., Visitor]
SHOPIFY = Path(__file__).parents[2] / "data/shopify/goods.csv"


def goods(numbers: Iterable[int], price: str = "500", **cells: str) -> bytes:
    rows: list[dict[str, str]] = []
    for n in numbers:
        name = f"P{n}"
        rows.append({"record": "product", "product": name, "slug": f"p-{n}", "name_en": f"Pot {n}", **cells})
        sku = {"record": "variant", "product": name, "sku": name, "currency": "JPY", "price": "x" if n == 13 else price}
        rows.append(sku)
    return as_csv(*rows)


def hands_in(visitor: Visitor, data: bytes, name: str = "goods.csv", **chosen: str) -> int:
    visitor.gets(PAGE)
    form = visitor.page.form("import-form")
    return visitor.posts(PAGE, {**form.fields, **chosen, "file": (io.BytesIO(data), name)}).status_code


def works(app: Flask, visitor: Visitor) -> Visitor:
    """The background work is done; the page in hand is looked at again."""
    while run_due(app):
        pass
    visitor.gets(visitor.last.request.path)
    return visitor


def state(visitor: Visitor) -> str:
    return next(visitor.page.attributes("import"))["data-state"]


def figures(visitor: Visitor) -> list[str]:
    return [visitor.page.text(mark) for mark in ("created", "updated", "unchanged", "refused")]


def count(app: Flask, model: Any) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.req("CAT-9", "SHOP-5")
def test_a_file_is_tried_looked_at_and_imported_once(app: Flask, member: Member) -> None:
    manager = member("manager")
    assert hands_in(manager, goods([1, 2, 13])) == 200
    assert state(manager) == "waiting" and "look-again" in [mark for mark, _ in manager.page.marks]
    works(app, manager)
    assert state(manager) == "done" and figures(manager) == ["2", "0", "0", "1"]
    assert count(app, Product) == 0, "a trial"
    # the refused row with its number, its column and the sentence
    assert manager.page.texts("line") == ["7 P13 price “x” is not a price in JPY. price"]
    trial = manager.last.request.path
    manager.gets(f"{trial}?kind=created")
    assert manager.page.texts("line") == ["2 P1", "4 P2"]

    form = dict(manager.page.form("import-now-form").fields)
    manager.submits("import-now-form")
    real = manager.last.request.path
    assert real != trial
    other = member("manager")  # a second window, of somebody else
    other.gets(trial)
    token = other.page.form("import-now-form") if any(f.mark == "import-now-form" for f in other.page.forms) else None
    assert token is None and other.page.text("result") == "See what came of it"
    manager.posts(f"{trial}/import", form)
    assert manager.last.request.path == real, "pressed again: the same import"
    works(app, manager)
    assert state(manager) == "done" and figures(manager) == ["2", "0", "0", "1"]
    assert count(app, Product) == 2 and count(app, CatalogImport) == 2

    # the same file again changes nothing, so there is nothing to press
    hands_in(manager, goods([1, 2]))
    works(app, manager)
    assert figures(manager) == ["0", "0", "2", "0"]
    assert "import-now-form" not in {form.mark for form in manager.page.forms}
    manager.gets(PAGE)
    rows = manager.page.texts("run")
    assert len(rows) == 3 and "Trial run" in rows[0] and "Imported" in rows[1]
    with app.app_context():
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.area == "catalog")).all()
    assert sorted(acts) == ["catalog.import", *["catalog.import.start"] * 3]


@pytest.mark.req("CAT-9")
def test_changes_are_shown_as_what_was_and_what_will_be(app: Flask, member: Member) -> None:
    with app.app_context(), unit_of_work():
        pot = make_product(code="P1", slug="p-1", name="Old <pot>")
        session.execute(update(Sku).where(Sku.product_id == pot.id).values(code="P1", price=480))
    owner = member("owner")
    text = "<p>" + "A long text. " * 40 + "The end.</p>"
    row = {
        "record": "product",
        "product": "P1",
        "slug": "p-1",
        "state": "withdrawn",
        "name_en": "Pot 1",
        "body_en": text,
    }
    sku = {"record": "variant", "product": "P1", "sku": "P1", "price": "500", "currency": "JPY", "weight": "70"}
    hands_in(owner, as_csv(row, sku))
    works(app, owner)
    assert figures(owner) == ["0", "1", "0", "0"]
    said = owner.page.text("line")
    for words in (
        "Status Published No longer sold",
        "English Its name Old <pot> Pot 1",
        "P1 Price ¥480 ¥500",
        "P1 Weight",
    ):
        assert words in said, said
    assert "…" in said and "<pot>" not in owner.last.get_data(as_text=True)
    report = owner.client.get(f"{owner.last.request.path}/report")
    assert report.headers["Content-Disposition"] == "attachment; filename=goods-report.csv"
    rows = list(csv.DictReader(io.StringIO(report.get_data().decode("utf-8-sig"))))
    report.close()
    assert {row["Outcome"] for row in rows} == {"Changes"} and any(
        row["After"].endswith("The end.</p>") for row in rows
    )
    # goods change between the trial run and the import: what is true by then is compared
    trial = owner.last.request.path
    owner.submits("again-form")
    works(app, owner)
    owner.submits("import-now-form")
    works(app, owner)
    assert figures(owner) == ["0", "1", "0", "0"] and not owner.page.text("note")
    owner.gets(trial)
    owner.submits("import-now-form")
    works(app, owner)
    assert figures(owner)[:3] == ["0", "0", "1"] and "otherwise than the trial run said" in owner.page.text("note")
    assert trial in owner.page.links


@pytest.mark.req("CAT-9")
def test_whatever_is_wrong_with_a_file_is_said_and_nothing_chosen_is_lost(app: Flask, member: Member) -> None:
    owner = member("owner")
    chosen = {"kind": "shopify", "currency": "usd", "rate": "１５０", "lang": "en"}
    owner.gets(PAGE)
    form = owner.page.form("import-form")
    # nothing chosen, an empty file, options that cannot be: 422, and the options stand there again
    for data, more in ((None, {}), (b"", {}), (b"a,b\n1,2\n", {"currency": "dollars", "pictures_at": "javascript:x"})):
        file = {} if data is None else {"file": (io.BytesIO(data), "x.csv")}
        assert owner.posts(PAGE, {**form.fields, **chosen, **more, **file}).status_code == 422
        kept = owner.page.form("import-form").fields
        assert (kept["kind"], kept["rate"], kept["currency"]) == ("shopify", "150", {**chosen, **more}["currency"])
        assert owner.page.texts("field-error")
    for junk in ({"kind": "none\0", "lang": "xx"}, {"_once": "x" * 5000, "kind": "auto"}):
        assert owner.posts(PAGE, {**form.fields, **junk, "file": (io.BytesIO(b"\0\0\0"), "\0.csv")}).status_code < 500

    shopify = SHOPIFY.read_bytes()
    japanese = "商品,価格\r\n急須,500\r\n".encode("cp932")
    for data, words in (
        (japanese, "Shift_JIS"),
        ("\ufeff商品".encode("utf-16"), "UTF-16"),
        (b"\x89PNG\r\n\x1a\n" + bytes(4000), "not a text file"),
        (b"a,b\n1,2\n", "names no columns the shop knows"),
        (b"\n\n\n", "empty"),
        (shopify.replace(b"Tags,", b"Handle,", 1), "there twice"),
        (shopify, "which currency its prices are in"),
    ):
        assert hands_in(owner, data, "商品 <b>.csv") == 200
        works(app, owner)
        assert state(owner) == "refused" and words in owner.page.text("problem"), owner.page.text("problem")
    assert owner.page.texts("field-error") == ["Please fill this in."]
    assert "<b>" not in owner.last.get_data(as_text=True).replace("<b data-test", "").replace("<b>The file", "")
    # the file is kept: what was missing is filled in, and nothing else
    fields = owner.page.form("again-form").fields
    owner.submits("again-form", currency="EUR0")
    assert owner.last.status_code == 422 and owner.page.form("again-form").fields["currency"] == "EUR0"
    for missing, words in (({"currency": "usd"}, "how many JPY"), ({"currency": "usd", "rate": "150"}, "")):
        owner.submits("again-form", **missing)
        works(app, owner)
        assert words in owner.page.text("problem")
    assert fields["kind"] == "auto" and state(owner) == "done" and figures(owner)[0] != "0"
    # a file that is gone is said, too
    for file in (app.extensions["storefront"].settings.imports_dir).glob("*.csv"):
        file.unlink()
    for mark in ("import-now-form", "again-form"):
        here = owner.last.request.path.removesuffix("/import").removesuffix("/again")
        owner.gets(here)
        owner.submits(mark)
        assert owner.last.status_code == 422 and "kept for a month" in owner.page.text("problem")
    assert count(app, Product) == 0
    for path in (f"{PAGE}{'0' * 32}", f"{PAGE}x", f"{PAGE}{'0' * 32}/report", "/manage/imports/?before=%00"):
        assert owner.gets(path).status_code == (200 if "?" in path else 404)


def test_an_import_is_stopped_and_what_was_done_stays(
    app: Flask, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    owner = member("owner")
    hands_in(owner, goods(range(1, 7)))
    works(app, owner)
    owner.submits("import-now-form")
    real = owner.last.request.path
    token = {"csrf_token": next(f.fields["csrf_token"] for f in owner.page.forms if f.action.endswith("/stop"))}
    book, seen = running._Run._book, []

    def slow(self: Any, *args: Any) -> None:
        book(self, *args)
        seen.append(args)

    monkeypatch.setattr(running._Run, "_book", slow)
    done = running._Run._chunk

    def stopped_after_one(self: Any, chunk: Any) -> None:
        done(self, chunk)
        if len(seen) == 1:  # between two batches somebody presses the button
            other = Visitor(owner.client)
            other.posts(f"{real}/stop", token)

    monkeypatch.setattr(running._Run, "_chunk", stopped_after_one)
    works(app, owner)
    assert state(owner) == "stopped" and figures(owner) == ["2", "0", "0", "0"]
    assert count(app, Product) == 2
    owner.posts(f"{real}/stop", token)
    assert "ended already" in owner.page.text("notice")
    # the rest: the same file is tried and imported again
    owner.submits("again-form")
    works(app, owner)
    assert figures(owner) == ["4", "0", "2", "0"]


def test_a_long_report_is_paged_and_a_form_acts_once(
    app: Flask, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "SHOWN_LINES", 3)
    monkeypatch.setattr(looking, "RUNS", 1)
    owner = member("owner")
    owner.gets(PAGE)
    form = owner.page.form("import-form").fields
    for _twice in range(2):
        owner.posts(PAGE, {**form, "file": (io.BytesIO(goods(range(20, 28))), "goods.csv")})
    assert count(app, CatalogImport) == 1
    assert len(list((app.extensions["storefront"].settings.imports_dir).glob("*.csv"))) == 1
    works(app, owner)

    def turned(mark: str) -> list[str]:
        owner.gets(next(owner.page.attributes(mark))["href"].partition("#")[0])
        return [line.split()[1] for line in owner.page.texts("line")]

    assert turned("next-rows") == ["P23", "P24", "P25"]
    assert turned("next-rows") == ["P26", "P27"]
    assert not list(owner.page.attributes("next-rows"))
    assert turned("previous-rows") == ["P23", "P24", "P25"]
    assert turned("previous-rows") == ["P20", "P21", "P22"]
    assert not list(owner.page.attributes("previous-rows"))
    for odd in ("?kind=x", "?after=99999999999999", "?before=0&after=x", "?kind=created&before=%00"):
        assert owner.gets(owner.last.request.path + odd).status_code == 200
    hands_in(owner, goods([1]))
    owner.gets(PAGE)
    assert len(owner.page.texts("run")) == 1
    owner.gets(next(owner.page.attributes("older"))["href"])
    assert len(owner.page.texts("run")) == 1 and not list(owner.page.attributes("older"))
    assert count(app, CatalogImportLine) == 8


def multipart(data: bytes, token: str) -> dict[str, Any]:
    """As a browser writes it; the test client would leave a temporary file of it open."""
    head = "Content-Disposition: form-data; name="
    body = f'--b\r\n{head}"csrf_token"\r\n\r\n{token}\r\n--b\r\n{head}"file"; filename="large.csv"\r\n\r\n'
    return {
        "data": body.encode() + data + b"\r\n--b--\r\n",
        "content_type": "multipart/form-data; boundary=b",
        "headers": {"Sec-Fetch-Site": "same-origin"},
    }


def test_only_those_who_may_import_hand_in_a_large_file(app: Flask, member: Member) -> None:
    """The form is not even read for the others."""
    large = goods([1], body_en="x" * 9_000_000)
    for role, status in (("manager", 303), ("support", 413)):
        visitor = member(role)
        visitor.gets("/manage/account")
        token = next(form.fields["csrf_token"] for form in visitor.page.forms if "csrf_token" in form.fields)
        assert visitor.client.post(PAGE, **multipart(large, token)).status_code == status, role
        assert visitor.gets(PAGE).status_code == (200 if role == "manager" else 403)
