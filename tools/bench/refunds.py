"""Refunds of generated orders that were cancelled after they had been paid."""

from typing import TYPE_CHECKING

from storefront.core.payments.models import Refund, RefundLine, RefundTask
from tools.bench.bulk import Bulk, stamp

if TYPE_CHECKING:
    from tools.bench.books import Books, Cost, Placed

STAFF = "cli:generator"


class Refunds:
    def __init__(self, bulk: Bulk, books: "Books") -> None:
        self.books, self.refund_id = books, bulk.next_id(Refund)
        self.refund = bulk.rows(
            Refund, "id", "key", "bill_id", "attempt_id", "state", "currency", "amount", "reason", "actor",
            "created_at", "done_at",
        )  # fmt: skip
        self.refund_line = bulk.rows(RefundLine, "refund_id", "order_line_id", "charge_id", "quantity", "amount")
        self.task = bulk.rows(
            RefundTask, "order_id", "bill_id", "attempt_id", "refund_id", "state", "currency", "amount", "reason",
            "created_at",
        )  # fmt: skip

    def write(
        self, placed: "Placed", order_id: int, bill_id: int, first_line: int, total: int, costs: "list[Cost]",
        net: list[int],
    ) -> None:  # fmt: skip
        """The task to give the money back, and the refund when it went. ``net``: what each line cost after discounts."""
        fate, currency, attempt_id = placed.fate, placed.who.currency, self.books.attempt_id - 1
        refund_id = None
        if fate.refunded:
            refund_id, self.refund_id = self.refund_id, self.refund_id + 1
            self.refund(
                refund_id, self.books.secret(refund_id, placed, 5), bill_id, attempt_id, "done", currency, total,
                "cancelled", STAFF, stamp(fate.ended), stamp(fate.refunded),
            )  # fmt: skip
            for i, ((_, pieces), amount) in enumerate(zip(placed.lines, net, strict=True)):
                if amount:
                    self.refund_line(refund_id, first_line + i, None, pieces, amount)
            postage = [cost for cost in costs if cost.kind == "shipping"]
            left = sum(cost.amount for cost in postage)
            if left:
                self.refund_line(refund_id, None, postage[0].id, 0, left)
        self.task(
            order_id, bill_id, attempt_id, refund_id, "done" if refund_id else "open", currency, total, "cancelled",
            stamp(fate.ended),
        )  # fmt: skip
