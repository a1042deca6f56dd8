"""Who may open what: every address under /manage, whatever it does, for every role and for nobody."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from storefront.admin.guard import ANY_STAFF, ANYBODY, UNVERIFIED
from storefront.core.db import session, unit_of_work, utcnow
from storefront.core.settings.models import PluginState
from storefront.core.settings.service import touch
from storefront.core.staff.models import Staff
from storefront.core.staff.rights import ALL_RIGHTS, EDITS, RIGHTS, Role, may
from storefront.testing.desk import staff_client
from storefront.testing.visitor import PART, Page


@pytest.fixture
def database_kind() -> str:
    """Every test asks all addresses once: one database is enough, what is tested is the door."""
    return "sqlite"


def rules(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Each address with a sample path, and the method that does most."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/manage"):
            values = {
                name: "999999" if "int" in type(c).__name__.lower() else "nothing"
                for name, c in rule._converters.items()
            }
            with app.test_request_context("/manage/"):
                path = app.url_for(rule.endpoint, **values)
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule, path, method


def needed(app: Flask, rule: Rule) -> str | None:
    found: str | None = getattr(app.view_functions[rule.endpoint], "needs", None)
    return found


def test_every_address_says_what_it_needs(app: Flask) -> None:
    silent = [rule.rule for rule, _path, _method in rules(app) if needed(app, rule) is None]
    assert silent == []
    named = {needed(app, rule) for rule, _path, _method in rules(app)}
    assert named <= ALL_RIGHTS | {ANY_STAFF, ANYBODY, UNVERIFIED}
    assert len(list(rules(app))) > 30


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_in_exactly_where_it_may(app: Flask, role: Role) -> None:
    """403 where it may not, whole page and fragment alike; anything but 403 where it may (there is no such row: 404)."""
    client = staff_client(app, role)
    wrong = []
    for rule, path, method in rules(app):
        right = needed(app, rule)
        if right in (ANYBODY, UNVERIFIED, ANY_STAFF):
            continue
        for headers in ({"Sec-Fetch-Site": "same-origin"}, PART):
            # A post without a token is refused by its own rule; the question is who refuses first, so it carries one.
            data = {"csrf_token": token(client)} if method == "POST" else None
            answer = client.open(path, method=method, headers=headers, data=data)
            if (answer.status_code == 403) == may(role, right or ""):
                wrong.append((role, method, path, right, answer.status_code))
            if answer.status_code >= 500:
                wrong.append((role, method, path, "fault", answer.status_code))
    assert wrong == []


def token(client: object) -> str:
    if not hasattr(client, "csrf"):
        page = Page(client.get("/manage/account").get_data(as_text=True))  # type: ignore[attr-defined]
        client.csrf = next(f.fields["csrf_token"] for f in page.forms if "csrf_token" in f.fields)  # type: ignore[attr-defined]
    return str(client.csrf)  # type: ignore[attr-defined]


def test_nobody_gets_in_without_a_log_in(app: Flask) -> None:
    client = app.test_client()
    for rule, path, method in rules(app):
        if needed(app, rule) == ANYBODY:
            continue
        answer = client.open(path, method=method, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code in (303, 400, 403), (method, path)
        if answer.status_code == 303:
            assert answer.location.startswith("/manage/login"), (method, path)
        part = client.open(path, method=method, headers=PART)
        assert part.status_code in (400, 401, 403), (method, path)


def test_a_shoppers_session_opens_nothing(app: Flask) -> None:
    client = app.test_client()
    client.post("/en/preferences", data={"currency": "JPY"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert client.get("/manage/audit/").status_code == 303


def test_a_closed_account_is_out_at_once(app: Flask) -> None:
    client = staff_client(app)
    assert client.get("/manage/audit/").status_code == 200
    with app.app_context(), unit_of_work():
        session.query(Staff).one().closed_at = utcnow()
    assert client.get("/manage/audit/").status_code == 303


def test_a_plugins_page_is_guarded_by_the_rights_it_names(app: Flask) -> None:
    with app.app_context(), unit_of_work():
        session.add(PluginState(name="shipping_courier", enabled=True, settings={}))
        touch()
    root = "/manage/plugins/shipping_courier/zones"
    for role in Role:
        client = staff_client(app, role)
        assert (client.get(f"{root}/").status_code == 200) == may(role, "settings.view"), role
        assert (client.get(f"{root}/new").status_code == 200) == may(role, "settings.edit"), role
        assert (client.get("/manage/plugins/shipping_courier/settings/").status_code == 200) == may(
            role, "plugins.view"
        )


def test_the_rights_of_roles_are_as_they_are_told() -> None:
    """Written out, so that a right given by mistake is seen."""
    edits = {str(role): sorted(RIGHTS[role] & EDITS) for role in Role}
    assert edits == {
        "owner": sorted(EDITS),
        "manager": sorted(EDITS - {"staff.edit", "plugins.edit"}),
        "packer": ["shipments.edit", "stock.edit"],
        "support": ["customers.edit", "orders.edit"],
        "translator": ["texts.edit"],
        "read_only": [],
    }
