"""An order as what is priced and packed: its live lines, its rate, the service it goes by."""

from storefront.core.contracts.pricing import Basket, BasketLine, CurrencyRate
from storefront.core.lifecycle.drafting import kept_delivery
from storefront.core.orders.models import Order, OrderLine
from storefront.core.orders.service import live_lines, live_quantity
from storefront.core.shipping.deliveries import DeliveryChoice
from storefront.core.values.types import Dimensions, LineKind, Unknown


def rate_of(order: Order) -> CurrencyRate:
    """The rate the order was placed with."""
    return CurrencyRate(order.currency, order.base_currency, order.rate, order.rate_step)


def basket_of_order(lines: list[OrderLine]) -> Basket:
    """The live lines as a basket: unit prices stay as placed."""
    return Basket(
        tuple(
            BasketLine(
                key=f"line:{line.id}",
                quantity=live_quantity(line),
                unit_price=line.unit_price if line.unit_price is not None else Unknown(line.unknown_reason),
                kind=LineKind(line.kind),
                sku_id=line.sku_id,
                product_id=line.product_id,
                title=line.title,
                list_price=line.list_price,
                tax_class=line.tax_class,
                weight=line.weight,
                size=size_of(line),
                restrictions=frozenset(line.restrictions),
            )
            for line in live_lines(lines)
        )
    )


def size_of(line: OrderLine) -> Dimensions | None:
    """Of a piece; ``None`` when it was not known when it was ordered."""
    if line.length is None or line.width is None or line.height is None:
        return None
    return Dimensions(line.length, line.width, line.height)


def keep_delivery(order: Order, lines: list[OrderLine], delivery: DeliveryChoice) -> None:
    """The (locked) order goes by this service from now on; why it was moved to another one before stays known."""
    assert delivery.quote is not None
    kept = kept_delivery(delivery, {f"line:{line.id}": line.position for line in lines})
    moved = order.shipping_quote.get("moved")
    order.carrier, order.service = delivery.carrier, delivery.quote.key
    order.shipping_quote = {**kept, "moved": moved} if moved else kept
