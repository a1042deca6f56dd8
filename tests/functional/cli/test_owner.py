"""``storefront owner``, and the code for whoever sets the shop up in the browser."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storefront.cli import supervisor
from storefront.cli.web import keep_setup_code
from storefront.config import Settings
from storefront.core.audit.models import AuditEntry
from storefront.core.db import session, utcnow
from storefront.core.staff import setup_code
from storefront.core.staff.login import log_in
from storefront.core.staff.models import Staff
from storefront.testing.databases import Database

Cli = Callable[..., Any]
AYA = ("--name", "Tanaka Aya", "--email", "aya@example.com", "--password-stdin")


def enters(password: str) -> int:
    session.rollback()
    return log_in("aya@example.com", password, address="", browser="", now=utcnow()).staff_id


@pytest.fixture
def settings(db: Database, data_dir: Path) -> Settings:
    return Settings.from_env({"DATABASE_URL": db.url, "DATA_DIR": str(data_dir), "STOREFRONT_ENV": "development"})


def test_the_first_owner_is_made_once_and_logs_in(cli: Cli, db: Database, settings: Settings) -> None:
    keep_setup_code(settings)
    assert "at least 12" in cli("owner", "create", *AYA, code=1, input="short\n").stderr
    assert (
        "name@example.com" in cli("owner", "create", "--name", "A", "--email", "a", "--password-stdin", code=1).stderr
    )
    made = cli("owner", "create", *AYA, "--language", "ja", input="rain over kyoto\n")
    assert "http://127.0.0.1:8000/manage/login" in made.stdout and "kyoto" not in made.output
    member = session.scalars(select(Staff)).one()
    assert (member.name, member.role, member.locale) == ("Tanaka Aya", "owner", "ja")
    assert session.scalars(select(AuditEntry.actor)).one().startswith("cli")
    assert enters("rain over kyoto") == member.id
    assert "has an owner already" in cli("owner", "create", *AYA, code=1, input="rain over kyoto\n").stderr
    assert setup_code.read(settings.data_dir) == ""


def test_without_options_it_asks_and_shows_no_password(cli: Cli, db: Database) -> None:
    asked = cli("owner", "create", input="Aya\naya@example.com\nsnow over kyoto\nsnow over kyoto\n")
    assert "Name" in asked.stdout and "Once more" in asked.stdout and "snow" not in asked.output
    assert enters("snow over kyoto")


def test_an_owner_who_is_locked_out_is_let_in_again(cli: Cli, db: Database) -> None:
    cli("owner", "create", *AYA, input="rain over kyoto\n")
    assert "No owner" in cli("owner", "rescue", "b@example.com", "--password-stdin", code=1, input="x\n").stderr
    cli("owner", "rescue", "AYA@example.com", "--password-stdin", input="snow over kyoto\n")
    assert enters("snow over kyoto")


def test_while_there_is_no_staff_a_code_lies_in_the_shops_folder(cli: Cli, db: Database, settings: Settings) -> None:
    keep_setup_code(settings)
    path = settings.data_dir / setup_code.FILE
    code = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and len(code) >= 22
    keep_setup_code(settings)  # a second start
    assert path.read_text() == code
    assert setup_code.fits(settings.data_dir, f" {code}\n")
    assert not any(setup_code.fits(settings.data_dir, wrong) for wrong in ("", "x", code[:-1], "é\udce9"))
    cli("owner", "create", *AYA, input="rain over kyoto\n")
    path.write_text(code)  # a folder that was put back from a copy
    keep_setup_code(settings)
    assert (
        not path.exists()
        and not setup_code.fits(settings.data_dir, code)
        and not setup_code.fits(settings.data_dir, "")
    )


def test_running_the_shop_prints_the_link_while_there_is_a_code(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    child = supervisor.Child("web", ())
    family = supervisor.Family(child, (), child, None, {}, "")
    supervisor.print_status(family, settings)
    assert "Set up" not in capsys.readouterr().out
    assert setup_code.FILE == supervisor.SETUP_CODE
    code = setup_code.ensure(settings.data_dir)
    supervisor.print_status(family, settings)
    assert f"Set up the owner: {settings.public_url}/manage/setup?code={code}\n" in capsys.readouterr().out


def test_a_database_that_is_not_there_stops_nobody(tmp_path: Path) -> None:
    settings = Settings.from_env({"DATABASE_URL": f"sqlite:///{tmp_path}/no/such.sqlite", "DATA_DIR": str(tmp_path)})
    keep_setup_code(settings)
    assert setup_code.read(tmp_path) == ""


def test_the_invitation_can_be_looked_at(cli: Cli, db: Database) -> None:
    assert "パスワードを決める" in cli("mail", "preview", "staff_invite", "--lang", "ja").stdout
