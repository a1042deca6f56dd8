"""Every mail in every language, as it is written today, against the files in tests/data/mails.

When a mail was changed on purpose: ``RENEW_MAILS=1 .venv/bin/python -m pytest tests/functional/jobs/test_mail_snapshots.py``
writes them anew; look at the difference before it is committed.
"""

import os
import re
import unicodedata
from pathlib import Path

import pytest
from jinja2 import Environment

from storefront.core.i18n.catalogues import CORE_DOMAIN, register_domain
from storefront.core.mail.kinds import KINDS
from storefront.core.mail.wrapping import COLUMNS
from storefront.core.settings.policies import DEFAULTS
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.values.language import LANGUAGES
from storefront.jobs import mail_content, mail_sample, staff_mails
from storefront.jobs.mail_content import Rendered
from storefront.jobs.runtime import mail_templates

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "data" / "mails"
PUBLIC_URL = "https://shop.example"
RENEW = bool(os.environ.get("RENEW_MAILS"))
EACH = [(kind, lang) for kind in KINDS for lang in LANGUAGES]
# What is the same in every language: names of people, places, carriers and units, as the sample has them.
NAMES = re.compile(r"https?://\S+|\S+@\S+|Wang Xiaomei|EMS|EZ WAY|EN123456789JP")


@pytest.fixture(scope="module")
def templates() -> Environment:
    register_domain(CORE_DOMAIN, ROOT / "translations")
    return mail_templates(ROOT / "templates")


@pytest.fixture(scope="module")
def shop() -> ShopSnapshot:
    names = {"en": "Hiyori", "ja": "ひより堂", "zh-hans": "日和堂", "zh-hant": "日和堂"}
    policies = {**DEFAULTS, "shop.name": names, "shop.seal": "和", "shop.email": "shop@example.com"}
    return ShopSnapshot(version=1, policies=policies)


def rendered(kind: str, lang: str, shop: ShopSnapshot, templates: Environment) -> Rendered:
    if not KINDS[kind].order:
        return staff_mails.render(staff_mails.sample(kind, lang, PUBLIC_URL), shop, templates, PUBLIC_URL)
    return mail_content.render(kind, mail_sample.sample(kind, lang), shop, templates, PUBLIC_URL, lang)


@pytest.mark.req("ORD-1", "SHOP-4")
@pytest.mark.parametrize(("kind", "lang"), EACH)
def test_a_mail_is_as_it_was(kind: str, lang: str, shop: ShopSnapshot, templates: Environment) -> None:
    found = rendered(kind, lang, shop, templates)
    parts = {"txt": f"{found.subject}\n\n{found.text}", "html": found.html}
    for ending, text in parts.items():
        file = GOLDEN / f"{kind}.{lang}.{ending}"
        if RENEW:
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8"), f"{file.name}: see the head of this file"


@pytest.mark.skipif(RENEW, reason="they are just being written")
def test_no_file_is_left_of_a_mail_that_is_gone() -> None:
    wanted = {f"{kind}.{lang}.{ending}" for kind, lang in EACH for ending in ("txt", "html")}
    assert {file.name for file in GOLDEN.iterdir()} == wanted


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


@pytest.mark.parametrize(("kind", "lang"), EACH)
def test_text_is_no_wider_than_a_reader_shows(kind: str, lang: str, shop: ShopSnapshot, templates: Environment) -> None:
    """Addresses of pages alone may be longer."""
    found = rendered(kind, lang, shop, templates)
    wide = [line for line in found.text.splitlines() if columns(line) > COLUMNS and "://" not in line]
    assert wide == []
    assert "\n\n\n\n" not in found.text and not re.search(r"[^-] \n", found.text)
    # An inbox shows some 30 wide characters, or 60 narrow ones.
    assert columns(found.subject) <= 80


@pytest.mark.parametrize(("kind", "lang"), [(kind, lang) for kind, lang in EACH if lang != "en"])
def test_no_english_is_left_in_other_languages(
    kind: str, lang: str, shop: ShopSnapshot, templates: Environment
) -> None:
    found = rendered(kind, lang, shop, templates)
    seen = re.sub(r"<style>.*?</style>|<[^>]*>", " ", found.html, flags=re.DOTALL)
    for text in (found.subject, found.text, seen):
        assert re.findall(r"[A-Za-z]{2,}", NAMES.sub(" ", text)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_languages_differ(kind: str, shop: ShopSnapshot, templates: Environment) -> None:
    subjects = {rendered(kind, lang, shop, templates).subject for lang in LANGUAGES}
    assert len(subjects) == len(LANGUAGES)
