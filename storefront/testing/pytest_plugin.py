"""Fixtures: real databases, the app on each of them, a clock that stands still.

Loaded by pytest through the entry point ``storefront``; nothing heavy is imported until a fixture is used.
``REQUIRE_SERVICES=1`` turns a missing PostgreSQL or Chromium into a failure; without it such tests are skipped and the
terminal summary says plainly what was missing.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from flask import Flask
    from flask.testing import FlaskClient

    from storefront.config import Settings
    from storefront.testing.databases import Database, Templates

# What a contract class asserts is told in full, too.
pytest.register_assert_rewrite("storefront.testing.contracts")

MISSING: set[str] = set()


def missing_service(name: str) -> None:
    """Skip the test, or fail it where services are required."""
    MISSING.add(name)
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"{name} is required (REQUIRE_SERVICES=1) but was not found", pytrace=False)
    pytest.skip(f"{name} was not found")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "req(*ids): requirement ids this test shows")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for name in sorted(MISSING):
        terminalreporter.write_line(f"not tested, because it is missing here: {name}", yellow=True)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, worker_id_or_main: str) -> Iterator["Templates"]:
    from storefront.testing.databases import Templates  # keep plain pytest runs of plugins light
    from storefront.testing.postgresql import PostgresMissing, PostgresServer

    folder = tmp_path_factory.mktemp("databases")
    try:
        server = PostgresServer()
    except PostgresMissing:
        yield Templates(folder, None, worker_id_or_main)
        return
    with server:
        yield Templates(folder, server, worker_id_or_main)


@pytest.fixture(scope="session")
def empty_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the shop's tables and nothing in them, for contract classes to copy."""
    from storefront.testing.contracts.shop import make_empty_shop  # keep plain pytest runs of plugins light

    path = tmp_path_factory.mktemp("shop") / "empty.sqlite"
    make_empty_shop(path)
    return path


@pytest.fixture(scope="session")
def worker_id_or_main(request: pytest.FixtureRequest) -> str:
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(templates: "Templates", database_kind: str) -> Iterator[str]:
    if database_kind == "postgresql" and templates.server is None:
        missing_service("PostgreSQL")
    url = templates.new_url(database_kind)
    yield url
    templates.drop(url)


@pytest.fixture
def db(database_url: str, database_kind: str) -> Iterator["Database"]:
    """A fresh database of each kind with all core tables, bound as core's current session (no Flask)."""
    from storefront.testing.databases import open_database

    with open_database(database_kind, database_url) as database:
        yield database


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def app_settings(database_url: str, data_dir: Path) -> "Settings":
    """How the test's shop is configured; override to change the environment."""
    from storefront.config import Settings

    return Settings.from_env(
        {
            "DATABASE_URL": database_url,
            "DATA_DIR": str(data_dir),
            "PUBLIC_URL": "http://localhost",
            "STOREFRONT_ENV": "development",
            "SECRET_KEY": "a-key-for-tests-only-0123456789abcdefghij",
        }
    )


@pytest.fixture
def plugin_modules() -> "list[object] | None":
    """Plugin modules of the test's shop; ``None``: the installed ones. Override to add a fake."""
    return None


@pytest.fixture
def app(app_settings: "Settings", plugin_modules: "list[object] | None") -> "Iterator[Flask]":
    """The whole shop on a fresh database of each kind, empty but for its tables."""
    from storefront.app import create_app
    from storefront.extensions import db as extension

    flask_app = create_app(app_settings, plugins=plugin_modules)
    flask_app.testing = True
    yield flask_app
    with flask_app.app_context():
        extension.session.remove()
        for engine in extension.engines.values():
            engine.dispose()


@pytest.fixture
def client(app: "Flask") -> "FlaskClient":
    return app.test_client()


@pytest.fixture
def count_statements(app: "Flask") -> "Callable[[], AbstractContextManager[list[str]]]":
    """``with count_statements() as seen:`` every SQL statement the app sends meanwhile."""
    from storefront.extensions import db as extension
    from storefront.testing.databases import count_statements_of

    with app.app_context():
        engine = extension.engine
    return lambda: count_statements_of(engine)
