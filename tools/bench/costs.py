"""What generated orders cost beside their goods: discounts, postage, fees."""

from typing import TYPE_CHECKING, NamedTuple

from storefront.core.contracts.currency import in_currency
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.lifecycle.labels import labels_in
from storefront.core.orders.models import Charge, ChargeShare
from tools.bench.bulk import Bulk, stamp

if TYPE_CHECKING:
    from tools.bench.books import Placed

CARRIER = "shipping_courier"
TITLES = {"domestic": "Delivery in Japan", "international": "International courier"}


class Cost(NamedTuple):
    """One charge: id, kind, source, key, amount, lane, label."""

    id: int
    kind: str
    source: str
    key: str
    amount: int
    lane: str
    label: str


def tariff(placed: "Placed") -> int:
    """Postage in yen."""
    grams = sum(ware.weight * pieces for ware, pieces in placed.lines)
    return 500 if placed.who.country == "JP" else 1450 + grams // 500 * 500


class Costs:
    def __init__(self, bulk: Bulk, rates: dict[str, CurrencyRate]) -> None:
        self.rates, self.charge_id = rates, bulk.next_id(Charge)
        self._amounts: dict[tuple[int, str], int] = {}
        self._labels: dict[tuple[str, str, str], str] = {}
        self.charge = bulk.rows(
            Charge, "id", "order_id", "revision", "kind", "source", "key", "amount", "label", "label_text", "data",
            "created_at",
        )  # fmt: skip
        self.share = bulk.rows(ChargeShare, "charge_id", "order_line_id", "amount")

    def write(self, placed: "Placed", items: int, order_id: int, first_line: int) -> tuple[list[Cost], dict[int, int]]:
        """Charges of the order, written, and each line's share of the discount."""
        who, fate = placed.who, placed.fate
        domestic = who.country == "JP"
        found: list[tuple[str, str, str, int, str, str]] = []
        shares: dict[int, int] = {}
        if placed.discount:
            for i, (ware, pieces) in enumerate(placed.lines):
                shares[first_line + i] = -(ware.prices[who.currency] * pieces * placed.discount // 100)
            found.append(("discount", "generator", "generator.sale", sum(shares.values()), "ORDER", "Sale"))
        service = "domestic" if domestic else "international"
        postage = self._converted(tariff(placed), who.currency)
        found.append(("shipping", CARRIER, f"{CARRIER}:{service}", postage, "SHIPPING", TITLES[service]))
        if domestic and items + sum(shares.values()) >= 8000:
            found.append(("shipping", "core", "core.free_shipping", -postage, "SHIPPING_DISCOUNT", "Free shipping"))
        if fate.cod:
            found.append(("fee", "payments_cod", "payments_cod.fee", 200, "FEE", "Cash on delivery fee"))
        at, costs = stamp(fate.placed), []
        for kind, source, key, amount, lane, label in found:
            cost = Cost(self.charge_id, kind, source, key, amount, lane, label)
            self.charge_id += 1
            costs.append(cost)
            shown = self._label(source, label, who.locale)
            self.charge(cost.id, order_id, 1, kind, source, key, amount, label, shown, f'{{"lane":"{lane}"}}', at)
        for line_id, amount in shares.items():
            if amount:
                self.share(costs[0].id, line_id, amount)
        return costs, shares

    def _converted(self, amount: int, currency: str) -> int:
        key = (amount, currency)
        if key not in self._amounts:
            self._amounts[key] = in_currency(amount, self.rates[currency])
        return self._amounts[key]

    def _label(self, source: str, msgid: str, lang: str) -> str:
        key = (source, msgid, lang)
        if key not in self._labels:
            self._labels[key] = labels_in(lang)(source if source != "generator" else "core", msgid, {})
        return self._labels[key]
