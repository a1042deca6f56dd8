"""What the owner decided, as one frozen value per version: read once per request, kept in the process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from sqlalchemy import select

from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import in_unit_of_work, session
from storefront.core.settings.models import (
    Announcement,
    ClosedDestination,
    Currency,
    LookPicture,
    PluginState,
    Policy,
    ShippingBox,
    ShopVersion,
)
from storefront.core.settings.policies import DEFAULTS, merged
from storefront.core.values.boxes import Box
from storefront.core.values.types import Dimensions


@dataclass(frozen=True, slots=True)
class ClosedRule:
    """A destination that is not served (CHK-4). ``region`` empty: the whole country; ``restriction`` empty: all
    goods, else only goods of that class. ``message``: the owner's words per language."""

    country: str
    region: str = ""
    restriction: str = ""
    message: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """An announcement (SHOP-3). ``places``: ``all``, ``checkout``, ``product``."""

    text: Mapping[str, str]
    places: tuple[str, ...] = ("all",)
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def shown(self, place: str, now: datetime) -> bool:
        if "all" not in self.places and place not in self.places:
            return False
        started = self.starts_at is None or self.starts_at <= now
        return started and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True)
class PluginConfig:
    """``settings``: as stored; secret values are still encrypted in it. ``held``: why it does not run although the owner
    wants it to (see ``PluginState``), "" for nothing. ``retries``: how often it was to be loaded again."""

    enabled: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    held: str = ""
    retries: int = 0


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture of the shop itself (see ``LookPicture``), as it is shown: one that is still prepared is not here."""

    file: str
    alt: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShopSnapshot:
    """Everything the owner decided, at one version. ``currencies``: those sold in, the base first. ``pictures``: logo and
    icon by their place."""

    version: int
    profile: str = ""
    policies: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType(dict(DEFAULTS)))
    currencies: tuple[CurrencyRate, ...] = ()
    closed: tuple[ClosedRule, ...] = ()
    boxes: tuple[Box, ...] = ()
    announcements: tuple[Notice, ...] = ()
    plugins: Mapping[str, PluginConfig] = field(default_factory=dict)
    pictures: Mapping[str, ShownPicture] = field(default_factory=dict)

    def policy(self, key: str) -> Any:
        """The value of ``key``; ``KeyError`` for a key that has neither default nor value."""
        return self.policies[key]

    @property
    def base_currency(self) -> str:
        return str(self.policies["shop.base_currency"])

    @property
    def currency_codes(self) -> tuple[str, ...]:
        return tuple(rate.currency for rate in self.currencies)

    def rate(self, currency: str) -> CurrencyRate:
        """The rate of ``currency``; the base currency's when the shop does not sell in it."""
        for rate in self.currencies:
            if rate.currency == currency:
                return rate
        return CurrencyRate(self.base_currency, self.base_currency)

    def notices(self, place: str, now: datetime) -> tuple[Notice, ...]:
        """The announcements to show at ``place`` now."""
        return tuple(notice for notice in self.announcements if notice.shown(place, now))


# Keys of the shop's own (hashing, encryption) share the table; they are nobody's policy and never leave it by this way.
_POLICIES = select(Policy.key, Policy.value).where(~Policy.key.startswith("secret."))


_VERSION = select(ShopVersion.__table__.c.version).where(ShopVersion.__table__.c.id == 1)


def read_version() -> int:
    """The version of the owner's decisions: one statement, once per request. 0 in an empty database."""
    return session.scalar(_VERSION) or 0


def load_snapshot(version: int) -> ShopSnapshot:
    """Read everything the owner decided and stamp it with ``version`` (read *before* it, so that a change in
    between is found by the next request). Seven statements; reads columns, never rows a session may have changed."""
    policies = merged({row.key: row.value for row in session.execute(_POLICIES)})
    base = str(policies["shop.base_currency"])
    return ShopSnapshot(
        version=version,
        profile=session.scalar(select(ShopVersion.profile).where(ShopVersion.id == 1)) or "",
        policies=MappingProxyType(policies),
        currencies=_currencies(base),
        closed=_closed_rules(),
        boxes=_boxes(),
        announcements=_notices(),
        plugins=_plugins(),
        pictures=_pictures(),
    )


def _currencies(base: str) -> tuple[CurrencyRate, ...]:
    rows = session.execute(
        select(Currency.code, Currency.rate, Currency.step)
        .where(Currency.enabled)
        .order_by(Currency.position, Currency.code)
    ).all()
    others = tuple(CurrencyRate(code, base, rate, step) for code, rate, step in rows if code != base)
    return (CurrencyRate(base, base), *others)


def _closed_rules() -> tuple[ClosedRule, ...]:
    rows = session.execute(
        select(
            ClosedDestination.country,
            ClosedDestination.region,
            ClosedDestination.restriction,
            ClosedDestination.message,
        ).order_by(ClosedDestination.id)
    )
    return tuple(ClosedRule(country, region, only, message) for country, region, only, message in rows)


def _boxes() -> tuple[Box, ...]:
    b = ShippingBox
    inner, outer = (b.inner_length, b.inner_width, b.inner_height), (b.outer_length, b.outer_width, b.outer_height)
    rows = session.execute(select(b.name, b.weight, b.most, *inner, *outer).where(b.active).order_by(b.name))
    return tuple(Box(r[0], Dimensions(*r[3:6]), Dimensions(*r[6:9]), r[1], r[2]) for r in rows)


def _notices() -> tuple[Notice, ...]:
    rows = session.execute(
        select(Announcement.text, Announcement.places, Announcement.starts_at, Announcement.ends_at).order_by(
            Announcement.id
        )
    )
    return tuple(Notice(text, tuple(places), starts, ends) for text, places, starts, ends in rows)


def _plugins() -> Mapping[str, PluginConfig]:
    state = PluginState
    rows = session.execute(select(state.name, state.enabled, state.settings, state.held, state.retries))
    return MappingProxyType(
        {
            name: PluginConfig(enabled, MappingProxyType(settings), held, retries)
            for name, enabled, settings, held, retries in rows
        }
    )


def _pictures() -> Mapping[str, ShownPicture]:
    rows = session.execute(select(LookPicture.place, LookPicture.file, LookPicture.alt).where(LookPicture.file != ""))
    return MappingProxyType({place: ShownPicture(file, MappingProxyType(alt)) for place, file, alt in rows})


T = TypeVar("T")


class VersionedCache(Generic[T]):
    """A value that is a function of the owner's decisions, kept until their version moves. One per process
    and ``loader``; safe between threads, since what is kept is replaced in one assignment.

    Inside a unit of work nothing is kept: what was read there may be rolled back.
    """

    def __init__(self, loader: Callable[[int], T]) -> None:
        self._loader = loader
        self._kept: tuple[int, T] | None = None

    def current(self) -> T:
        """The value for the version the database has now: one statement, more when the version moved."""
        return self.at(read_version())

    def at(self, version: int) -> T:
        """The value for a version that was just read (no statement when it did not move)."""
        kept = self._kept
        if kept is not None and kept[0] == version:
            return kept[1]
        value = self._loader(version)
        if not in_unit_of_work():
            self._kept = (version, value)
        return value


class SnapshotCache(VersionedCache[ShopSnapshot]):
    """The shop's decisions for this request: ``SnapshotCache().current()``."""

    def __init__(self) -> None:
        super().__init__(load_snapshot)
