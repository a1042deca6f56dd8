"""Parcels of generated orders: what is packed, what left, and how the goods left the shelf."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from storefront.core.shipping.models import Shipment, ShipmentLine
from storefront.core.stock.models import StockMovement
from tools.bench.bulk import Bulk, stamp
from tools.bench.fates import DELIVERY, HOUR

if TYPE_CHECKING:
    from tools.bench.books import Books, Placed
    from tools.bench.wares import Ware

STAFF = "cli:generator"
Act = tuple[int, str, str, str, str, str]


@dataclass(slots=True)
class Sent:
    """``gone``: line ids that left; ``packed``: that stand packed; ``acts``: (when, name, from, to, actor, data)."""

    gone: set[int] = field(default_factory=set)
    packed: set[int] = field(default_factory=set)
    acts: list[Act] = field(default_factory=list)
    all_gone: bool = False

    def state_of(self, line_id: int) -> str:
        return "shipped" if line_id in self.gone else "packed" if line_id in self.packed else ""


class Parcels:
    def __init__(self, bulk: Bulk, books: "Books") -> None:
        self.books, self.shipment_id = books, bulk.next_id(Shipment)
        self.shipment = bulk.rows(
            Shipment, "id", "order_id", "state", "weight", "carrier", "service", "tracking", "created_at",
            "handed_over_at", "delivered_at",
        )  # fmt: skip
        self.shipment_line = bulk.rows(ShipmentLine, "shipment_id", "order_line_id", "quantity")
        self.movement = bulk.rows(
            StockMovement, "sku_id", "kind", "quantity", "reason", "actor", "order_line_id", "shipment_id", "created_at"
        )

    def write(self, placed: "Placed", order_id: int, number: str, first_line: int) -> Sent:
        """The parcels of an order that left already, and the one that stands packed; each holds whole lines."""
        fate, sent, until = placed.fate, Sent(), self.books.until
        lines = [(first_line + i, ware, pieces) for i, (ware, pieces) in enumerate(placed.lines)]
        cut = len(lines) - len(lines) // 2 if len(fate.parcels) > 1 else len(lines)
        for index, leaves in enumerate(fate.parcels):
            own = lines[cut * index : cut * (index + 1)]
            there = all(ware.mode == "stock" for _, ware, _ in own)
            if leaves < until:
                self._left(placed, order_id, number, own, leaves, sent)
            elif fate.packed and there and leaves - HOUR > placed.fate.placed:
                self._packed(placed, order_id, number, own, sent)
                break
        sent.all_gone = bool(fate.parcels) and len(sent.gone) == len(lines)
        if sent.all_gone:
            sent.acts.append((fate.parcels[-1], "ship", "processing", "shipped", STAFF, "{}"))
        return sent

    def _left(
        self,
        placed: "Placed",
        order_id: int,
        number: str,
        lines: "list[tuple[int, Ware, int]]",
        leaves: int,
        sent: Sent,
    ) -> None:
        shipment_id, self.shipment_id = self.shipment_id, self.shipment_id + 1
        books, abroad = self.books, placed.who.country != "JP"
        delivered = leaves + DELIVERY if leaves + DELIVERY < books.until else 0
        digits = (placed.salt ^ shipment_id * 7_919) % 1_000_000_000
        tracking = f"EB{digits:09d}JP" if abroad else f"{digits % 900 + 100}{shipment_id:09d}"
        self._shipment(
            shipment_id,
            placed,
            order_id,
            lines,
            "delivered" if delivered else "handed_over",
            tracking,
            leaves,
            delivered,
        )
        at = stamp(leaves)
        for line_id, ware, pieces in lines:
            sent.gone.add(line_id)
            if ware.tracked:
                if ware.source != "on_hand":
                    self.movement(
                        ware.sku_id, "received", pieces, "not booked in before", STAFF, line_id, shipment_id, at
                    )
                self.movement(ware.sku_id, "shipped", -pieces, "", STAFF, line_id, shipment_id, at)
        data = f'{{"shipment":{shipment_id},"tracking":"{tracking}"}}'
        sent.acts += [
            (leaves - HOUR, "shipment_planned", "", "", STAFF, f'{{"shipment":{shipment_id}}}'),
            (leaves, "shipment_handed_over", "", "", STAFF, data),
        ]
        books.audit(stamp(leaves - HOUR), STAFF, "shipment.plan", "order", number, "", f'{{"shipment":{shipment_id}}}')
        books.audit(at, STAFF, "shipment.hand_over", "order", number, "", data)
        books.mail("order_shipped", placed, order_id, leaves, f":{shipment_id}", shipment_id=shipment_id)

    def _packed(
        self, placed: "Placed", order_id: int, number: str, lines: "list[tuple[int, Ware, int]]", sent: Sent
    ) -> None:
        shipment_id, self.shipment_id = self.shipment_id, self.shipment_id + 1
        packed = max(placed.fate.paid, placed.fate.placed)
        self._shipment(shipment_id, placed, order_id, lines, "packed", "", packed, 0)
        sent.packed |= {line_id for line_id, _, _ in lines}
        data = f'{{"shipment":{shipment_id}}}'
        sent.acts.append((self.books.until - 60, "shipment_packed", "", "", STAFF, data))
        self.books.audit(stamp(self.books.until - 60), STAFF, "shipment.pack", "order", number, "", data)

    def _shipment(
        self, shipment_id: int, placed: "Placed", order_id: int, lines: "list[tuple[int, Ware, int]]", state: str,
        tracking: str, at: int, delivered: int,
    ) -> None:  # fmt: skip
        service = "domestic" if placed.who.country == "JP" else "international"
        weight = sum(ware.weight * pieces for _, ware, pieces in lines)
        self.shipment(
            shipment_id, order_id, state, weight, "shipping_courier", service, tracking, stamp(at),
            stamp(at) if tracking else None, stamp(delivered) if delivered else None,
        )  # fmt: skip
        for line_id, _, pieces in lines:
            self.shipment_line(shipment_id, line_id, pieces)
