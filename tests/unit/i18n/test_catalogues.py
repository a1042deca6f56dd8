from pathlib import Path

import pytest

from storefront.core.i18n import catalogues
from storefront.core.i18n.catalogues import CatalogueError, find, find_plural, register_domain

from .conftest import set_age, write_catalogue

SAVE = '\nmsgid "Save"\nmsgstr "{}"\n'


def test_a_language_without_any_file_has_no_translations(tmp_path):
    register_domain("messages", tmp_path / "nowhere")
    assert find("messages", "ja", "Cart") is None
    assert find_plural("messages", "ja", "%(num)s item", 2) is None


def test_lookups_touch_no_file(domains, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a lookup opened a file")

    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "stat", refuse)
    assert find("points", "ja", "Cart") == "カート"


def test_a_po_newer_than_its_mo_is_used_and_an_older_one_is_not(tmp_path):
    folder = write_catalogue(tmp_path, "messages", SAVE.format("古い"), compiled=True)
    write_catalogue(tmp_path, "messages", SAVE.format("新しい"))
    set_age(folder / "messages.mo", 1000)
    set_age(folder / "messages.po", 2000)
    register_domain("messages", tmp_path)
    assert find("messages", "ja", "Save") == "新しい"
    set_age(folder / "messages.mo", 3000)
    register_domain("messages", tmp_path)
    assert find("messages", "ja", "Save") == "古い"


def test_fuzzy_messages_are_not_shown(domains):
    assert find("messages", "ja", "Guess") is None


@pytest.mark.parametrize("name", ["", "Points", "../core", "a-b", "9lives", "points\n"])
def test_a_domain_with_an_unfit_name_is_refused(name, tmp_path):
    with pytest.raises(CatalogueError, match="cannot name"):
        register_domain(name, tmp_path)


def test_a_damaged_file_is_refused_by_name_and_the_domain_stays_as_it_was(domains):
    folder = domains / "core" / "zh_Hant" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.mo").write_bytes(b"\x00not a catalogue")
    with pytest.raises(CatalogueError, match=r"messages\.mo"):
        register_domain("messages", domains / "core")
    assert find("messages", "ja", "Cart") == "カート"


def test_a_forgotten_domain_is_gone(domains):
    catalogues.forget_domain("points")
    assert not catalogues.is_registered("points")
    assert find("points", "ja", "Save") == "保存"
    assert "points" not in catalogues.registered_domains()
