"""The rows of one generated order: what ``core/lifecycle`` would have written in the course of its life."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from storefront.core.audit.models import AuditEntry
from storefront.core.billing.models import Bill, BillLine
from storefront.core.mail.models import MailRecord
from storefront.core.orders.models import (
    Order,
    OrderEvent,
    OrderLine,
    OrderRevision,
)
from storefront.core.outbox.models import OutboxRow
from storefront.core.payments.models import PaymentAttempt, PaymentEvent
from storefront.core.settings.calendar import end_of_day
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.stock.models import Reservation
from storefront.core.values.language import LANGUAGES
from tools.bench.bulk import EPOCH, Bulk, as_json, stamp
from tools.bench.costs import CARRIER, TITLES, Cost, Costs, tariff
from tools.bench.fates import DAY, DAYS_TO_PAY, HOUR, Fate
from tools.bench.parcels import Parcels, Sent
from tools.bench.people import Person
from tools.bench.refunds import Refunds
from tools.bench.wares import Ware

STAFF = "cli:generator"
# Mails of older events were sent and their rows thrown away long ago; audit asks for those of fourteen days.
MAILS_KEPT = 15 * DAY
WAITING = {"back_order": "awaiting_supplier", "pre_order": "awaiting_release"}


class Placed(NamedTuple):
    """One order to write. ``buyer``: number of the person; ``discount``: per cent; ``salt``: of its secrets."""

    number: int
    buyer: int
    who: Person
    lines: tuple[tuple[Ware, int], ...]
    fate: Fate
    discount: int
    salt: int


class Books:
    """Writes orders one after the other, in the order in which they were placed."""

    def __init__(self, bulk: Bulk, shop: ShopSnapshot, until: datetime, members: dict[int, int]) -> None:
        self.shop, self.members, self.until = shop, members, int(until.timestamp())
        self.zone = ZoneInfo(str(shop.policy("shop.time_zone")))
        self.prefix = str(shop.policy("orders.number_prefix"))
        self.rates = {rate.currency: rate for rate in shop.currencies}
        self.days: dict[str, int] = {}
        self._due: dict[int, int] = {}
        self.order_id, self.line_id = bulk.next_id(Order), bulk.next_id(OrderLine)
        self.bill_id, self.attempt_id = bulk.next_id(Bill), bulk.next_id(PaymentAttempt)
        self._open(bulk)
        self.costs = Costs(bulk, self.rates)
        self.parcels = Parcels(bulk, self)
        self.refunds = Refunds(bulk, self)

    def _open(self, bulk: Bulk) -> None:
        self.order = bulk.rows(
            Order, "id", "number", "secret", "state", "cancel_reason", "customer_id", "checkout_token", "email",
            "address", "country", "locale", "currency", "base_currency", "rate", "rate_step", "carrier", "service",
            "shipping_quote", "method", "created_at", "placed_at", "updated_at",
        )  # fmt: skip
        self.revision = bulk.rows(
            OrderRevision, "order_id", "revision", "items", "total", "actor", "reason", "created_at"
        )
        self.line = bulk.rows(
            OrderLine, "id", "order_id", "position", "sku_id", "product_id", "sku_code", "title", "title_locale",
            "options", "picture", "quantity", "cancelled_quantity", "unit_price", "tax_class", "customs_value", "weight",
            "origin", "hs_code", "mode", "item_state", "cancel_reason",
        )  # fmt: skip
        self.event = bulk.rows(
            OrderEvent, "order_id", "name", "from_state", "to_state", "actor", "reason", "data", "at"
        )
        self.bill = bulk.rows(
            Bill, "id", "number", "secret", "order_id", "customer_id", "kind", "state", "currency", "amount", "due_at",
            "first_issued_at", "issued_at", "settled_at",
        )  # fmt: skip
        self.bill_line = bulk.rows(BillLine, "bill_id", "order_line_id", "charge_id", "quantity", "amount")
        self.attempt = bulk.rows(
            PaymentAttempt, "id", "token", "key", "bill_id", "method", "source", "state", "currency", "amount",
            "created_at", "updated_at",
        )  # fmt: skip
        self.payment_event = bulk.rows(
            PaymentEvent, "attempt_id", "source", "kind", "currency", "amount", "reference", "actor", "at"
        )
        self.reservation = bulk.rows(Reservation, "sku_id", "order_line_id", "source", "quantity", "created_at")
        self.audit = bulk.rows(AuditEntry, "at", "actor", "act", "subject_kind", "subject_id", "reason", "data")
        self.outbox = bulk.rows(
            OutboxRow, "id", "name", "args", "queue", "dedupe_key", "subject", "locale", "available_at", "state",
            "attempts", "created_at", "done_at",
        )  # fmt: skip
        self.mail_record = bulk.rows(
            MailRecord, "id", "kind", "subject", "locale", "address", "address_folded", "outcome", "created_at", "settled_at"
        )  # fmt: skip

    def write(self, placed: Placed) -> None:
        fate, who = placed.fate, placed.who
        order_id, self.order_id = self.order_id, self.order_id + 1
        number, currency = self._number(fate.placed), who.currency
        first_line, self.line_id = self.line_id, self.line_id + len(placed.lines)
        items = sum(ware.prices[currency] * pieces for ware, pieces in placed.lines)
        costs, shares = self.costs.write(placed, items, order_id, first_line)
        total = items + sum(cost.amount for cost in costs)
        sent = self.parcels.write(placed, order_id, number, first_line)
        state = self._state(fate, sent)
        self._order(placed, order_id, number, state)
        self.revision(order_id, 1, items, total, "shopper", "placed", stamp(fate.placed))
        self._lines(placed, order_id, first_line, sent)
        bill_id = self._bill(placed, order_id, number, first_line, total, costs, shares)
        self._history(placed, order_id, number, bill_id, total, sent, state)
        if fate.paid and fate.reason:
            net = [
                ware.prices[currency] * pieces + shares.get(first_line + i, 0)
                for i, (ware, pieces) in enumerate(placed.lines)
            ]
            self.refunds.write(placed, order_id, bill_id, first_line, total, costs, net)

    # --- parts

    def _number(self, placed: int) -> str:
        day = (EPOCH + timedelta(seconds=placed)).astimezone(self.zone).strftime("%y%m%d")
        index = self.days[day] = self.days.get(day, 0) + 1
        return f"{self.prefix}{day}-{index:04d}"

    def _state(self, fate: Fate, sent: Sent) -> str:
        if fate.reason:
            return "cancelled"
        if fate.completed:
            return "completed"
        if sent.all_gone:
            return "shipped"
        return "processing" if fate.paid or fate.cod else "pending"

    def _order(self, placed: Placed, order_id: int, number: str, state: str) -> None:
        who, fate, rate = placed.who, placed.fate, self.rates[placed.who.currency]
        lapsed, at = fate.reason == "lapsed", stamp(fate.placed)
        service = "domestic" if who.country == "JP" else "international"
        quote = (
            f'{{"title":"{TITLES[service]}","title_params":{{}},"price":{{"amount":{tariff(placed)},"currency":"JPY"}},'
            '"days":[2,4],"tracked":true,"tariff":"","breakdown":{}}'
        )
        self.order(
            order_id, number, self.secret(order_id, placed, 0), state, fate.reason, self.members.get(placed.buyer),
            None if lapsed else self.secret(order_id, placed, 1), who.email, as_json(who.address), who.country,
            who.locale, who.currency, rate.base, rate.rate, rate.step, CARRIER, service, quote, fate.method, at,
            None if lapsed else at, stamp(fate.ended or fate.completed or fate.placed),
        )  # fmt: skip

    def secret(self, id_: int, placed: Placed, kind: int) -> str:
        """22 characters; ascending, so that unique indexes grow at their end."""
        return f"{id_:08x}{(placed.salt * 31 + kind * 7919) & 0xFFFFFFFFFFFFFF:014x}"

    def _lines(self, placed: Placed, order_id: int, first_line: int, sent: Sent) -> None:
        fate, currency, lang = placed.fate, placed.who.currency, LANGUAGES.index(placed.who.locale)
        dead, at = bool(fate.reason), stamp(fate.placed)
        for i, (ware, pieces) in enumerate(placed.lines):
            line_id, (title, title_locale) = first_line + i, ware.titles[lang]
            state = "cancelled" if dead else sent.state_of(line_id) or WAITING.get(ware.mode, "in_hand")
            self.line(
                line_id, order_id, i + 1, ware.sku_id, ware.product_id, ware.code, title, title_locale,
                ware.options[lang], ware.picture, pieces, pieces if dead else 0, ware.prices[currency], ware.tax_class,
                ware.base_price, ware.weight, ware.origin, ware.hs_code, ware.mode, state, fate.reason,
            )  # fmt: skip
            if not dead and line_id not in sent.gone:
                self.reservation(ware.sku_id, line_id, ware.source, pieces, at)

    def _bill(
        self, placed: Placed, order_id: int, number: str, first_line: int, total: int, costs: list[Cost],
        shares: dict[int, int],
    ) -> int:  # fmt: skip
        fate, who = placed.fate, placed.who
        bill_id, self.bill_id = self.bill_id, self.bill_id + 1
        at, paid = stamp(fate.placed), fate.paid
        state = "settled" if paid else "void" if fate.reason else "open"
        self.bill(
            bill_id, f"{number}-1", self.secret(bill_id, placed, 2), order_id, self.members.get(placed.buyer), "all",
            state, who.currency, total, stamp(self._due_at(fate.placed)) if state == "open" else None, at, at,
            stamp(paid) if paid else None,
        )  # fmt: skip
        for i, (ware, pieces) in enumerate(placed.lines):
            amount = ware.prices[who.currency] * pieces + shares.get(first_line + i, 0)
            self.bill_line(bill_id, first_line + i, None, pieces, amount)
        for cost in costs:
            if cost.kind != "discount":
                self.bill_line(bill_id, None, cost.id, 1, cost.amount)
        self._attempt(placed, bill_id, total)
        return bill_id

    def _due_at(self, placed: int) -> int:
        hour = placed // HOUR  # deadlines are ends of days: within an hour they are the same
        if hour not in self._due:
            moment = datetime.fromtimestamp(hour * HOUR, UTC)
            self._due[hour] = int(end_of_day(DAYS_TO_PAY, moment, self.zone.key).timestamp())
        return self._due[hour]

    def _attempt(self, placed: Placed, bill_id: int, total: int) -> None:
        fate, currency = placed.fate, placed.who.currency
        attempt_id, self.attempt_id = self.attempt_id, self.attempt_id + 1
        waits = "accepted" if fate.cod else "instructed"
        state = "captured" if fate.paid else "voided" if fate.reason else waits
        at, method = stamp(fate.placed), fate.method
        self.attempt(
            attempt_id, self.secret(attempt_id, placed, 3), self.secret(attempt_id, placed, 4), bill_id, method, method,
            state, currency, total, at, stamp(fate.paid or fate.ended or fate.placed),
        )  # fmt: skip
        event = self.payment_event
        if fate.reason != "lapsed":
            event(attempt_id, method, waits, currency, 0, "", "shopper", at)
        if fate.paid:
            event(attempt_id, method, "captured", currency, total, f"TRX{attempt_id:09d}", STAFF, stamp(fate.paid))
        elif fate.reason:
            event(attempt_id, method, "voided", currency, 0, "", "system", stamp(fate.ended))

    # --- history

    def _history(
        self, placed: Placed, order_id: int, number: str, bill_id: int, total: int, sent: Sent, state: str
    ) -> None:
        """Transitions and acts in the order in which they happened, with the mails and audit rows they owe."""
        fate, event = placed.fate, self.event
        at = stamp(fate.placed)
        event(order_id, "draft", "", "draft", "shopper", "", "{}", at)
        if fate.reason == "lapsed":
            event(order_id, "lapse", "draft", "cancelled", "system", "lapsed", "{}", stamp(fate.ended))
            return
        event(order_id, "promote", "draft", "pending", "shopper", "", "{}", at)
        self.mail("order_accepted", placed, order_id, fate.placed)
        acts = sent.acts
        if fate.cod:
            event(order_id, "prepare", "pending", "processing", "shopper", "", "{}", at)
        if fate.paid:
            acts = sorted([*acts, (fate.paid, "payment", "", "", STAFF, f'{{"amount":{total}}}')])
        for moment, name, source, target, actor, data in acts:
            event(order_id, name, source, target, actor, "", data, stamp(moment))
            if name == "payment":
                if not fate.cod:
                    event(order_id, "prepare", "pending", "processing", actor, "", "{}", stamp(moment))
                self.audit(stamp(moment), actor, "order.pay", "order", number, "", data)
                self.mail("payment_received", placed, order_id, moment, f":{bill_id}", bill_id=bill_id)
        if fate.reason:
            actor = "system" if fate.reason == "unpaid" else STAFF
            before = "processing" if fate.paid else "pending"
            event(order_id, "cancel", before, "cancelled", actor, fate.reason, "{}", stamp(fate.ended))
            self.audit(stamp(fate.ended), actor, "order.cancel", "order", number, fate.reason, "{}")
            self.mail("order_cancelled", placed, order_id, fate.ended)
        elif state == "completed":
            event(order_id, "complete", "shipped", "completed", "system", "", "{}", stamp(fate.completed))

    def mail(self, kind: str, placed: Placed, order_id: int, at: int, key: str = "", **ids: int) -> None:
        """The mail that was promised for an event, sent a minute later."""
        if at < self.until - MAILS_KEPT:
            return
        name, locale = f"mail.{kind}", placed.who.locale
        done, mail_id = stamp(at + 60), f"{at * 1000:012x}7000{placed.number * 8 + len(kind) % 8:016x}"
        self.mail_record(
            mail_id, kind, f"order:{order_id}", locale, placed.who.email, placed.who.email, "sent", stamp(at), done
        )  # fmt: skip
        self.outbox(
            mail_id, name,
            as_json({"order_id": order_id, **ids}), "mail", f"{name}:{order_id}{key}", f"order:{order_id}", locale,
            stamp(at), "done", 1, stamp(at), done,
        )  # fmt: skip
