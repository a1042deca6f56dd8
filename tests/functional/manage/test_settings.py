"""What the owner decides, from the back office: policies, currencies, destinations, plugins; and the log of it."""

from collections.abc import Callable

import pytest
from flask import Flask

from storefront.admin.settings.policies import SETTINGS
from storefront.core.db import session, unit_of_work
from storefront.core.settings.look import KEYS
from storefront.core.settings.models import Currency
from storefront.core.settings.policies import DEFAULTS
from storefront.core.settings.service import touch
from storefront.core.settings.snapshot import ShopSnapshot, load_snapshot
from storefront.testing.visitor import Visitor

Member = Callable[..., Visitor]


def decided(app: Flask) -> ShopSnapshot:
    with app.app_context():
        return load_snapshot(1)


def test_every_policy_has_its_field() -> None:
    assert {setting.key for setting in SETTINGS.values()} | set(KEYS) == set(DEFAULTS)


def test_policies_are_changed_one_by_one_and_logged(app: Flask, member: Member) -> None:
    owner = member()
    owner.gets("/manage/settings/")
    owner.submits(
        "edit-form",
        shop__name_en="Hiyori",
        shop__name_ja="ひより",
        payment__days="１４",
        calendar__closed_days="2027-01-04",
    )
    assert owner.page.texts("notice") == ["Saved."]
    policies = decided(app).policies
    assert policies["shop.name"] == {"en": "Hiyori", "ja": "ひより"}
    assert policies["payment.days"] == 14 and policies["calendar.closed_days"] == ["2027-01-04"]
    assert policies["calendar.weekly_off"] == DEFAULTS["calendar.weekly_off"]
    assert Visitor(app.test_client()).gets("/ja/").text.count("ひより") > 1
    owner.gets("/manage/audit/?kind=settings")
    assert sorted(row.split(" policy ")[1].split(" ")[0] for row in owner.page.texts("row")) == [
        "calendar.closed_days",
        "payment.days",
        "shop.name",
    ]


def test_free_postage_is_a_table_that_grows_and_shrinks_without_script(app: Flask, member: Member) -> None:
    owner = member()
    owner.gets("/manage/settings/")
    owner.submits("edit-form", "_add", shop__name_en="Kept")
    owner.submits("edit-form", "_add", **{"shipping__free-0-country": "TW", "shipping__free-0-amount": "15,000"})
    assert owner.page.form("edit-form").fields["shop__name_en"] == "Kept"
    owner.submits("edit-form", **{"shipping__free-1-country": "TW", "shipping__free-1-amount": "1"})
    assert owner.page.texts("field-error") == ["A destination stands here twice."]
    owner.submits("edit-form", **{"shipping__free-1-country": "*", "shipping__free-1-amount": "20000"})
    assert decided(app).policy("shipping.free") == {"TW": 15000, "*": 20000}
    owner.submits("edit-form", _drop="shipping__free-0")
    owner.submits("edit-form")
    assert decided(app).policy("shipping.free") == {"*": 20000}


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("payment__days", "0", "It may not be below 1."),
        ("payment__days", "soon", "Please write a whole number, such as 250."),
        ("payment__days", "", "This field is required."),
        ("shop__time_zone", "Asia/Nowhere", "Please choose one of the list."),
        ("shop__email", "nobody", "This is no mail address. It looks like name@example.com."),
        ("calendar__closed_days", "2027-01-04\nlater", "later is no date. Write one date a line, like 2027-01-04."),
        ("shop__name_en", "x" * 81, "This is 81 characters long; at most 80 are possible."),
    ],
)
def test_a_policy_that_cannot_be_is_refused_and_nothing_is_changed(
    app: Flask, member: Member, field: str, typed: str, sentence: str
) -> None:
    owner = member()
    owner.gets("/manage/settings/")
    answer = owner.submits("edit-form", **{"shop__name_en": "Other", field: typed})
    assert answer.status_code == 422
    assert owner.page.texts("field-error") == [sentence]
    assert decided(app).policy("shop.name") == DEFAULTS["shop.name"]


