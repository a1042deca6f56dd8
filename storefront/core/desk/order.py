"""One order as the desk sees it: what the shopper sees, and everything behind it. A fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storefront.core.billing.models import Bill
from storefront.core.contracts.providers import Providers
from storefront.core.db import session
from storefront.core.lifecycle.refund_tasks import OwedView, owed_back
from storefront.core.lifecycle.seen import HistoryRow, history_of
from storefront.core.lifecycle.ship import unshipped
from storefront.core.lifecycle.view import OrderView, order_view
from storefront.core.mail.queries import MailRow, mails_of
from storefront.core.orders.models import Order, OrderFlag, OrderLine
from storefront.core.orders.notes import flags_of
from storefront.core.orders.queries import find_order
from storefront.core.orders.service import lines_of
from storefront.core.payments.models import PaymentAttempt, PaymentEvent, Refund


@dataclass(frozen=True, slots=True)
class PaymentStep:
    """A row of an attempt's history; ``amount`` 0: no money moved."""

    kind: str
    at: datetime
    amount: int
    currency: str
    reference: str
    actor: str
    note: str


@dataclass(frozen=True, slots=True)
class AttemptView:
    """``title``: of the method, a msgid in the domain of ``source``; its key where the plugin is gone."""

    id: int
    bill_number: str
    method: str
    source: str
    title: str
    state: str
    amount: int
    currency: str
    reference: str
    steps: tuple[PaymentStep, ...]


@dataclass(frozen=True, slots=True)
class RefundView:
    """``can_send``: money that waits, and its method can pay back by itself. ``waits``: it is neither done nor failed."""

    id: int
    bill_number: str
    state: str
    cause: str
    amount: int
    currency: str
    reference: str
    reason: str
    created_at: datetime
    of_money: bool
    can_send: bool

    @property
    def waits(self) -> bool:
        return self.state in ("requested", "pending")


@dataclass(frozen=True, slots=True)
class DeskOrder:
    """``order``, ``lines``: the rows behind ``view``. ``seen``: the newest event, for acts to say what their page knew. ``to_pack``: pieces per position that are in hand
    and in no parcel. ``mails``: what the shop wrote about it, oldest first."""

    view: OrderView
    order: Order
    lines: tuple[OrderLine, ...]
    seen: int
    flags: tuple[OrderFlag, ...]
    owed: tuple[OwedView, ...]
    refunds: tuple[RefundView, ...]
    attempts: tuple[AttemptView, ...]
    history: tuple[HistoryRow, ...]
    to_pack: Mapping[int, int]
    mails: tuple[MailRow, ...] = ()

    @property
    def paid(self) -> int:
        """Money that came for its bills and did not go back, minor units of the order."""
        back = sum(r.amount for r in self.refunds if r.of_money and r.cause == "bill" and r.state != "failed")
        return sum(bill.paid for bill in self.view.bills) - back

    @property
    def waiting_refunds(self) -> tuple[RefundView, ...]:
        """Refunds that were asked for without a task."""
        tasks = {task.refund_id for task in self.owed}
        return tuple(refund for refund in self.refunds if refund.waits and refund.id not in tasks)


def desk_order(number: str, providers: Providers) -> DeskOrder | None:
    """Order ``number``; ``None`` when there is none. Drafts are shown too: money may be on its way to one."""
    order = find_order(number)
    if order is None:
        return None
    lines = lines_of(order.id)
    view = order_view(order, providers, lines=lines)
    bills = dict(session.execute(select(Bill.id, Bill.number).where(Bill.order_id == order.id)).all())
    history = history_of(order.id)
    waiting = unshipped(order.id) if order.state == "processing" else {}
    return DeskOrder(
        view=view,
        seen=max((row.id for row in history), default=0),
        flags=tuple(flags_of([order.id])),
        owed=owed_back(order.id, providers),
        refunds=_refunds(bills, providers),
        attempts=_attempts(bills, providers),
        history=history,
        to_pack={
            line.position: waiting[line.id]
            for line in view.lines
            if line.id in waiting and line.state in ("in_hand", "packed")
        },
        mails=tuple(mails_of(f"order:{order.id}")),
        order=order,
        lines=tuple(lines),
    )


def _refunds(bills: Mapping[int, str], providers: Providers) -> tuple[RefundView, ...]:
    methods = providers.payment_methods(installed=True)
    rows = session.execute(
        select(Refund, PaymentAttempt.method)
        .outerjoin(PaymentAttempt, PaymentAttempt.id == Refund.attempt_id)
        .where(Refund.bill_id.in_(list(bills)))
        .order_by(Refund.id)
    )
    return tuple(
        RefundView(
            id=refund.id,
            bill_number=bills[refund.bill_id],
            state=refund.state,
            cause=refund.cause,
            amount=refund.amount,
            currency=refund.currency,
            reference=refund.reference,
            reason=refund.reason,
            created_at=refund.created_at,
            of_money=refund.attempt_id is not None,
            can_send=method in methods and methods[method].value.capabilities.refund,
        )
        for refund, method in rows
    )


def _attempts(bills: Mapping[int, str], providers: Providers) -> tuple[AttemptView, ...]:
    methods = providers.payment_methods(installed=True)
    attempts = session.scalars(
        select(PaymentAttempt).where(PaymentAttempt.bill_id.in_(list(bills))).order_by(PaymentAttempt.id)
    ).all()
    steps = _steps([attempt.id for attempt in attempts])
    return tuple(
        AttemptView(
            id=attempt.id,
            bill_number=bills[attempt.bill_id],
            method=attempt.method,
            source=attempt.source,
            title=methods[attempt.method].value.title if attempt.method in methods else attempt.method,
            state=attempt.state,
            amount=attempt.amount,
            currency=attempt.currency,
            reference=attempt.reference,
            steps=tuple(steps.get(attempt.id, ())),
        )
        for attempt in attempts
    )


def _steps(attempt_ids: Sequence[int]) -> dict[int, list[PaymentStep]]:
    found: dict[int, list[PaymentStep]] = {}
    if not attempt_ids:
        return found
    rows = session.scalars(
        select(PaymentEvent).where(PaymentEvent.attempt_id.in_(attempt_ids)).order_by(PaymentEvent.id)
    )
    for e in rows:
        step = PaymentStep(e.kind, e.at, e.amount, e.currency, e.reference, e.actor, e.note)
        found.setdefault(e.attempt_id, []).append(step)
    return found
