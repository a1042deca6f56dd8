"""What the owner decides: policies, currencies, closed destinations, announcements, plugins."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base, Json, UtcDateTime, utcnow


class ShopVersion(Base):
    """The one row read per request: everything cached in a process is cached by ``version``."""

    __tablename__ = "shop_version"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    version: Mapped[int] = mapped_column(default=1)
    profile: Mapped[str] = mapped_column(String(40), default="")


class Policy(Base):
    """One policy setting. Keys and defaults: ``core/settings/policies.py``; a profile fills them."""

    __tablename__ = "policy"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)


class PluginState(Base):
    """What the owner decided about a plugin, and what keeps it from running whatever was decided. ``held``: ``quarantine``
    (it failed too often) or ``migration`` (its tables are not as it needs them), "" for nothing; ``held_reason`` an English
    sentence, ``held_trace`` for its author. Failures before ``released_at`` do not count any more. ``retries``: how often
    the owner asked to load it again. ``purged_at``: put away; what it kept may still be here."""

    __tablename__ = "plugin_state"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    enabled: Mapped[bool] = mapped_column(default=False)
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    changed_by: Mapped[str] = mapped_column(String(120), default="")
    held: Mapped[str] = mapped_column(String(20), default="")
    held_reason: Mapped[str] = mapped_column(Text, default="")
    held_trace: Mapped[str] = mapped_column(Text, default="")
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retries: Mapped[int] = mapped_column(default=0)
    purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PluginFault(Base):
    """Failures of one kind of a plugin, as one process saw them in some seconds. ``act``: what was called. ``kind``:
    ``raised``, ``nonsense``, ``slow``, ``hung``. ``error``: its last line, without values."""

    __tablename__ = "plugin_fault"
    __table_args__ = (Index(None, "plugin", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plugin: Mapped[str] = mapped_column(String(60))
    act: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    error: Mapped[str] = mapped_column(String(500))
    traceback: Mapped[str] = mapped_column(Text, default="")
    times: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class Currency(Base):
    """``rate``: units of this currency for one of the base currency, exact decimal text. ``step``: minor units."""

    __tablename__ = "currency"

    code: Mapped[str] = mapped_column(String(3), primary_key=True)
    rate: Mapped[str] = mapped_column(String(24), default="1")
    step: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)
    enabled: Mapped[bool] = mapped_column(default=True)


class ClosedDestination(Base):
    """A country, a region in it or a restriction class to it that is not served (CHK-4). ``message``: per language."""

    __tablename__ = "closed_destination"
    __table_args__ = (UniqueConstraint("country", "region", "restriction"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(String(2))
    region: Mapped[str] = mapped_column(String(10), default="")
    restriction: Mapped[str] = mapped_column(String(30), default="")
    message: Mapped[dict[str, str]] = mapped_column(Json, default=dict)


class ShippingBox(Base):
    """A box, bag or envelope that goods are packed into. Millimetres and grams; ``most``: of goods, ``None``: as much as
    fits. An inactive one is only kept."""

    __tablename__ = "shipping_box"
    __table_args__ = (
        CheckConstraint("inner_length > 0 AND inner_width > 0 AND inner_height > 0", name="inner"),
        CheckConstraint(
            "outer_length >= inner_length AND outer_width >= inner_width AND outer_height >= inner_height", name="outer"
        ),
        CheckConstraint("weight >= 0 AND (most IS NULL OR most > 0)", name="weight"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    inner_length: Mapped[int] = mapped_column()
    inner_width: Mapped[int] = mapped_column()
    inner_height: Mapped[int] = mapped_column()
    outer_length: Mapped[int] = mapped_column()
    outer_width: Mapped[int] = mapped_column()
    outer_height: Mapped[int] = mapped_column()
    weight: Mapped[int] = mapped_column()
    most: Mapped[int | None] = mapped_column()
    active: Mapped[bool] = mapped_column(default=True)


class Announcement(Base):
    """SHOP-3. ``places``: where it is shown (``all``, ``checkout``, ``product``)."""

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    places: Mapped[list[str]] = mapped_column(Json, default=list)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LookPicture(Base):
    """A picture of the shop itself. ``place``: ``logo``, ``logo_dark`` (on dark paper), ``icon`` (of the browser's tab).
    ``file``: name of what is shown, "" while it is prepared; ``alt``: what the logo says, per language."""

    __tablename__ = "look_picture"

    place: Mapped[str] = mapped_column(String(20), primary_key=True)
    picture_id: Mapped[int] = mapped_column(ForeignKey("picture.id"), index=True)
    file: Mapped[str] = mapped_column(String(200), default="")
    alt: Mapped[dict[str, str]] = mapped_column(Json, default=dict)


class ThemeFault(Base):
    """A template of a theme that broke, and in whose place the shop's own is shown. ``stamp``: of the theme's files by
    then; ``error``: its last line; ``line`` 0: unknown."""

    __tablename__ = "theme_fault"

    theme: Mapped[str] = mapped_column(String(60), primary_key=True)
    template: Mapped[str] = mapped_column(String(200), primary_key=True)
    stamp: Mapped[str] = mapped_column(String(20), default="")
    error: Mapped[str] = mapped_column(String(500))
    line: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class NumberSeries(Base):
    """The last number given out per series and day; numbers are never given twice."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
