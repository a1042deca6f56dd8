"""What happened to plugins: failures, and what keeps one from running. Every verb runs inside the caller's unit of work;
those that change whether a plugin runs write an audit row and move the shop's version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from storefront.core.audit.service import record
from storefront.core.db import lock_for_update, session, utcnow
from storefront.core.settings.models import PluginFault, PluginState
from storefront.core.settings.service import touch
from storefront.core.upsert import insert_for

QUARANTINE, MIGRATION = "quarantine", "migration"
SYSTEM = "system"
KEEP_FAULTS = timedelta(days=30)
MOST_FAULTS = 200
SHOWN_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure of a plugin. ``error`` and ``traceback`` hold no values of the shop."""

    plugin: str
    act: str
    kind: str
    error: str
    traceback: str
    at: datetime
    times: int = 1


@dataclass(frozen=True, slots=True)
class Hold:
    """What keeps a plugin from running, and since when."""

    kind: str
    reason: str
    traceback: str
    at: datetime | None


def keep_faults(faults: Iterable[Fault]) -> None:
    """Write failures down."""
    for fault in faults:
        session.add(
            PluginFault(
                plugin=fault.plugin[:60], act=fault.act[:80], kind=fault.kind, error=fault.error[:500],
                traceback=fault.traceback, times=fault.times, at=fault.at,
            )
        )  # fmt: skip
    session.flush()


def failures(plugin: str, since: datetime) -> int:
    """How often the plugin failed since then, in all processes; nothing before its last release counts."""
    released = session.scalar(select(PluginState.released_at).where(PluginState.name == plugin))
    begin = max(since, released) if released else since
    count = select(func.coalesce(func.sum(PluginFault.times), 0))
    return int(session.scalar(count.where(PluginFault.plugin == plugin, PluginFault.at > begin)) or 0)


def faults_of(plugin: str, limit: int = SHOWN_FAULTS) -> Sequence[Fault]:
    """The newest failures, those first."""
    f = PluginFault
    rows = session.execute(
        select(f.plugin, f.act, f.kind, f.error, f.traceback, f.at, f.times)
        .where(f.plugin == plugin)
        .order_by(f.at.desc(), f.id.desc())
        .limit(limit)
    )
    return [Fault(*row) for row in rows]


def hold_of(plugin: str) -> Hold | None:
    """What keeps it from running; ``None`` for nothing."""
    s = PluginState
    row = session.execute(
        select(s.held, s.held_reason, s.held_trace, s.held_at).where(s.name == plugin, s.held != "")
    ).first()
    return Hold(*row) if row is not None else None


def hold(plugin: str, kind: str, reason: str, traceback: str = "", **data: Any) -> bool:
    """Keep a plugin from running, in every process, until ``release``. Returns whether it was not held already."""
    state = insert_for(PluginState).values(
        name=plugin, enabled=False, settings={}, changed_at=utcnow(), changed_by=SYSTEM
    )
    session.execute(state.on_conflict_do_nothing(index_elements=["name"]))
    held = session.scalar(lock_for_update(select(PluginState.held).where(PluginState.name == plugin)))
    values = {"held": kind, "held_reason": reason, "held_trace": traceback, "held_at": utcnow()}
    session.execute(update(PluginState).where(PluginState.name == plugin).values(values))
    if held == kind:
        return False
    record(SYSTEM, f"plugin.{kind}", ("plugin", plugin), reason, **data)
    touch()
    return True


def release(plugin: str, actor: str, reason: str = "") -> bool:
    """Let it run again, and forget its failures so far. Returns whether it was held."""
    held = session.scalar(lock_for_update(select(PluginState.held).where(PluginState.name == plugin)))
    if not held:
        return False
    values = {"held": "", "held_reason": "", "held_trace": "", "held_at": None, "released_at": utcnow()}
    session.execute(update(PluginState).where(PluginState.name == plugin).values(values))
    record(actor, "plugin.release", ("plugin", plugin), reason, held=held)
    touch()
    return True


def load_again(plugin: str, actor: str, reason: str = "") -> None:
    """Every process tries to import the plugin again at its next request."""
    session.execute(update(PluginState).where(PluginState.name == plugin).values(retries=PluginState.retries + 1))
    record(actor, "plugin.retry", ("plugin", plugin), reason)
    touch()


def put_away(plugin: str, actor: str, reason: str = "", *, data: str, forget: bool, **details: Any) -> None:
    """The plugin is purged. ``data``: what became of what it kept (``keep``, ``export``, ``drop``); ``forget``: take away
    its settings and failures, and where nobody has it installed any more, its row."""
    if forget:
        session.execute(delete(PluginFault).where(PluginFault.plugin == plugin))
    values: dict[str, Any] = {"enabled": False, "purged_at": utcnow(), "changed_at": utcnow(), "changed_by": actor}
    if forget:
        values |= {"settings": {}, "held": "", "held_reason": "", "held_trace": "", "held_at": None}
    session.execute(update(PluginState).where(PluginState.name == plugin).values(values))
    record(actor, "plugin.purge", ("plugin", plugin), reason, data=data, **details)
    touch()


def strike(plugin: str) -> None:
    """Take away the row of a plugin that is neither installed nor kept."""
    session.execute(delete(PluginState).where(PluginState.name == plugin))


def purged() -> frozenset[str]:
    """Plugins that were put away."""
    return frozenset(session.scalars(select(PluginState.name).where(PluginState.purged_at.is_not(None))))


def forget_old_faults(now: datetime) -> None:
    """Those of a month ago, and of each plugin all but the newest."""
    session.execute(delete(PluginFault).where(PluginFault.at < now - KEEP_FAULTS))
    for plugin in session.scalars(select(PluginFault.plugin).distinct()).all():
        newest = select(PluginFault.id).where(PluginFault.plugin == plugin).order_by(PluginFault.id.desc())
        last = session.scalar(newest.offset(MOST_FAULTS).limit(1))
        if last is not None:
            session.execute(delete(PluginFault).where(PluginFault.plugin == plugin, PluginFault.id <= last))
