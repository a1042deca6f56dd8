"""What the page of an order says to whoever pays at the door, and to whoever sends it there."""

from storefront.plugin import AdminOrderPanels, Fragment, OrderPanels, format_money
from storefront_payments_cod.method import KEY

# Goods are given out to nobody any more, or were given out.
OVER = frozenset({"draft", "completed", "cancelled"})


def cash_ready(order: OrderPanels) -> Fragment | None:
    """How much cash the courier will ask for."""
    return _panel(order, "payments_cod/ready.html")


def cash_collected(order: AdminOrderPanels) -> Fragment | None:
    """What stands on the courier's slip as the amount to collect."""
    return _panel(order, "payments_cod/collects.html")


def _panel(order: OrderPanels | AdminOrderPanels, template: str) -> Fragment | None:
    if order.method != KEY or order.due is None or order.due.amount <= 0 or order.status in OVER:
        return None
    amount = format_money(order.due.amount, order.due.currency, order.lang)
    return Fragment(template, {"amount": amount})
