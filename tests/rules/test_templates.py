"""Templates keep what the content security policy and the reader need; every page has a title, every mail its three parts."""

import re
from pathlib import Path

import pytest
from flask import Flask

from storefront.jobs.mail_content import ORDER_MAILS
from storefront.jobs.runtime import mail_templates
from storefront.jobs.staff_mails import STAFF_MAILS
from storefront.plugin_host.markup import faults

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "templates"
FOLDERS = [CORE, *sorted(ROOT.glob("plugins/*/storefront_*/templates"))]
TEMPLATES = sorted(path for folder in FOLDERS for path in folder.rglob("*") if path.suffix in (".html", ".txt"))
# Mail programs know no style sheet, so the HTML of a mail carries its styles.
SHOWN = [path for path in TEMPLATES if path.suffix == ".html" and "mail" not in path.relative_to(ROOT).parts]
PAGES = [path for path in SHOWN if not path.name.startswith("_") and '{% extends "' in path.read_text("utf-8")]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


BAD = [
    '<p style="color:red">',
    "<style>p{}</style>",
    "<script>go()</script>",
    '<script type="application/ld+json">{{ data }}</script>',
    '<a href="javascript:go()">',
    '<button onclick="go()">',
    '<button hx-on:click="go()">',
    "<p hx-vals='js:{a: 1}'>",
    '<form hx-trigger="input[target.value]">',
    '<body hx-boost="true">',
    '<img src="https://elsewhere.example/x.png">',
    '<script src="//elsewhere.example/x.js"></script>',
    "<div>{{ text|safe }}</div>",
    "<div>{{ text | safe }}</div>",
    "{% autoescape false %}",
]
GOOD = [
    '<script type="application/ld+json">{{ json_ld(item) }}</script>',
    "<script src=\"{{ static_url('app.js') }}\" defer></script>",
    '<div class="prose" hx-ignore>{{ page.body|safe }}</div>',
    "<p data-only-option='x'>{# no style= and no |safe #}",
    '<a href="{{ href }}" hx-trigger="change, submit">',
]


@pytest.mark.parametrize("source", BAD)
def test_the_rule_sees(source: str) -> None:
    assert faults(source)


@pytest.mark.parametrize("source", GOOD)
def test_the_rule_lets_pass(source: str) -> None:
    assert faults(source) == []


@pytest.mark.parametrize("path", SHOWN, ids=name)
def test_template_holds_nothing_that_the_browser_would_have_to_trust(path: Path) -> None:
    assert faults(path.read_text("utf-8")) == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_template_of_the_shop_compiles(app: Flask) -> None:
    names = [str(path.relative_to(CORE)) for path in SHOWN if path.is_relative_to(CORE)]
    assert len(names) > 30
    for template in names:
        app.jinja_env.get_template(template)


@pytest.mark.parametrize("path", SHOWN, ids=name)
def test_what_a_template_imports_is_there(path: Path) -> None:
    """A name that is not would show itself only where it is used, and there as an error page."""
    for source, names in re.findall(
        r"\{%-? from \"([^\"]+)\" import ([^%]+?)(?: with context)? -?%\}", path.read_text("utf-8")
    ):
        home = next((folder / source for folder in FOLDERS if (folder / source).is_file()), None)
        assert home is not None, source
        macros = set(re.findall(r"\{%-? macro (\w+)\(", home.read_text("utf-8")))
        assert {each.split(" as ")[0].strip() for each in names.split(",")} <= macros, source


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_page_says_its_title(path: Path) -> None:
    source = path.read_text("utf-8")
    if re.search(r"\{% block (step|content|main) %\}\{% endblock %\}", source):
        return  # a frame for pages, none itself
    assert re.search(r"\{% block title %\}.*?\S.*?\{% endblock %\}", source), "no title"


@pytest.mark.parametrize("folder", sorted(path.parent for path in (CORE / "mail").glob("*/subject.txt")), ids=name)
def test_mail_has_three_parts_and_a_subject_of_one_line(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {"subject.txt", "body.txt", "body.html"}
    assert folder.name in (*ORDER_MAILS, *STAFF_MAILS)
    source = (folder / "subject.txt").read_text("utf-8")
    assert len(source.strip().splitlines()) == 1
    env = mail_templates(CORE)
    for part in ("subject.txt", "body.txt", "body.html"):
        env.get_template(f"mail/{folder.name}/{part}")


def test_every_mail_the_shop_sends_has_its_folder() -> None:
    assert {path.parent.name for path in (CORE / "mail").glob("*/subject.txt")} == {*ORDER_MAILS, *STAFF_MAILS}
