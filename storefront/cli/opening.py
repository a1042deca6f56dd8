"""Opening the shop for one command, and saying what went wrong as a sentence."""

import getpass
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError

from storefront.app import create_app
from storefront.config import ConfigError, Settings
from storefront.core.contracts.providers import Providers
from storefront.core.db import session
from storefront.core.mail.transports import BadMailUrl
from storefront.core.orders.errors import OrderError
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.staff.errors import StaffError
from storefront.core.stock.errors import StockError
from storefront.core.values.money import BadAmount
from storefront.extensions import db
from storefront.plugin_host.errors import PluginRefused, UnknownPlugin
from storefront.plugin_host.host import PluginHost

EXPECTED = (BadAmount, BadMailUrl, ConfigError, OrderError, PluginRefused, StaffError, StockError, UnknownPlugin)


@dataclass(frozen=True, slots=True)
class OpenShop:
    app: Flask
    settings: Settings
    host: PluginHost
    shop: ShopSnapshot
    providers: Providers


@contextmanager
def sentences() -> Iterator[None]:
    """What a person can put right ends the command with its sentence on stderr and exit code 1."""
    try:
        yield
    except EXPECTED as error:
        raise click.ClickException(str(error)) from error
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException(
            f"The database could not be used: {error.orig}. Is it running, and up to date? (storefront db upgrade)"
        ) from error


@contextmanager
def open_app() -> Iterator[Flask]:
    """The application in its context; its connections are given back at the end."""
    with sentences():
        app = create_app()
        with app.app_context():
            try:
                yield app
            finally:
                session.rollback()
                app.extensions["storefront"].host.watch.flush()
                db.session.remove()
                db.engine.dispose()


@contextmanager
def open_shop() -> Iterator[OpenShop]:
    """The shop as it is now, with plugins able to read their settings. No transaction is open inside."""
    with open_app() as app:
        extension = app.extensions["storefront"]
        shop = extension.snapshots.current()
        session.rollback()
        with extension.host.bind(shop) as providers:
            yield OpenShop(app, extension.settings, extension.host, shop, providers)


def actor() -> str:
    """Who acts, for the audit log."""
    try:
        return f"cli:{getpass.getuser()}"[:120]
    except (KeyError, OSError):  # no such account, as in a container with a bare number for a user
        return "cli"


def echo_json(value: Any) -> None:
    click.echo(json.dumps(value, default=_json_value, ensure_ascii=False, indent=2))


def _json_value(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"{type(value).__name__} has no JSON form")


def table(rows: Sequence[tuple[str, ...]], heads: tuple[str, ...]) -> None:
    """Columns as wide as they need to be; nothing is cut."""
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    for row in [heads, *rows]:
        click.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
