"""The command line on the test's own database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from storefront.cli.main import main
from storefront.core.db import session, use_session_provider
from storefront.testing.databases import Database

Cli = Callable[..., Result]


@pytest.fixture
def cli(db: Database, data_dir: Path) -> Iterator[Cli]:
    """``cli("orders", "list", code=0)``: runs the command and checks its exit code; an unexpected error is raised.
    ``input``: what is typed."""

    def run(*arguments: str, code: int = 0, input: str | None = None, **environment: str) -> Result:
        session.rollback()
        env = {
            "DATABASE_URL": db.url,
            "DATA_DIR": str(data_dir),
            "PUBLIC_URL": "http://127.0.0.1:8000",
            "STOREFRONT_ENV": "development",
            "MAIL_URL": f"file:{data_dir / 'mail'}",
            **environment,
        }
        result = CliRunner().invoke(main, arguments, env=env, input=input)
        use_session_provider(db.sessions)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    yield run
