"""Writing the rows of a draft order from a checked quote."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from storefront.core.billing import service as billing
from storefront.core.billing.models import Bill
from storefront.core.cart.queries import CartLineView
from storefront.core.catalog.models import Product, Sku
from storefront.core.checkout.quote import CheckoutQuote
from storefront.core.contracts.pricing import Applied, CurrencyRate, Lane
from storefront.core.contracts.shipping import ShippingQuote
from storefront.core.db import new_secret, session
from storefront.core.lifecycle.labels import labels_in
from storefront.core.orders.customs import flag_draft
from storefront.core.orders.models import Order, OrderLine
from storefront.core.orders.service import lines_of, note_event
from storefront.core.orders.writing import write_revision
from storefront.core.settings.service import next_number
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.shipping.deliveries import DeliveryChoice
from storefront.core.values.address import Address


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """Who orders what, as typed and checked. ``token``: the confirm page's."""

    quote: CheckoutQuote
    address: Address
    token: str
    cart_id: int
    customer_id: int | None
    lang: str
    rate: CurrencyRate
    now: datetime
    actor: str
    inputs: dict[str, Any]


def order_number(shop: ShopSnapshot, now: datetime) -> str:
    """``<prefix>YYMMDD-NNNN``, the shop's day; never given twice."""
    day = now.astimezone(ZoneInfo(str(shop.policy("shop.time_zone")))).strftime("%y%m%d")
    return f"{shop.policy('orders.number_prefix')}{day}-{next_number(f'order:{day}'):04d}"


def write_draft(request: DraftRequest, shop: ShopSnapshot) -> tuple[Order, list[OrderLine], Bill]:
    """Order, lines, charges, first bill. Inside the placing unit; nothing is reserved yet."""
    quoted = request.quote
    assert quoted.delivery is not None and quoted.delivery.quote is not None
    order = _order(request, shop)
    session.add(order)
    session.flush()
    session.execute(insert(OrderLine), _lines(order, request))
    lines = lines_of(order.id)
    flag_draft(order, lines, str(shop.policy("shop.country")), request.now)
    keys = {line.key: row for line, row in zip(quoted.quote.basket.lines, lines, strict=True)}
    charges = write_revision(
        order,
        quoted.quote,
        keys,
        translate=labels_in(request.lang),
        actor=request.actor,
        reason="placed",
        now=request.now,
        postage=postage_of(quoted.delivery),
    )
    note_event(order, "draft", request.actor, to_state="draft", now=request.now)
    tenders = [
        billing.TenderWish(a.source, a.key, -a.amount)
        for a in quoted.quote.applied
        if a.lane == Lane.TENDER and a.amount
    ]
    bill = billing.issue(order, lines, charges, kind="all", tenders=tenders, now=request.now)
    return order, lines, bill


def postage_of(delivery: DeliveryChoice) -> Applied:
    """The chosen service as a charge of lane SHIPPING."""
    assert delivery.quote is not None and delivery.price is not None
    return Applied(
        source=delivery.source,
        lane=Lane.SHIPPING,
        key=delivery.id,
        amount=delivery.price,
        label=delivery.quote.title,
        label_params=delivery.quote.title_params,
        kind="shipping",
        data={"tariff": delivery.quote.tariff, "breakdown": dict(delivery.quote.breakdown)},
    )


def kept_delivery(delivery: DeliveryChoice, positions: Mapping[str, int]) -> dict[str, Any]:
    """What an order keeps of the delivery it was quoted, and how it was thought to be packed. ``positions``: of its lines,
    by the keys of the basket that was quoted."""
    assert delivery.quote is not None
    return {
        **_kept_quote(delivery.quote),
        "source": delivery.source,
        "parcels": [
            {
                "box": one.box,
                "weight": one.weight,
                "size": [one.size.length, one.size.width, one.size.height] if one.size else None,
                "lines": [[positions[key], pieces] for key, pieces in one.lines if key in positions],
            }
            for one in delivery.parcels
        ],
    }


def _kept_quote(quote: ShippingQuote) -> dict[str, Any]:
    return {
        "title": quote.title,
        "title_params": dict(quote.title_params),
        "price": asdict(quote.price),
        "days": list(quote.days) if quote.days else None,
        "tracked": quote.tracked,
        "speed": str(quote.speed),
        "tariff": quote.tariff,
        "breakdown": dict(quote.breakdown),
        "note": quote.note,
    }


def _order(request: DraftRequest, shop: ShopSnapshot) -> Order:
    delivery = request.quote.delivery
    assert delivery is not None and delivery.quote is not None
    quote = delivery.quote
    return Order(
        number=order_number(shop, request.now),
        secret=new_secret(),
        customer_id=request.customer_id,
        cart_id=request.cart_id,
        checkout_token=request.token,
        email=request.address.email,
        address=request.address.to_json(),
        country=request.address.country,
        locale=request.lang,
        currency=request.rate.currency,
        base_currency=request.rate.base,
        rate=request.rate.rate,
        rate_step=request.rate.step,
        billing_mode=str(shop.policy("checkout.billing_mode")),
        carrier=delivery.carrier,
        service=quote.key,
        shipping_quote=kept_delivery(delivery, _positions(request)),
        method=request.quote.method.key if request.quote.method else "",
        inputs=request.inputs,
        created_at=request.now,
    )


def _positions(request: DraftRequest) -> dict[str, int]:
    return {line.key: position for position, line in enumerate(request.quote.quote.basket.lines, start=1)}


def _lines(order: Order, request: DraftRequest) -> list[dict[str, Any]]:
    views = {f"cart:{v.id}": v for v in request.quote.cart.lines}
    chosen = [(views[b.key], b) for b in request.quote.quote.basket.lines]
    found = session.execute(
        select(Sku, Product)
        .join(Product, Product.id == Sku.product_id)
        .where(Sku.id.in_([v.sku_id for v, _ in chosen]))
    )
    rows = {sku.id: (sku, product) for sku, product in found}
    return [_line(order, position, view, *rows[view.sku_id]) for position, (view, _) in enumerate(chosen, start=1)]


def _line(order: Order, position: int, view: CartLineView, sku: Sku, product: Product) -> dict[str, Any]:
    return {
        "order_id": order.id,
        "position": position,
        "sku_id": sku.id,
        "product_id": product.id,
        "sku_code": sku.code,
        "title": view.name,
        "title_locale": view.name_lang,
        "options": view.options,
        "picture": view.picture,
        "quantity": view.quantity,
        "unit_price": view.unit_price,
        "list_price": view.list_price,
        "tax_class": product.tax_class,
        "customs_value": sku.price,
        "customs_description": product.customs_description,
        "weight": view.weight,
        "length": view.size.length if view.size else None,
        "width": view.size.width if view.size else None,
        "height": view.size.height if view.size else None,
        "origin": product.origin,
        "hs_code": product.hs_code,
        "restrictions": sorted(product.restrictions),
        "release": sku.release or product.release,
        "mode": sku.mode,
    }
