"""The search field on top of every page of the back office."""

from collections.abc import Callable

from flask import Flask

from storefront.core.db import unit_of_work
from storefront.testing.factories import make_product
from storefront.testing.visitor import Visitor

Member = Callable[..., Visitor]


def test_one_hit_is_opened_several_are_listed(app: Flask, member: Member) -> None:
    with app.app_context(), unit_of_work():
        for slug in ("sencha", "hojicha"):
            make_product(name={"en": f"Tea {slug}", "ja": "お茶"}, slug=slug)
    owner = member()
    owner.gets("/manage/search?q=tea")
    assert len(owner.page.texts("row")) == 2
    owner.gets("/manage/search?q=hojicha")
    assert owner.last.request.path.startswith("/manage/products/")
    assert "hojicha" in owner.last.text
    for nothing in ("nothing+of+that+name", "", "%00", "x" * 500, "%22%27%5C"):
        assert owner.gets(f"/manage/search?q={nothing}").status_code == 200
        assert owner.page.texts("row") == [] and owner.page.texts("empty")


def test_it_finds_only_what_one_may_see(app: Flask, member: Member) -> None:
    with app.app_context(), unit_of_work():
        make_product(name={"en": "Tea"}, slug="sencha")
    translator = member("translator")
    translator.gets("/manage/search?q=tea")
    assert translator.last.request.path.startswith("/manage/products/")
