"""Every mail on the command line, with nothing sent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from storefront.core.mail.kinds import KINDS
from storefront.core.values.language import LANGUAGES

Cli = Callable[..., Any]


def test_one_mail_is_printed_as_text_or_html(cli: Cli, data_dir: Path) -> None:
    text = cli("mail", "preview", "order_shipped", "--lang", "ja").stdout
    assert text.startswith("ご注文（261122-0001）を発送しました\n\n") and "EN123456789JP" in text
    assert cli("mail", "preview", "staff_digest", "--html").stdout.lstrip().startswith("<!doctype html>")
    assert not (data_dir / "mail").exists()


def test_all_of_them_are_printed_or_written_to_a_folder(cli: Cli, tmp_path: Path) -> None:
    heads = [line for line in cli("mail", "preview").stdout.splitlines() if line.startswith("--- ")]
    assert heads == [f"--- {kind} {lang}" for kind in KINDS for lang in LANGUAGES]
    cli("mail", "preview", "--dir", str(tmp_path / "all"))
    files = {path.name: path.read_text("utf-8") for path in (tmp_path / "all").iterdir()}
    assert set(files) == {f"{kind}.{lang}.{end}" for kind in KINDS for lang in LANGUAGES for end in ("txt", "html")}
    assert all(files.values())
    cli("mail", "preview", "--lang", "ja", "--dir", str(tmp_path / "ja"))
    assert len(list((tmp_path / "ja").iterdir())) == 2 * len(KINDS)


def test_what_cannot_be_previewed_is_a_sentence(cli: Cli) -> None:
    assert "no order" in cli("mail", "preview", "order_shipped", "--order", "NONE-1", code=1).stderr.lower()
    for wrong in (("--order", "NONE-1"), ("staff_invite", "--order", "NONE-1")):
        assert "about an order" in cli("mail", "preview", *wrong, code=2).stderr
