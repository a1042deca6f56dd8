"""The acts on plugins that take more than one transaction: bringing tables up to date, taking them away, asking a provider
whether settings work. Called with no unit open; each verb runs its own."""

import contextvars
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Engine

from storefront.core.audit.service import record
from storefront.core.db import run_unit, session, utcnow
from storefront.core.desk.plugin_use import still_used
from storefront.core.i18n.translate import N_
from storefront.core.outbox.tending import drop_plugin_work
from storefront.core.settings import plugins as states
from storefront.core.settings.service import lock_plugin
from storefront.core.settings.snapshot import PluginConfig, ShopSnapshot, load_snapshot, read_version
from storefront.core.values.types import Problem
from storefront.plugin_host import exporting, service
from storefront.plugin_host.dispatch import Failure, failure_of, problems_in
from storefront.plugin_host.errors import PluginRefused, SettingsInvalid, UnknownPlugin
from storefront.plugin_host.host import PluginHost
from storefront.plugin_host.migrations import drop_tables, plugin_lineage, tables_of, upgrade

logger = logging.getLogger(__name__)

TABLES_FAILED = N_("The tables of %(plugin)s could not be brought up to date: %(error)s")
CHECK_SECONDS = 8.0

# Runs a step in a unit of work.
Unit = Callable[[Callable[[], None]], object]


class Data(StrEnum):
    """What becomes of what a purged plugin kept: it stays; it is written to a file and taken away; it is taken away."""

    KEEP = "keep"
    EXPORT = "export"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Purged:
    """``file``: where the export is, if one was asked for. ``tables``: what was taken away."""

    file: Path | None = None
    tables: tuple[str, ...] = ()


def switch_on(engine: Engine, host: PluginHost, name: str, actor: str, reason: str = "", unit: Unit = run_unit) -> None:
    """Bring the plugin's tables up to date, then enable it. Raises ``UnknownPlugin``; ``PluginRefused`` with all that is
    missing, and nothing is enabled then. ``unit``: runs the last step in a unit of work."""
    bring_up_to_date(engine, host, name)
    unit(lambda: service.enable(host, name, actor, reason))


def bring_up_to_date(engine: Engine, host: PluginHost, name: str) -> None:
    """The tables of one plugin that runs; one without tables needs nothing. A failure is kept (the plugin is held in every
    process) and raised as ``PluginRefused``; the database stays as it was. Success lets it run again."""
    plugin = host.get(name)
    lineage = plugin_lineage(plugin)
    session.rollback()
    if lineage is None or not plugin.ready:
        return
    try:
        upgrade(engine, lineage)
    except (Exception, SystemExit) as error:  # a plugin's own revisions: whatever they raise stays with it
        failure = failure_of(error)
        note_migration(name, failure)
        raise PluginRefused(
            [Problem(TABLES_FAILED, {"plugin": name, "error": failure.error}, code="migration_failed")]
        ) from error
    note_migration(name, None)


def note_migration(name: str, failure: Failure | None) -> None:
    """Keep what became of a plugin's migration, so that every process knows: held while it fails, free again after. In a
    unit of its own."""

    def write() -> None:
        if failure is not None:
            reason = f"Its tables could not be brought up to date: {failure.error}"
            states.hold(name, states.MIGRATION, reason, failure.traceback)
        else:
            found = states.hold_of(name)
            if found is not None and found.kind == states.MIGRATION:
                states.release(name, states.SYSTEM, "Its tables are up to date.")

    run_unit(write)


def try_again(engine: Engine, host: PluginHost, name: str, actor: str, reason: str = "", unit: Unit = run_unit) -> None:
    """What the owner asks for after something was mended: a broken plugin is loaded anew in every process, tables that
    failed are brought up to date, a stopped plugin runs again. Raises ``UnknownPlugin``, ``PluginRefused``."""
    snapshot = load_snapshot(read_version())
    config = snapshot.plugins.get(name)
    plugin = host.plugins.get(name)
    if plugin is None:
        raise UnknownPlugin(name, host.plugins)
    session.rollback()
    if config is not None and config.held == states.MIGRATION:
        # Who asked for it, whatever becomes of it; that it worked is written down by itself.
        unit(lambda: record(actor, "plugin.retry", ("plugin", name), reason))
        bring_up_to_date(engine, host, name)
        return
    if config is not None and config.held:
        unit(lambda: service.release(host, name, actor, reason))
        return

    def load_anew() -> None:
        lock_plugin(name, actor)
        states.load_again(name, actor, reason)

    unit(load_anew)