@pytest.mark.req("SHOP-4")
def test_a_currency_is_sold_in_at_once_and_orders_keep_their_rate(app: Flask, member: Member) -> None:
    owner = member()
    owner.gets("/manage/currencies/new")
    owner.submits("edit-form", code="usd", rate="0.0067", step="5")
    assert owner.last.request.path == "/manage/currencies/USD"
    assert [rate.currency for rate in decided(app).currencies] == ["JPY", "USD"]
    assert "USD" in Visitor(app.test_client()).gets("/en/").text
    for changes, sentence in (
        ({"rate": "0"}, "The rate must be a plain number above 0, such as 0.0067."),
        ({"rate": "1e9"}, "The rate must be a plain number above 0, such as 0.0067."),
    ):
        assert owner.submits("edit-form", **changes).status_code == 422, changes
        assert owner.page.text("problem") == sentence
    owner.gets("/manage/currencies/new")
    owner.submits("edit-form", code="USD", rate="1", step="1")
    assert owner.page.text("problem") == "USD is in the list already."
    owner.gets("/manage/currencies/USD")
    owner.submits("edit-form", **{"enabled": ""})
    with app.app_context():
        assert session.get_one(Currency, "USD").rate == "0.0067"


@pytest.mark.req("CHK-4")
def test_a_destination_is_closed_with_a_sentence_of_the_owner(app: Flask, member: Member) -> None:
    owner = member("manager")
    owner.gets("/manage/destinations/new")
    owner.submits("edit-form", country="US", region="ca", restriction="alcohol", message_en="No alcohol to California.")
    rule = decided(app).closed[0]
    assert (rule.country, rule.region, rule.restriction) == ("US", "CA", "alcohol")
    owner.gets("/manage/destinations/")
    assert owner.page.texts("row") == ["United States California Alcoholic drink No alcohol to California."]
    owner.gets("/manage/destinations/new")
    assert owner.submits("edit-form", country="US", region="CA", restriction="alcohol").status_code == 422


@pytest.mark.req("SHOP-6")
def test_a_plugin_is_set_up_switched_on_and_off(app: Flask, member: Member) -> None:
    owner = member()
    path = "/manage/plugins/payments_bank_transfer"
    owner.gets("/manage/plugins/?status=disabled")
    assert path in owner.page.links
    owner.gets(path)
    enable = next(form for form in owner.page.forms if form.action.endswith("/enable"))
    assert owner.posts(enable.action, enable.fields).status_code == 422
    assert "There is no account to pay into." in owner.page.text("problem")
    owner.gets(f"{path}/settings/")
    owner.submits("edit-form", account_en="Bank 1, 0000000")
    assert owner.page.texts("notice") == ["Saved."]
    assert decided(app).plugins["payments_bank_transfer"].settings == {"account_en": "Bank 1, 0000000"}
    owner.gets(path)
    owner.posts(enable.action, enable.fields)
    assert next(owner.page.attributes("plugin"))["data-status"] == "enabled"
    assert decided(app).plugins["payments_bank_transfer"].enabled
    # a setting that an enabled plugin cannot do without is not taken away
    owner.gets(f"{path}/settings/")
    assert owner.submits("edit-form", account_en="").status_code == 422
    owner.gets(path)
    disable = next(form for form in owner.page.forms if form.action.endswith("/disable"))
    owner.posts(disable.action, disable.fields)
    assert not decided(app).plugins["payments_bank_transfer"].enabled
    assert owner.gets("/manage/plugins/nothing").status_code == 404


def test_the_log_is_read_by_area_person_and_day(app: Flask, member: Member) -> None:
    with app.app_context(), unit_of_work():
        touch()
    owner, manager = member(), member("manager")
    for who, text in ((owner, "One"), (manager, "Two")):
        who.gets("/manage/announcements/new")
        who.submits("edit-form", text_en=text, places="all")
    owner.gets("/manage/audit/")
    assert len(owner.page.texts("row")) == 2
    form = owner.page.form("list-filters")
    person = next(value for value in form.options["actor"] if value)
    owner.gets(f"/manage/audit/?actor={person}")
    assert len(owner.page.texts("row")) == 1
    for query, rows in (("kind=order", 0), ("q=announcement+1", 1), ("q=announcement+9", 0), ("since=2999-01-01", 0)):
        owner.gets(f"/manage/audit/?{query}")
        assert len(owner.page.texts("row")) == rows, query
    entry = next(link for link in owner.page.links if link.startswith("/manage/audit/"))
    assert owner.gets(entry).status_code == 200
    assert "save" not in [mark for mark, _ in owner.page.marks]
