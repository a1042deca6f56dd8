"""Changing what the owner decides. Every verb runs inside the caller's unit of work, writes one audit row and moves
the shop's version, so that every process reads the new value at its next request."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from storefront.core.audit.service import record
from storefront.core.db import lock_for_update, session, utcnow
from storefront.core.i18n.translate import N_
from storefront.core.settings.errors import BadPolicy
from storefront.core.settings.models import NumberSeries, PluginState, Policy, ShopVersion
from storefront.core.settings.policies import CHOICES, DEFAULTS
from storefront.core.upsert import insert_for


def touch() -> int:
    """Move the shop's version (after a change to anything a process caches by it) and return it. The row stays locked
    until the unit ends: call it late."""
    statement = insert_for(ShopVersion).values(id=1, version=1, profile="")
    statement = statement.on_conflict_do_update(index_elements=["id"], set_={"version": ShopVersion.version + 1})
    return int(session.scalar(statement.returning(ShopVersion.version)))


def set_policy(key: str, value: Any, actor: str) -> None:
    """Set one policy. ``value`` must be of the kind of its default; raises ``BadPolicy`` otherwise."""
    check_policy(key, value)
    statement = insert_for(Policy).values(key=key, value=value)
    session.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value}))
    record(actor, "settings.policy", ("policy", key), value=value)
    touch()


def set_policies(values: Mapping[str, Any], actor: str) -> tuple[str, ...]:
    """Set those of ``values`` that differ from what holds now; the keys that did. One audit row each, one move of the
    version. Raises ``BadPolicy`` before anything is written."""
    for key, value in values.items():
        check_policy(key, value)
    stored: dict[str, Any] = dict(session.execute(select(Policy.key, Policy.value).where(Policy.key.in_(values))).all())
    changed = [key for key, value in values.items() if stored.get(key, DEFAULTS[key]) != value]
    for key in changed:
        statement = insert_for(Policy).values(key=key, value=values[key])
        session.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value})
        )
        record(actor, "settings.policy", ("policy", key), before=stored.get(key, DEFAULTS[key]), value=values[key])
    if changed:
        touch()
    return tuple(changed)


def check_policy(key: str, value: Any) -> None:
    """Raise ``BadPolicy`` unless ``key`` exists and ``value`` is of the kind of its default, and of its choices."""
    if key not in DEFAULTS:
        raise BadPolicy(N_("There is no policy called %(key)s."), key=key)
    wanted = type(DEFAULTS[key])
    if type(value) is not wanted:
        raise BadPolicy(
            N_("%(key)s must be of kind %(wanted)s, not %(given)s."),
            key=key,
            wanted=wanted.__name__,
            given=type(value).__name__,
        )
    if wanted is int and value < 0:
        raise BadPolicy(N_("%(key)s may not be below 0."), key=key)
    if key in CHOICES and value not in CHOICES[key]:
        raise BadPolicy(N_("%(key)s may be: %(words)s."), key=key, words=", ".join(CHOICES[key]))


def set_plugin(
    name: str,
    *,
    enabled: bool | None = None,
    settings: Mapping[str, Any] | None = None,
    actor: str,
    reason: str = "",
) -> None:
    """Enable, disable or configure a plugin; what is ``None`` stays as it is. ``settings`` replaces all settings of the
    plugin; secret values must come encrypted. The audit row names the changed keys, never their values."""
    changes: dict[str, Any] = {"changed_at": utcnow(), "changed_by": actor}
    if enabled is not None:
        changes["enabled"] = enabled
    if enabled:
        changes["purged_at"] = None
    if settings is not None:
        changes["settings"] = dict(settings)
    statement = insert_for(PluginState).values({"name": name, "enabled": False, "settings": {}, **changes})
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=changes))
    record(actor, "settings.plugin", ("plugin", name), reason, enabled=enabled, keys=sorted(settings or ()))
    touch()


def lock_plugin(name: str, actor: str) -> None:
    """Nobody else decides about the plugin until the unit ends; makes its row when there is none."""
    row = insert_for(PluginState).values(name=name, enabled=False, settings={}, changed_at=utcnow(), changed_by=actor)
    session.execute(row.on_conflict_do_nothing(index_elements=["name"]))
    session.execute(lock_for_update(select(PluginState.name).where(PluginState.name == name)))


def next_number(series: str) -> int:
    """The next number of ``series`` (1, 2, 3…), never given twice: one statement that locks the series until the unit
    ends, so call it late. A rolled-back unit gives its number back: nobody saw it."""
    statement = insert_for(NumberSeries).values(name=series, last=1)
    statement = statement.on_conflict_do_update(index_elements=["name"], set_={"last": NumberSeries.last + 1})
    return int(session.scalar(statement.returning(NumberSeries.last)))
