"""The mail log as a list (MSG-5): what was sent when, to whom, and what became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from storefront.core.contracts.manage import Column, Filter, ListSpec, ManagePage, Show
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.mail.kinds import KINDS
from storefront.core.mail.models import MailRecord
from storefront.core.mail.queries import MailRow, MailState, in_state, log_rows, mail_row, to_address
from storefront.core.orders.models import Order
from storefront.core.paging import QuerySource
from storefront.core.staff.models import Staff
from storefront.core.values.language import OWN_NAMES

STATES = {
    MailState.WAITING: N_("Waiting"),
    MailState.SENT: N_("Sent"),
    MailState.PARKED: N_("Refused by the mail server"),
    MailState.DEAD: N_("Given up"),
    MailState.DROPPED: N_("Dropped"),
    MailState.UNWANTED: N_("Unsubscribed"),
    MailState.MOOT: N_("No longer needed"),
}
WORDS = {state.value: words for state, words in STATES.items()}
TITLES = {name: kind.title for name, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the list. ``about``: an order's number, a member's name."""

    id: str
    at: datetime
    kind: str
    address: str
    about: str
    language: str
    state: str
    reason: str


def about(rows: Iterable[MailRow]) -> dict[str, str]:
    """What mails are about, as people call it, by subject. Two statements at most."""
    subjects = {row.subject for row in rows}
    orders = [int(s[6:]) for s in subjects if s.startswith("order:") and s[6:].isdigit()]
    staff = [int(s[6:]) for s in subjects if s.startswith("staff:") and s[6:].isdigit()]
    found: dict[str, str] = {}
    if orders:
        numbers = session.execute(select(Order.id, Order.number).where(Order.id.in_(orders)))
        found |= {f"order:{id_}": number for id_, number in numbers}
    if staff:
        names = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(staff)))
        found |= {f"staff:{id_}": name for id_, name in names}
    return found


def _finish(found: Sequence[Any]) -> Sequence[Entry]:
    rows = [mail_row(row[0], row.job_state, row.last_error, row.attempts, row.args) for row in found]
    names = about(rows)
    return [
        Entry(
            row.id, row.at, row.kind, row.address, names.get(row.subject, row.subject),
            OWN_NAMES.get(row.locale, row.locale), row.state, row.reason,
        )
        for row in rows
    ]  # fmt: skip


def _search(question: str) -> ColumnElement[bool]:
    """An address, its beginning, or the number of an order."""
    order_id = session.scalar(select(Order.id).where(Order.number == question[:20]))
    return MailRecord.subject == f"order:{order_id}" if order_id is not None else to_address(question)


def mail_path(row_id: str) -> str:
    return f"/manage/mails/{row_id}"


MAILS = ManagePage(
    key="mails",
    title=N_("Mails"),
    view="customers.view",
    edit="customers.view",
    intro=N_("Every mail the shop owed somebody, newest first. How each kind looks: see the preview."),
    rows=ListSpec(
        columns=(
            Column("at", N_("When"), Show.MOMENT, link=True),
            Column("kind", N_("Mail"), Show.CHOICE, words=TITLES),
            Column("address", N_("To")),
            Column("about", N_("About")),
            Column("language", N_("Language")),
            Column("state", N_("Status"), Show.STATUS, words=WORDS),
            Column("reason", N_("Why")),
        ),
        source=QuerySource(
            log_rows,
            MailRecord.id,
            filters={"state": in_state, "kind": lambda kind: MailRecord.kind == kind},
            search=_search,
            finish=_finish,
        ),
        row_url=lambda row: mail_path(row.id),
        filters=(Filter("state", N_("Status"), WORDS), Filter("kind", N_("Mail"), TITLES)),
        search=N_("Mail address, or number of an order"),
        empty=N_("No mail was promised yet."),
    ),
)
