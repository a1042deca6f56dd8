"""Pages, files, commands and hosts of plugins: there while the plugin is enabled, and nothing else of it reaches the shop."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Blueprint, Flask, abort, request

from storefront.core.db import session, unit_of_work
from storefront.core.settings.models import PluginState
from storefront.core.settings.service import touch
from storefront.plugin import (
    CspSource,
    GoTo,
    Page,
    PluginBlueprint,
    PluginMeta,
    PluginSettings,
    plugin_settings,
    setting,
)
from storefront.plugin_host.names import ADDRESSES
from storefront.shop.folders import data_folder
from storefront.testing.desk import staff_client
from storefront.testing.plugins import fake_host, fake_plugin

NAME = "stamps"


@dataclass(frozen=True, slots=True)
class Stamps:
    gateway: str = setting("https://pay.example/v1", label="Gateway")


settings = plugin_settings(NAME, Stamps)


def blueprint() -> PluginBlueprint:
    pages = PluginBlueprint(NAME, __name__)

    @pages.get("/cards/<int:number>", audience="anybody")
    def card(number: int) -> Page:
        if number == 404:
            abort(404)
        if number == 500:
            raise ZeroDivisionError
        return Page(f"{NAME}/card.html", {"number": number, "gateway": settings().gateway, "evil": "<b>"})

    @pages.post("/cards", audience="anybody")
    def make() -> GoTo:
        return GoTo(f"/en/{NAME}/cards/{int(request.form['number'])}")

    @pages.get("/foreign", audience="anybody")
    def foreign() -> Page:
        return Page("cart/page.html")

    @pages.get("/desk", audience="orders.view")
    def desk() -> Page:
        return Page(f"{NAME}/card.html", {"number": 7, "gateway": "", "evil": ""})

    @pages.get("/undeclared")
    def undeclared() -> str:
        return "nobody sees this"

    return pages


def stamps(folder: Path) -> ModuleType:
    meta = PluginMeta(
        NAME,
        "Stamps",
        "1",
        csp=(
            CspSource("img-src", "https://maps.example"),
            CspSource("form-action", setting="gateway", on=("checkout", "cart")),
        ),
    )
    module = fake_plugin(
        NAME,
        meta=meta,
        storefront_blueprints=lambda: [blueprint()],
        storefront_settings=PluginSettings(Stamps),
    )
    (folder / "templates" / NAME).mkdir(parents=True)
    (folder / "templates" / NAME / "card.html").write_text(
        '{% extends "base.html" %}{% block title %}x{% endblock %}{% block main %}card {{ number }} {{ evil }} {{ gateway }} '
        "{{ static_url('plugins/stamps/card.css') }}{% endblock %}"
    )
    (folder / "static").mkdir()
    (folder / "static" / "card.css").write_text("@layer plugin { .card { color: red; } }")
    (folder / "static" / "card.html").write_text("<script src=card.js></script>")
    (folder / "secret.txt").write_text("not static")
    module.__file__ = str(folder / "plugin.py")
    return module


@pytest.fixture
def plugin_modules(tmp_path: Path) -> list[object]:
    return [stamps(tmp_path)]


@pytest.fixture
def switch(app: Flask) -> Callable[[bool], None]:
    def to(on: bool) -> None:
        with app.app_context(), unit_of_work():
            session.merge(PluginState(name=NAME, enabled=on, settings={}))
            touch()

    return to


def test_hook_blueprints_a_page_is_there_while_its_plugin_is_enabled(
    app: Flask, switch: Callable[[bool], None]
) -> None:
    client = app.test_client()
    assert client.get(f"/en/{NAME}/cards/3").status_code == 404
    switch(True)
    answer = client.get(f"/ja/{NAME}/cards/3")
    assert answer.status_code == 200
    assert "card 3 &lt;b&gt; https://pay.example/v1" in answer.text
    assert 'lang="ja"' in answer.text
    assert client.get(f"/en/{NAME}/cards/404").status_code == 404
    posted = client.post(f"/en/{NAME}/cards", data={"number": 5}, headers={"Sec-Fetch-Site": "cross-site"})
    assert posted.status_code == 403, "posts are checked as everywhere"
    switch(False)
    assert client.get(f"/en/{NAME}/cards/3").status_code == 404
    assert client.get(f"/en/{NAME}/undeclared").status_code == 404


def test_a_page_that_says_for_nobody_whom_it_is_for_is_for_nobody(app: Flask, switch: Callable[[bool], None]) -> None:
    switch(True)
    assert app.test_client().get(f"/en/{NAME}/undeclared").status_code == 403
    assert staff_client(app).get(f"/en/{NAME}/undeclared").status_code == 403


def test_a_page_of_the_staff_is_for_those_with_its_right(app: Flask, switch: Callable[[bool], None]) -> None:
    path = f"/manage/plugins/{NAME}/pages/desk"
    assert staff_client(app).get(path).status_code == 404
    switch(True)
    assert app.test_client().get(path).status_code == 303 or app.test_client().get(path).status_code == 302
    assert staff_client(app, "translator").get(path).status_code == 403
    assert "card 7" in staff_client(app, "packer").get(path).text
    assert app.test_client().get(f"/en/{NAME}/desk").status_code == 404


def test_a_page_that_fails_says_so_and_the_shop_goes_on(app: Flask, switch: Callable[[bool], None]) -> None:
    switch(True)
    client = app.test_client()
    for path in ("cards/500", "foreign"):
        answer = client.get(f"/en/{NAME}/{path}")
        assert answer.status_code == 503
        assert "This page does not work at the moment" in answer.text
    assert client.get("/en/").status_code == 200
    watch = app.extensions["storefront"].host.watch
    with app.app_context():
        watch.flush()
    for _ in range(5):
        client.get(f"/en/{NAME}/cards/500")
    assert client.get(f"/en/{NAME}/cards/3").status_code == 503, "pages rest after repeated failures"


def test_files_are_there_while_their_plugin_is_enabled(app: Flask, switch: Callable[[bool], None]) -> None:
    client, path = app.test_client(), f"/static/plugins/{NAME}/card.css"
    assert client.get(path).status_code == 404
    switch(True)
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert path in client.get(f"/en/{NAME}/cards/1").text
    page = client.get(f"/static/plugins/{NAME}/card.html")
    assert page.mimetype == "text/plain", "no file is shown as a page of the shop"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    for outside in ("../secret.txt", "..%2fsecret.txt", "../../etc/passwd", "card.css/../../secret.txt"):
        assert client.get(f"/static/plugins/{NAME}/{outside}").status_code == 404
    switch(False)
    assert client.get(path).status_code == 404


def test_hosts_are_let_in_on_the_pages_that_need_them_while_enabled(
    app: Flask, switch: Callable[[bool], None], count_statements: Callable[[], Any]
) -> None:
    client = app.test_client()

    def policy(path: str) -> str:
        return client.get(path).headers["Content-Security-Policy"]

    before = policy("/en/cart")
    assert "maps.example" not in before and "pay.example" not in before
    with count_statements() as usual:
        client.get("/en/cart")
    switch(True)
    assert "form-action 'self' https://pay.example;" in policy("/en/cart")
    assert "maps.example" not in policy("/en/cart") and "pay.example" not in policy("/en/")
    assert "img-src 'self' https://maps.example;" in policy(f"/en/{NAME}/cards/1")
    with count_statements() as now:
        client.get("/en/cart")
    assert len(now) == len(usual)
    switch(False)
    assert policy("/en/cart") == before


REFUSED: dict[str, tuple[Callable[[Blueprint], Any], str]] = {
    "before_app_request": (lambda b: b.before_app_request(lambda: None), "before_app_request"),
    "before_request": (lambda b: b.before_request(lambda: None), "before_request"),
    "after_app_request": (lambda b: b.after_app_request(lambda r: r), "after_app_request"),
    "teardown_app_request": (lambda b: b.teardown_app_request(lambda e: None), "teardown_app_request"),
    "app_errorhandler": (lambda b: b.app_errorhandler(404)(lambda e: ""), "app_errorhandler"),
    "app_context_processor": (lambda b: b.app_context_processor(dict), "app_context_processor"),
    "app_template_filter": (lambda b: b.app_template_filter("upper")(str), "app_template_filter"),
    "app_template_global": (lambda b: b.app_template_global("url_for")(str), "app_template_global"),
    "app_url_value_preprocessor": (lambda b: b.app_url_value_preprocessor(lambda *_: None), "url_value_preprocessor"),
    "a recorded handler": (lambda b: b.record(lambda s: s.app.before_request(lambda: None)), "before_request"),
    "a recorded setting": (lambda b: b.record(lambda s: s.app.config.update(DEBUG=1)), "config"),
    "a recorded wrapper": (lambda b: b.record(lambda s: setattr(s.app, "wsgi_app", None)), "wsgi_app"),
    "a recorded route": (lambda b: b.record(lambda s: s.app.add_url_rule("/x", "x", str)), "does not serve"),
    "a recorded converter": (lambda b: b.record(lambda s: s.app.url_map.converters.update(lang=1)), "converters"),
    "a command": (lambda b: b.cli.command("steal")(lambda: None), "cli.command"),
    "a nested blueprint": (lambda b: b.register_blueprint(Blueprint("inner", __name__)), "other blueprints"),
    "an unknown right": (
        lambda b: b.add_url_rule("/y", "y", lambda: "", audience="everything"),  # type: ignore[call-arg]
        "one of the rights",
    ),
    "a method": (lambda b: b.add_url_rule("/z", "z", lambda: "", methods=["DELETE"]), "GET and POST"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_blueprint_that_is_more_than_routes_breaks_its_plugin(case: str) -> None:
    smuggle, says = REFUSED[case]
    pages = blueprint()
    smuggle(pages)
    host = fake_host(
        fake_plugin(NAME, storefront_blueprints=lambda: [pages], storefront_settings=PluginSettings(Stamps))
    )
    assert host.plugins[NAME].state == "broken"
    assert says in host.plugins[NAME].reason


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (Blueprint("other", __name__), "must be called"),
        (Blueprint(NAME, __name__, url_prefix="/cart"), "url_prefix"),
        (Blueprint(NAME, __name__, static_folder="."), "folders of its own"),
        ("pages", "PluginBlueprint"),
    ],
)
def test_a_blueprint_of_another_shape_breaks_its_plugin(made: object, says: str) -> None:
    host = fake_host(fake_plugin(NAME, storefront_blueprints=lambda: [made]))
    assert says in host.plugins[NAME].reason


@pytest.mark.parametrize(
    "source",
    [
        CspSource("script-src", "https://evil.example"),
        CspSource("img-src", "https://evil.example/path"),
        CspSource("img-src", "*"),
        CspSource("img-src", "http://plain.example"),
        CspSource("img-src"),
        CspSource("img-src", setting="nothing"),
        CspSource("img-src", "https://fine.example", on=("manage",)),
    ],
)
def test_a_host_that_may_not_be_let_in_breaks_its_plugin(source: CspSource) -> None:
    meta = PluginMeta(NAME, "Stamps", "1", csp=(source,))
    assert fake_host(fake_plugin(NAME, meta=meta)).plugins[NAME].state == "broken"


def test_no_plugin_takes_an_address_or_a_template_folder_of_the_shop(app: Flask) -> None:
    taken = {rule.rule.split("/")[2] for rule in app.url_map.iter_rules() if rule.rule.startswith("/<lang:lang>/")}
    folders = {path.name for path in data_folder("templates").iterdir() if path.is_dir()}
    assert {name for name in taken | folders if name} - {NAME} <= ADDRESSES
    assert "belongs to the shop itself" in fake_host(fake_plugin("checkout")).plugins["checkout"].reason