def purge(
    engine: Engine,
    host: PluginHost,
    name: str,
    data: Data,
    actor: str,
    reason: str = "",
    *,
    folder: Path,
    now: datetime | None = None,
    unit: Unit = run_unit,
) -> Purged:
    """Put a plugin away. ``folder``: where an export is written. Raises ``UnknownPlugin``; ``PluginRefused`` while it is
    enabled, needed by an enabled plugin, or while payments and orders still run on it; then nothing is changed. Old orders
    stay readable: they keep the words and amounts they were placed with."""
    snapshot = load_snapshot(read_version())
    if name not in snapshot.plugins:
        host.get(name)
    _refuse_purge(host, name, snapshot)
    known = (*host.plugins, *snapshot.plugins)
    tables = tables_of(engine, name, known)
    session.rollback()
    at = now or utcnow()
    file = None
    if data is Data.EXPORT:
        config = snapshot.plugins.get(name, PluginConfig())
        file = exporting.write(engine, name, config.settings, tables, folder, at)
    forget = data is not Data.KEEP

    def put_away() -> None:
        lock_plugin(name, actor)
        _refuse_purge(host, name, load_snapshot(read_version()))  # again, now that nobody else can change it
        states.put_away(
            name, actor, reason, data=str(data), forget=forget, tables=list(tables) if forget else [],
            file=file.name if file else "", dropped=drop_plugin_work(name),
        )  # fmt: skip
        if forget and name not in host.plugins:
            states.strike(name)

    unit(put_away)
    if forget:
        drop_tables(engine, name, known)
    return Purged(file, tables if forget else ())


def _refuse_purge(host: PluginHost, name: str, snapshot: ShopSnapshot) -> None:
    problems: list[Problem] = []
    if snapshot.plugins.get(name, PluginConfig()).enabled:
        problems.append(Problem(N_("%(plugin)s is enabled. Disable it first."), {"plugin": name}, code="enabled"))
    dependents = [
        other for other in service.needed_by(host, name) if snapshot.plugins.get(other, PluginConfig()).enabled
    ]
    if dependents:
        message = N_("%(plugin)s is needed by %(dependents)s. Disable that first.")
        problems.append(Problem(message, {"plugin": name, "dependents": ", ".join(dependents)}, code="required"))
    problems += still_used(name)
    if problems:
        raise PluginRefused(problems)


def ask_settings(host: PluginHost, name: str, snapshot: ShopSnapshot) -> tuple[Problem, ...]:
    """Ask the plugin whether its settings work, in the language of whoever asks: first what is missing, then its own check,
    which may ask a provider. Outside any transaction; what does not answer in time is a problem. Raises ``UnknownPlugin``."""
    found = host.check(name, snapshot)
    declaration = host.declaration(name)
    session.rollback()
    if found or declaration is None or declaration.check is None:
        return found
    try:
        settings = host.settings_of(name, snapshot)
    except SettingsInvalid as error:
        return error.problems
    check = declaration.check
    answers: list[object] = []

    def ask() -> None:
        try:
            with host.bind(snapshot):
                answers.append(host.watch.ask(name, "check_settings", check, (settings,)))
        except Exception as error:  # plugin code: noted under its name
            answers.append(error)

    # In a thread, so that one that does not come back is left behind.
    thread = threading.Thread(target=contextvars.copy_context().run, args=(ask,), name=f"check-{name}", daemon=True)
    thread.start()
    thread.join(CHECK_SECONDS)
    if not answers:
        message = N_("%(plugin)s did not answer within %(seconds)s seconds.")
        return (Problem(message, {"plugin": name, "seconds": int(CHECK_SECONDS)}, code="slow"),)
    given = problems_in(answers[0]) if not isinstance(answers[0], Exception) else None
    if given is None:
        return (
            Problem(N_("%(plugin)s could not check its settings; its page says why."), {"plugin": name}, code="failed"),
        )
    return tuple(replace(problem, source=problem.source or name) for problem in given)
