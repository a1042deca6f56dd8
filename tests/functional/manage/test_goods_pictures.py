"""Pictures of a product in the back office: handed in, prepared, put in order, described, taken away."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from storefront.core.audit.models import AuditEntry
from storefront.core.catalog.models import ProductPicture
from storefront.core.db import session, unit_of_work
from storefront.jobs.relay import run_due
from storefront.testing.factories import make_product
from storefront.testing.visitor import OWN, Visitor

PAGE = "/manage/products/1/pictures"
Member = Callable[..., Visitor]


def picture(colour: str, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(file, kind)
    return file.getvalue()


def uploads(visitor: Visitor, **files: bytes) -> int:
    form = visitor.page.form("upload-form")
    sent = [(io.BytesIO(data), f"{name}.png") for name, data in files.items()]
    return visitor.posts(PAGE, {**form.fields, "files": sent}).status_code


def rows(app: Flask) -> list[tuple[int, dict[str, str], int]]:
    with app.app_context():
        found = session.scalars(select(ProductPicture).order_by(ProductPicture.position))
        return [(row.id, row.alt, row.tint) for row in found]


@pytest.mark.req("CAT-1")
def test_pictures_are_handed_in_ordered_described_and_removed(app: Flask, member: Member) -> None:
    with app.app_context(), unit_of_work():
        make_product(name="Pot", code="POT", slug="pot")
        make_product(name="Other")
    manager = member("manager")
    manager.gets(PAGE)
    assert "empty" in [mark for mark, _ in manager.page.marks]
    # one that is no picture is named, the others are taken
    assert uploads(manager, red=picture("red"), script=b"<svg onload=alert(1)>", blue=picture("blue")) == 422
    assert manager.page.texts("problem") == [
        "script.png: This is not a picture the shop can take. Please use JPEG, PNG, WebP, AVIF or GIF."
    ]
    assert uploads(manager, green=picture("green")) == 200
    assert uploads(manager) == 422
    assert [given["data-state"] for given in manager.page.attributes("picture")] == ["waiting"] * 3
    while run_due(app):
        pass
    manager.gets(PAGE)
    assert [given["data-state"] for given in manager.page.attributes("picture")] == ["ready"] * 3
    first, second, third = (row[0] for row in rows(app))

    forms = [form for form in manager.page.forms if form.mark == "order-form"]
    order = {**forms[2].fields, "move": f"{third}:up"}
    manager.posts(f"{PAGE}/order", order)
    assert [row[0] for row in rows(app)] == [first, third, second]
    manager.posts(f"{PAGE}/order", order)  # made from an order that is no longer the order
    assert [row[0] for row in rows(app)] == [first, third, second]
    for forged in ({"order": "1,2,x", "move": "1:up"}, {"order": f"{first}", "move": "9:down"}):
        assert manager.posts(f"{PAGE}/order", {**order, **forged}).status_code == 422

    token = {"csrf_token": order["csrf_token"]}
    manager.posts(f"{PAGE}/{first}", {**token, "alt_en": " A red <pot> ", "alt_ja": "赤い急須", "tint": "3"})
    assert rows(app)[0] == (first, {"en": "A red <pot>", "ja": "赤い急須"}, 3)
    translator = member("translator")
    translator.gets(PAGE)
    assert not {"upload-form", "order-form"} & {form.mark for form in translator.page.forms}
    own = {"csrf_token": translator.page.form("describe-form").fields["csrf_token"]}
    translator.posts(f"{PAGE}/{first}", {**own, "alt_en": "A pot", "alt_zh_hant": "茶壺", "tint": "8"})
    assert rows(app)[0] == (first, {"en": "A pot", "zh-hant": "茶壺"}, 3)
    for path in (PAGE, f"{PAGE}/order", f"{PAGE}/{first}/remove"):
        assert translator.posts(path, own).status_code == 403

    manager.posts(f"{PAGE}/{first}/remove", token)
    assert len(rows(app)) == 3, "it asks first"
    manager.submits("confirm-remove-form")
    assert [row[0] for row in rows(app)] == [third, second]
    for path in ("/manage/products/77/pictures", "/manage/products/99999999999/pictures"):
        assert manager.gets(path).status_code == 404
    assert manager.posts(f"/manage/products/2/pictures/{second}/remove", token).status_code == 404
    with app.app_context():
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("product.picture"))).all()
    assert sorted(set(acts)) == [f"product.picture.{act}" for act in ("add", "describe", "remove", "reorder")]


def large_upload(data: bytes, token: str) -> dict[str, object]:
    """As a browser writes it; the test client would leave a temporary file of it open."""
    body = (
        f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        '--b\r\nContent-Disposition: form-data; name="files"; filename="large.png"\r\n\r\n'
    ).encode()
    return {
        "data": body + data + b"\r\n--b--\r\n",
        "content_type": "multipart/form-data; boundary=b",
        "headers": OWN,
    }


def test_only_the_staff_may_post_much(app: Flask, member: Member) -> None:
    with app.app_context(), unit_of_work():
        make_product(name="Pot")
    data = picture("red") + b"x" * 3_000_000
    assert app.test_client().post(PAGE, **large_upload(data, "")).status_code == 413  # type: ignore[arg-type]
    manager = member("manager")
    manager.gets(PAGE)
    token = manager.page.form("upload-form").fields["csrf_token"]
    assert manager.client.post(PAGE, **large_upload(data, token)).status_code == 303  # type: ignore[arg-type]
    assert len(rows(app)) == 1
    manager.gets("/manage/products/1")
    long_text = "<p>" + "緑のお茶。" * 18_000 + "</p>"
    assert manager.submits("edit-form", body_ja=long_text, body_zh_hant=long_text).status_code == 200
