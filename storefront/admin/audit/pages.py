"""The audit log (ORD-9, SHOP-5): append-only; it can be read and exported, never changed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, select

from storefront.core.audit.models import AuditEntry
from storefront.core.contracts.manage import Column, Field, Filter, FormSpec, Kind, ListSpec, ManagePage, Section, Show
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.paging import QuerySource, row_number
from storefront.core.staff.models import Staff
from storefront.shop.context import current_shop

# The areas of acts: what stands before the dot of their names.
KINDS = {
    "order": N_("Orders"),
    "bill": N_("Bills"),
    "refund": N_("Refunds"),
    "shipment": N_("Parcels"),
    "product": N_("Products"),
    "category": N_("Categories"),
    "brand": N_("Brands"),
    "stock": N_("Stock"),
    "catalog": N_("Imports"),
    "page": N_("Pages"),
    "announcement": N_("Announcements"),
    "settings": N_("Settings"),
    "currency": N_("Currencies"),
    "destination": N_("Destinations"),
    "plugin": N_("Plugins"),
    "staff": N_("Staff"),
    "task": N_("Tasks"),
    "job": N_("Background work"),
    "mail": N_("Mails"),
}
SHOWN_DETAILS = 120


@dataclass(frozen=True, slots=True)
class Entry:
    id: int
    at: datetime
    who: str
    act: str
    subject: str
    reason: str
    data: Mapping[str, Any]

    @property
    def details(self) -> str:
        return details_of(self.data)


def details_of(data: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in data.items()
        if value not in (None, "", [], {})
    )


def _rows() -> Select[Any]:
    return select(
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.actor,
        AuditEntry.act,
        AuditEntry.subject_kind,
        AuditEntry.subject_id,
        AuditEntry.reason,
        AuditEntry.data,
    )


def actor_names(actors: Iterable[str]) -> dict[str, str]:
    """``staff:7`` by the member's name; every other actor stays as it is. One statement, none when nobody is of the
    staff."""
    ids = {actor: int(actor[6:]) for actor in actors if actor.startswith("staff:") and actor[6:].isdigit()}
    if not ids:
        return {}
    names: dict[int, str] = dict(
        session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(set(ids.values())))).all()
    )
    return {actor: names[number] for actor, number in ids.items() if number in names}


def _finish(rows: Sequence[Any]) -> Sequence[Entry]:
    names = actor_names({row.actor for row in rows})
    return [
        Entry(
            row.id,
            row.at,
            names.get(row.actor, row.actor),
            row.act,
            f"{row.subject_kind} {row.subject_id}".strip(),
            row.reason,
            row.data,
        )
        for row in rows
    ]


def _day(text: str, *, after: bool) -> datetime | None:
    try:
        day = date.fromisoformat(text) + timedelta(days=int(after))
        zone = ZoneInfo(str(current_shop().policy("shop.time_zone")))
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _since(text: str) -> ColumnElement[bool] | None:
    moment = _day(text, after=False)
    return None if moment is None else AuditEntry.at >= moment


def _until(text: str) -> ColumnElement[bool] | None:
    moment = _day(text, after=True)
    return None if moment is None else AuditEntry.at < moment


def _who() -> list[tuple[str, str]]:
    return [(f"staff:{row.id}", row.name) for row in session.execute(select(Staff.id, Staff.name).order_by(Staff.name))]


def _search(question: str) -> ColumnElement[bool]:
    """By what it was about: an order's number, "product 12"."""
    kind, _space, key = question.rpartition(" ")
    same = AuditEntry.subject_id == key[:80]
    return and_(AuditEntry.subject_kind == kind[:40], same) if kind else same


def _load(row_id: str) -> Mapping[str, Any] | None:
    number = row_number(row_id)
    row = session.execute(_rows().where(AuditEntry.id == number)).first() if number else None
    if row is None:
        return None
    entry = _finish([row])[0]
    lines = "\n".join(
        f"{name}: {json.dumps(value, ensure_ascii=False, indent=1)}" for name, value in entry.data.items()
    )
    return {
        "at": entry.at,
        "who": entry.who,
        "act": entry.act,
        "subject": entry.subject,
        "reason": entry.reason,
        "details": lines,
    }


def _never(_row_id: str | None, _values: Mapping[str, Any], _actor: str) -> str:
    raise AssertionError("the audit log is never written by a form")


AUDIT = ManagePage(
    key="audit",
    title=N_("Audit log"),
    view="audit.view",
    edit="audit.view",
    intro=N_("Who did what, when and why. Nothing here can be changed."),
    rows=ListSpec(
        columns=(
            Column("at", N_("When"), Show.MOMENT, link=True),
            Column("who", N_("Who")),
            Column("act", N_("What")),
            Column("subject", N_("Of what")),
            Column("reason", N_("Why")),
            Column("details", N_("Details")),
        ),
        source=QuerySource(
            _rows,
            AuditEntry.id,
            sorts={"at": AuditEntry.at},
            order="-at",
            filters={
                "kind": lambda kind: AuditEntry.area == kind,
                "actor": lambda actor: AuditEntry.actor == actor,
                "since": _since,
                "until": _until,
            },
            search=_search,
            finish=_finish,
        ),
        filters=(
            Filter("kind", N_("Kind of act"), KINDS),
            Filter("actor", N_("Who"), _who),
            Filter("since", N_("From"), kind="date_from"),
            Filter("until", N_("Until"), kind="date_to"),
        ),
        search=N_("Number of an order, id of a product…"),
        empty=N_("Nothing was done yet."),
    ),
    form=FormSpec(
        sections=(
            Section(
                "",
                tuple(
                    Field(name, label, kind, fixed=True)
                    for name, label, kind in (
                        ("at", N_("When"), Kind.MOMENT),
                        ("who", N_("Who"), Kind.TEXT),
                        ("act", N_("What"), Kind.TEXT),
                        ("subject", N_("Of what"), Kind.TEXT),
                        ("reason", N_("Why"), Kind.LINES),
                        ("details", N_("Details"), Kind.LINES),
                    )
                ),
            ),
        ),
        load=_load,
        save=_never,
        heading=lambda values: str(values["act"]),
        readonly=True,
    ),
)
