"""The search field on top of every page of the back office."""

from collections.abc import Callable

from flask import Flask

from storefront.core.db import unit_of_work, utcnow
from storefront.core.search.questions import AskedCount, AskedKey, add_questions
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


def test_what_shoppers_searched_for_is_told_and_synonyms_help(app: Flask, member: Member) -> None:
    with app.app_context(), unit_of_work():
        make_product(name={"en": "Sencha"}, slug="sencha")
        today = utcnow().date()
        add_questions(
            [
                (AskedKey(today, "en", "sencha"), AskedCount(3, 1)),
                (AskedKey(today, "en", "ryokucha"), AskedCount(5, 0)),
            ]
        )
    owner = member()
    owner.gets("/manage/questions/")
    assert owner.page.texts("row") == ["ryokucha 5 0", "sencha 3 1"]
    owner.gets("/manage/questions/?hits=none")
    assert owner.page.texts("row") == ["ryokucha 5 0"]
    owner.gets("/manage/settings/")
    assert (
        owner.submits("edit-form", shop__name_en="Shop", search__synonyms="sencha, ryokucha\nalone").status_code == 422
    )
    owner.submits("edit-form", search__synonyms="sencha、 ryokucha\n\n")
    assert owner.page.texts("notice") == ["Saved."]
    assert "Sencha" in Visitor(app.test_client()).gets("/en/products/?q=ryokucha").text
