import os
from io import BytesIO

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from storefront.core.i18n import catalogues

CORE_JA = r"""
msgid "Cart"
msgstr "カート"

msgid "Save"
msgstr "保存"

msgctxt "verb"
msgid "Order"
msgstr "注文する"

msgid "%(num)s item"
msgid_plural "%(num)s items"
msgstr[0] "%(num)s点"

msgctxt "volumes"
msgid "%(num)s piece"
msgid_plural "%(num)s pieces"
msgstr[0] "%(num)s冊"

msgid "Hello, %(name)s"
msgstr "こんにちは、%(name)sさん"

msgid "Bye, %(name)s"
msgstr "さようなら、%(nmae)s"

msgid "Due %(amount)s"
msgstr "支払 %(amount)d"

msgid "<b>%(name)s</b> was added"
msgstr "<b>%(name)s</b>を追加しました"

msgid "100% cotton"
msgstr "綿100%"

#, fuzzy
msgid "Guess"
msgstr "あてずっぽう"
"""

POINTS_JA = r"""
msgid "Save"
msgstr "ためる"

msgid "%(num)s point"
msgid_plural "%(num)s points"
msgstr[0] "%(num)sポイント"
"""

HEADER = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Language: ja\n"
"Plural-Forms: nplurals=1; plural=0;\n"
"""


def write_catalogue(directory, domain, body, *, locale="ja", compiled=False):
    folder = directory / locale / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    text = (HEADER + body).encode()
    if compiled:
        buffer = BytesIO()
        write_mo(buffer, read_po(BytesIO(text), locale=locale))
        (folder / f"{domain}.mo").write_bytes(buffer.getvalue())
    else:
        (folder / f"{domain}.po").write_bytes(text)
    return folder


def set_age(path, seconds):
    os.utime(path, (seconds, seconds))


@pytest.fixture(autouse=True)
def _restore_domains(monkeypatch):
    monkeypatch.setattr(catalogues, "_directories", dict(catalogues._directories))
    monkeypatch.setattr(catalogues, "_loaded", dict(catalogues._loaded))


@pytest.fixture(params=["po", "mo"])
def domains(request, tmp_path):
    """The core's and a plugin's Japanese catalogue, once compiled in memory and once read from .mo files."""
    compiled = request.param == "mo"
    write_catalogue(tmp_path / "core", "messages", CORE_JA, compiled=compiled)
    write_catalogue(tmp_path / "points", "points", POINTS_JA, compiled=compiled)
    catalogues.register_domain("messages", tmp_path / "core")
    catalogues.register_domain("points", tmp_path / "points")
    return tmp_path
