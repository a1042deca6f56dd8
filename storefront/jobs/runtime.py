"""What jobs need of the process they run in."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast

from flask import Flask
from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined

from storefront.core.contracts.providers import Providers
from storefront.core.i18n import jinja as i18n_jinja
from storefront.core.i18n.formats import country_name, format_date, format_datetime, format_money, money_parts
from storefront.core.mail.transports import Transport, transport_for
from storefront.core.outbox.claiming import ClaimedRow
from storefront.core.secrecy import MAIL_LINKS, STAFF, SecretBox
from storefront.core.settings.snapshot import ShopSnapshot, SnapshotCache

EXTENSION = "storefront.jobs"


class _Settings(Protocol):
    @property
    def public_url(self) -> str: ...
    @property
    def public_host(self) -> str: ...
    @property
    def redis_url(self) -> str: ...
    @property
    def mail_url(self) -> str: ...
    @property
    def media_dir(self) -> Path: ...
    @property
    def originals_dir(self) -> Path: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def secret_key_fallbacks(self) -> tuple[str, ...]: ...
    @property
    def imports_dir(self) -> Path: ...


@dataclass(frozen=True, slots=True)
class Runtime:
    """``public_url``: without trailing slash. ``media_dir``: pictures as they are served; ``originals_dir``: as they
    were handed in. ``bind``: the providers for one snapshot, plugins' settings readable inside. ``scope``: what one job
    runs in; a session of its own, given back at the end. ``staff_box``: reads what the staff's verbs sealed; ``mail_box``: seals links in mails. ``imports``:
    folder of catalogue files that wait to be imported. ``redis_url``: where workers wait, or ""."""

    public_url: str
    public_host: str
    transport: Transport
    templates: Environment
    snapshots: SnapshotCache
    bind: Callable[[ShopSnapshot], AbstractContextManager[Providers]]
    scope: Callable[[], AbstractContextManager[Any]]
    media_dir: Path
    originals_dir: Path
    staff_box: SecretBox
    mail_box: SecretBox
    imports: Path
    redis_url: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """One job being done: its row, and the shop as it is now. ``afterwards``: what an ``outside`` job wants written in the
    unit that marks it done."""

    row: ClaimedRow
    runtime: Runtime
    shop: ShopSnapshot
    providers: Providers
    afterwards: list[Callable[[], None]] = field(default_factory=list)


def runtime_of(app: Flask) -> Runtime:
    """The runtime of an application, made once."""
    if EXTENSION not in app.extensions:
        # The extension's class belongs to the shop pages, which stand beside the jobs: only its fields are used here.
        shop = app.extensions["storefront"]
        settings: _Settings = shop.settings
        app.extensions[EXTENSION] = Runtime(
            public_url=settings.public_url,
            public_host=settings.public_host,
            transport=transport_for(settings.mail_url),
            templates=mail_templates(Path(app.root_path) / str(app.template_folder)),
            snapshots=shop.snapshots,
            bind=shop.host.bind,
            scope=app.app_context,
            media_dir=settings.media_dir,
            originals_dir=settings.originals_dir,
            staff_box=SecretBox(settings.secret_key, settings.secret_key_fallbacks, STAFF),
            mail_box=SecretBox(settings.secret_key, settings.secret_key_fallbacks, MAIL_LINKS),
            imports=settings.imports_dir,
            redis_url=settings.redis_url,
        )
    return cast(Runtime, app.extensions[EXTENSION])


def mail_templates(folder: Path | BaseLoader) -> Environment:
    """Templates for texts outside a request: no URL of a request, no session; an unknown name is a mistake. Text bodies
    are not escaped, HTML is."""
    loader = folder if isinstance(folder, BaseLoader) else FileSystemLoader(folder)
    env = Environment(
        loader=loader,
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    i18n_jinja.install(env)
    env.globals.update(
        format_money=format_money,
        money_parts=money_parts,
        format_date=format_date,
        format_datetime=format_datetime,
        country_name=country_name,
    )
    return env
