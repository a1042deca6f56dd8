"""Database, plugins, demo, import, audit, tick: the rest of the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from storefront.core.catalog.models import Product
from storefront.core.db import session
from storefront.core.outbox.models import OutboxRow
from storefront.jobs.clock import TIMED

Cli = Callable[..., Any]

CSV = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,"
    "Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Image Src\n"
    "cup,Cup,<p>Round.</p>,Kiln,Tableware,,true,Title,Default Title,CUP-1,300,shopify,5,deny,12.50,\n"
    "bowl,Bowl,,Kiln,Tableware,,true,Title,Default Title,BOWL-1,500,shopify,5,deny,twelve,\n"
)


def test_the_demo_fills_an_empty_database_once(cli: Cli, data_dir: Path) -> None:
    assert "ready" in cli("demo", "--profile", "mart").stdout
    assert session.scalar(select(func.count()).select_from(Product)) == 120
    assert any((data_dir / "media").iterdir())
    assert "nothing was changed" in cli("demo", "--profile", "mart").stdout
    assert "There is no profile 'moon'" in cli("demo", "--profile", "moon", code=1).stderr


def test_plugins_are_listed_set_enabled_and_disabled(cli: Cli, db: object) -> None:
    refused = cli("plugins", "enable", "payments_bank_transfer", code=1)
    assert "account" in refused.stderr
    cli("plugins", "set", "payments_bank_transfer", "account_en=Example Bank 0000000")
    cli("plugins", "enable", "payments_bank_transfer")
    states = {row["name"]: row["status"] for row in json.loads(cli("plugins", "list", "--json").stdout)}
    assert states["payments_bank_transfer"] == "enabled" and states["payments_cod"] == "disabled"
    cli("plugins", "disable", "payments_bank_transfer")
    assert "payments_bank_transfer" in cli("plugins", "list").stdout
    assert "No plugin named 'moon'" in cli("plugins", "enable", "moon", code=1).stderr
    assert "Write KEY=VALUE" in cli("plugins", "set", "payments_cod", "fee", code=1).stderr


@pytest.mark.req("CAT-9")
def test_a_csv_is_imported_bad_rows_are_named_and_a_second_run_changes_nothing(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_text(CSV, encoding="utf-8")
    arguments = ("catalog", "import", str(path), "--currency", "usd", "--rate", "150")
    assert "Trial run, nothing was changed: 1 new" in cli(*arguments, "--dry-run").stdout
    assert session.scalar(select(func.count()).select_from(Product)) == 0
    first = cli(*arguments).stdout
    assert "1 new, 0 changed" in first and "refused, row 3 (bowl)" in first and "twelve" in first
    second = json.loads(cli(*arguments, "--json").stdout)
    assert (second["created"], second["updated"], second["unchanged"]) == (0, 0, 1)


def test_a_foreign_currency_without_a_rate_is_a_sentence(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_text(CSV, encoding="utf-8")
    assert "Add --rate" in cli("catalog", "import", str(path), "--currency", "USD", code=1).stderr


def test_a_file_that_is_no_catalogue_is_a_sentence(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_bytes("品名,値段\n茶碗,1000\n".encode("cp932"))
    refused = cli("catalog", "import", str(path), "--currency", "JPY", code=1)
    assert "Nothing was changed." in refused.stderr


def test_prices_without_a_currency_are_not_guessed(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_text(CSV, encoding="utf-8")
    assert "Add --currency" in cli("catalog", "import", str(path), code=1).stderr
    assert session.scalar(select(func.count()).select_from(Product)) == 0


@pytest.mark.req("CAT-9")
def test_a_catalogue_goes_out_and_a_trial_run_shows_what_would_change(cli: Cli, tmp_path: Path) -> None:
    cli("demo", "--profile", "mart")
    path = tmp_path / "own.csv"
    assert "bytes." in cli("catalog", "export", str(path)).stdout
    assert "0 new, 0 changed, 120 as before" in cli("catalog", "import", str(path)).stdout
    again = tmp_path / "again.csv"
    cli("catalog", "export", str(again))
    assert again.read_bytes() == path.read_bytes() and not list(tmp_path.glob(".*"))
    lines = path.read_text("utf-8-sig").replace("Sencha", "Kabusecha")
    path.write_text(lines, encoding="utf-8")
    shown = cli("catalog", "import", str(path), "--dry-run").stdout
    assert "changed, row " in shown and " -> " in shown and "Kabusecha" in shown
    for kind in ("shopify", "woocommerce"):
        cli("catalog", "export", str(again), "--format", kind, "--lang", "ja")
        assert b"\r\n" in again.read_bytes()
    assert "could not be written" in cli("catalog", "export", str(tmp_path / "no" / "file.csv"), code=1).stderr


def test_tick_runs_every_timed_job_once(cli: Cli, db: object) -> None:
    assert f"{len(TIMED)} job(s) carried out, 0 waiting, 0 given up." in cli("tick").stdout
    names = list(session.scalars(select(OutboxRow.name).order_by(OutboxRow.name)))
    assert names == sorted(TIMED)


def test_audit_of_an_empty_shop_finds_nothing(cli: Cli, db: object) -> None:
    assert json.loads(cli("audit", "--json").stdout) == []
    assert "All invariants hold." in cli("audit").stdout


def test_a_database_that_is_not_set_up_is_a_sentence(cli: Cli, tmp_path: Path) -> None:
    refused = cli("orders", "list", code=1, DATABASE_URL=f"sqlite:///{tmp_path / 'new.sqlite'}")
    assert "storefront db upgrade" in refused.stderr


def test_db_upgrade_makes_the_tables(cli: Cli, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    assert "up to date" in cli("db", "upgrade", DATABASE_URL=url).stdout
    assert "no such orders" in cli("orders", "list", DATABASE_URL=url).stdout


@pytest.mark.parametrize(
    "environment",
    [
        {"MAIL_URL": "ftp://x"},
        {"STOREFRONT_ENV": "production", "SECRET_KEY": "short"},
        {"DATABASE_URL": "mysql://x"},
    ],
)
def test_a_setting_that_cannot_be_is_a_sentence(cli: Cli, db: object, environment: dict[str, str]) -> None:
    refused = cli("tick", code=1, **environment)
    assert refused.stderr.startswith("Error: ") and refused.stderr.endswith(".\n") or "python -c" in refused.stderr
