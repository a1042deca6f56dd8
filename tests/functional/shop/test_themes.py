"""Themes: their templates, sheets and files in the shop; what of them breaks costs no page; chosen and checked."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from storefront.cli.main import main
from storefront.core.db import session, use_session_provider
from storefront.core.settings.look import use_theme
from storefront.core.settings.models import ThemeFault
from storefront.extensions import db as extension
from storefront.shop.themes.checking import check_theme
from storefront.shop.themes.folder import read_theme
from storefront.shop.themes.shelf import ThemeShelf
from storefront.testing.desk import staff_client
from storefront.testing.factories import make_product
from storefront.testing.visitor import Visitor

Unit = Callable[[], AbstractContextManager[None]]
TOML = 'title = "Quiet"\nversion = "1.2"\napi = ">=0.1,<0.2"\n'
TOKENS = """@layer theme {
  :root { --c-accent: light-dark(#00594f, #7fd1c2); --radius: 9px; }
  body { background-image: url("/static/themes/quiet/paper.svg"); }
}
"""
PAGE = """{% extends "shop:home/page.html" %}
{% block main %}<p id="mine">{{ localized({"en": "Dressed", "ja": "装い"}) }} {{ _("Cart") }}</p>{{ super() }}{% endblock %}
"""


@pytest.fixture
def quiet(data_dir: Path) -> Path:
    """A theme in DATA_DIR that dresses the home page."""
    root = data_dir / "themes" / "quiet"
    write(root, "theme.toml", TOML)
    write(root, "tokens.css", TOKENS)
    write(root, "static/paper.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    write(root, "templates/home/page.html", PAGE)
    return root


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def wear(unit: Unit, name: str) -> None:
    with unit():
        use_theme(name, "test")


def broken(app: Flask) -> dict[str, tuple[int, str]]:
    with app.app_context():
        return {fault.template: (fault.line, fault.error) for fault in session.query(ThemeFault)}


def test_a_theme_dresses_the_shop_and_nothing_else(app: Flask, unit: Unit, quiet: Path) -> None:
    with unit():
        make_product(name="Pot", slug="pot")
    shopper, owner = Visitor(app.test_client()), Visitor(staff_client(app))
    plain = shopper.gets("/en/").text
    write(
        quiet,
        "templates/components/card.html",
        "{% macro card(c, heading, first, badges='') %}<b>MINE</b>{% endmacro %}",
    )
    write(quiet, "templates/components/icon.html", "{% macro icon(name, small=false) %}<i>i</i>{% endmacro %}")
    write(quiet, "templates/manage/today.html", "SEIZED")
    wear(unit, "quiet")
    assert '<p id="mine">装い カート</p>' in shopper.gets("/ja/").text
    page = shopper.gets("/en/").text
    assert '<p id="mine">Dressed Cart</p>' in page and "<b>MINE</b>" in page and "<i>i</i>" in page
    sheet = shopper.gets(re.findall(r'href="(/theme\.\w+\.css)"', page)[0], headers={"Accept-Encoding": "identity"})
    address = re.findall(r'url\("([^"]+)"\)', sheet.text)[0]
    assert re.fullmatch(r"/static/themes/quiet/paper\.svg\?v=[0-9a-f]{12}", address)
    kept = shopper.gets(address)
    assert kept.mimetype == "image/svg+xml" and "immutable" in kept.headers["Cache-Control"]
    for outside in ("../theme.toml", "%2e%2e/theme.toml", "../../../shop.sqlite", "x\0.css"):
        assert shopper.client.get(f"/static/themes/quiet/{outside}").status_code in (308, 404)
    # the back office, which has parts in common with the shop, is never dressed
    today = owner.gets("/manage/").text
    assert "SEIZED" not in today and "<i>i</i>" not in today and "<svg" in today
    # its colours are what the form begins with; they are nobody's choice
    owner.gets("/manage/look/")
    fields = owner.page.form("edit-form").fields
    assert (fields["theme"], fields["light_accent"], fields["dark_accent"]) == ("quiet", "#00594f", "#7fd1c2")
    owner.submits("edit-form", theme="")
    assert owner.page.form("edit-form").fields["light_accent"] == "#b2371b"
    assert shopper.gets("/en/").text == plain


def test_a_theme_is_previewed_before_it_is_worn(app: Flask, quiet: Path) -> None:
    owner, shopper = Visitor(staff_client(app)), Visitor(app.test_client())
    owner.gets("/manage/look/")
    owner.submits("edit-form", _try="preview", theme="quiet")
    assert 'id="mine"' in owner.last.text and owner.page.texts("previewing")
    assert 'id="mine"' not in shopper.gets("/en/").text
    shelf = ThemeShelf(quiet.parent.parent)
    assert shelf.dress("quiet", 1) is not None and shelf.dress("quiet", 1) is shelf.dress("quiet", 2)
    assert ThemeShelf(quiet.parent.parent, off=True).dress("quiet", 1) is None  # safe mode


BREAKS = [
    ("home/page.html", PAGE + "{% block %}", "TemplateSyntaxError"),
    ("home/page.html", "{{ _('x') | nothing }}", "TemplateAssertionError"),
    ("home/page.html", "{{ nothing.of.this }}", "UndefinedError: 'nothing' is undefined"),
    ("home/page.html", "{% include 'not/there.html' %}", "TemplateNotFound: not/there.html"),
    ("home/page.html", '{% extends "home/page.html" %}', "RecursionError"),
    ("components/_menu.html", "\n\n{{ 1 // 0 }}", "ZeroDivisionError"),
    # found where the shop calls it, not in the theme
    ("components/card.html", "{% macro other() %}{% endmacro %}", "AttributeError"),
    ("components/price.html", "{% macro other() %}{% endmacro %}", "UndefinedError"),
    ("components/card.html", "{% macro card(c) %}{% endmacro %}", "TypeError"),
    ("base.html", "{% from 'components/note.html' import nothing %}{{ nothing() }}", "UndefinedError"),
]


def test_what_breaks_in_a_theme_costs_no_page(app: Flask, unit: Unit, quiet: Path) -> None:
    with unit():
        make_product(name="Pot", slug="pot")
    shopper, owner = Visitor(app.test_client()), Visitor(staff_client(app))
    plain = shopper.gets("/en/").text
    (quiet / "templates/home/page.html").unlink()
    write(quiet, "tokens.css", "")
    for template, source, said in BREAKS:
        write(quiet, f"templates/{template}", source)
        wear(unit, "quiet")
        for _again in range(2):
            answer = shopper.gets("/en/")
            assert (answer.status_code, answer.text) == (200, plain), said
        assert broken(app)[template][1].startswith(said)
        owner.gets("/manage/look/themes")
        assert f"templates/{template}" in owner.page.text("theme-fault")
        (quiet / "templates" / template).unlink()
    # mended, and used again: read anew, nothing of the faults is left
    write(quiet, "templates/home/page.html", PAGE)
    wear(unit, "quiet")
    assert 'id="mine"' in shopper.gets("/en/").text
    owner.gets("/manage/look/themes")
    assert owner.page.texts("theme-fault") == []


def test_a_fault_of_the_shop_is_not_laid_at_the_themes_door(
    app: Flask, unit: Unit, quiet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    wear(unit, "quiet")
    shopper = Visitor(app.test_client())
    assert 'id="mine"' in shopper.gets("/en/").text

    def fails() -> str:
        raise RuntimeError("the shop's own")

    with monkeypatch.context() as shop:
        shop.setattr("storefront.shop.fragments.current_navigation", fails)
        wear(unit, "quiet")
        assert shopper.gets("/en/").status_code == 500
    assert broken(app) == {}
    assert 'id="mine"' in shopper.gets("/en/").text


NO_THEMES = [
    ("theme.toml", 'title = "Quiet', "theme.toml is not well written"),
    ("theme.toml", 'title = "Quiet"\napi = ">=7"\n', "this shop has theme API 0.1"),
    ("theme.toml", "api = 3\n", "this shop has theme API 0.1"),
    ("tokens.css", "/**/" * 20_000, "tokens.css is longer than 64 KB"),
]


def test_a_folder_that_is_no_theme_leaves_the_shop_its_own_look(app: Flask, unit: Unit, quiet: Path) -> None:
    shopper, owner = Visitor(app.test_client()), Visitor(staff_client(app))
    for name, text, sentence in NO_THEMES:
        before = (quiet / name).read_text("utf-8")
        write(quiet, name, text)
        wear(unit, "quiet")
        assert 'id="mine"' not in shopper.gets("/en/").text
        owner.gets("/manage/look/themes")
        assert sentence in owner.page.text("theme")
        write(quiet, name, before)
    wear(unit, "gone")
    assert shopper.gets("/en/").status_code == 200
    owner.gets("/manage/look/themes")
    assert "The theme gone is in use and cannot be found." in owner.page.text("problem")
    owner.gets("/manage/look/")
    assert owner.page.form("edit-form").fields["theme"] == "gone"  # what is stored stays to be seen
    assert owner.submits("edit-form", radius="9").status_code == 422
    assert owner.page.texts("field-error") == ["This theme cannot be used at the moment."]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_there_is_nothing_to_say_of_the_theme_that_comes_along(app: Flask) -> None:
    folder = Path(__file__).resolve().parents[3] / "docs" / "themes" / "indigo"
    with app.app_context():
        found = read_theme(folder, "indigo")
        assert check_theme(found) == () and found.colours["dark"]["accent"] == "#9db8ff"


@pytest.fixture
def cli(app: Flask, app_settings: object, database_url: str, data_dir: Path) -> Iterator[Callable[..., Result]]:
    @contextmanager
    def own_session() -> Iterator[None]:
        yield
        use_session_provider(lambda: extension.session())

    def run(*arguments: str, code: int = 0) -> Result:
        env = {"DATABASE_URL": database_url, "DATA_DIR": str(data_dir), "STOREFRONT_ENV": "development"}
        with own_session():
            result = CliRunner().invoke(main, ["theme", *arguments], env=env)
        assert result.exit_code == code, result.output
        return result

    yield run


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_themes_from_the_command_line(app: Flask, quiet: Path, cli: Callable[..., Result]) -> None:
    assert "quiet" in cli("list").stdout
    assert "0 remarks" in cli("check", "quiet").stdout
    cli("use", "quiet")
    shopper = Visitor(app.test_client())
    assert 'id="mine"' in shopper.gets("/en/").text
    assert '"in_use": true' in cli("list", "--json").stdout
    cli("use")
    assert 'id="mine"' not in shopper.gets("/en/").text
    assert "No theme named 'moon'" in cli("use", "moon", code=1).stderr

    cli("new", "my_shop", "--title", 'Mine "1"')
    assert "cannot be the name" in cli("new", "../x", code=1).stderr
    cli("copy", "my_shop", "checkout/_address.html")
    assert "no template" in cli("copy", "my_shop", "manage/base.html", code=1).stderr
    assert "no template" in cli("copy", "my_shop", "../storefront/app.py", code=1).stderr
    root = quiet.parent / "my_shop"
    assert "0 remarks" in cli("check", "my_shop").stdout

    copied = (root / "templates/checkout/_address.html").read_text("utf-8")
    write(
        root,
        "templates/checkout/_address.html",
        re.sub(r"from \w{8}", "from 00000000", copied).replace("{{ csrf_field() }}", ""),
    )
    write(
        root,
        "templates/products/page.html",
        '{% extends "shop:products/page.html" %}{% block main %}<style>a{}</style>{% endblock %}',
    )
    write(root, "templates/mail/frame.html", "Buy!")
    write(root, "tokens.css", "@import 'x.css'; p { color: red } @layer theme { :root { --c-muted: #cccccc; } }")
    remarks = cli("check", str(root)).stdout
    for sentence in (
        "has changed since this one was copied",
        "templates/products/page.html: It holds an inline style",
        "the mark data-test",
        "templates/mail/frame.html: Themes dress the shop alone",
        "tokens.css: It fetches something from elsewhere",
        "tokens.css: Some rules stand outside",
        "In the light, --c-muted (#cccccc) has 1.5 to 1",
    ):
        assert sentence in remarks, sentence
    write(root, "templates/home/page.html", "{% if %}")
    assert "broken templates/home/page.html: TemplateSyntaxError" in cli("check", "my_shop", code=1).stdout
