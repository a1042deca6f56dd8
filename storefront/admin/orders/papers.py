"""Papers to print: packing slip, invoice, pack list (ORD-10, SHP-7). True values only, in the order's language and in
Japanese or English beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, render_template, request
from sqlalchemy import select

from storefront.core.billing.models import Bill, BillLine
from storefront.core.customers.addresses.render import render_address
from storefront.core.db import session
from storefront.core.desk.packing import PlannedParcel
from storefront.core.i18n.formats import country_name, format_date, format_money
from storefront.core.i18n.translate import N_, gettext, use_language
from storefront.core.lifecycle.view import OrderView
from storefront.core.orders.models import OrderLine
from storefront.core.pricing.contained_tax import CONSUMPTION_TAX, contained_tax
from storefront.core.settings.calendar import shop_date
from storefront.core.settings.policies import in_language
from storefront.core.values.language import html_lang
from storefront.shop.context import current_shop

LABELS = {
    "slip": N_("Packing slip"),
    "invoice": N_("Invoice"),
    "order": N_("Order number"),
    "bill": N_("Invoice number"),
    "date": N_("Date"),
    "to": N_("Goes to"),
    "item": N_("Item"),
    "pieces": N_("Pieces"),
    "price": N_("Price"),
    "amount": N_("Amount"),
    "origin": N_("Made in"),
    "total": N_("Total"),
    "points": N_("Paid with points or deposit"),
    "tax": N_("Contained consumption tax"),
    "reduced": N_("* reduced rate"),
    "tax_number": N_("Registration number"),
    "parcel": N_("Parcel"),
    "to_pay": N_("To be paid on delivery"),
}


@dataclass(frozen=True, slots=True)
class PaperLine:
    """``english``: the customs description. ``reduced``: of the reduced tax rate. ``amount``: minor units, after
    discounts."""

    position: int
    title: str
    title_lang: str
    options: str
    english: str
    code: str
    hs_code: str
    origin: str
    pieces: int
    price: str
    amount: str
    reduced: bool


@dataclass(frozen=True, slots=True)
class PaperCharge:
    label: str
    amount: str


def second_language(order: OrderView) -> str:
    """Of the labels beside the order's own: as asked (``?with=ja``), else English abroad and Japanese at home; "" when
    that is the order's own."""
    asked = request.args.get("with", "")
    home = str(current_shop().policy("shop.country"))
    usual = "ja" if order.address.country == home else "en"
    chosen = asked if asked in ("ja", "en") else usual
    return "" if chosen == order.locale else chosen


def both(order: OrderView) -> Mapping[str, str]:
    """The labels: in the order's language, and in the second one where there is one."""
    found = {}
    second = second_language(order)
    for key, msgid in LABELS.items():
        with use_language(order.locale):
            label = gettext(msgid)
        if second:
            with use_language(second):
                other = gettext(msgid)
            label = label if other == label else f"{label} / {other}"
        found[key] = label
    return found


def slip(order: OrderView, parcel_id: int | None) -> Response | None:
    """What is in a parcel, or (``None``) in the whole order. ``None`` for a parcel that is not this order's."""
    pieces = {line.position: line.quantity for line in order.lines if line.quantity}
    number = 0
    if parcel_id is not None:
        numbered = {p.id: (n, p) for n, p in enumerate(order.shipments, start=1)}
        if parcel_id not in numbered:
            return None
        number, parcel = numbered[parcel_id]
        pieces = {position: count for position, _title, count in parcel.lines}
    lines = [_line(order, line.position, count, {}) for line in order.lines if (count := pieces.get(line.position, 0))]
    return _paper("slip", order, lines=lines, parcel_number=number, on=order.placed_at or order.created_at)


def invoice(order: OrderView) -> Response | None:
    """The newest bill that holds; ``None`` when the order has none. Cancelled pieces are not on it, nor their share."""
    bills = [bill for bill in order.bills if bill.state in ("settled", "open")]
    row = session.scalars(select(Bill).where(Bill.number == bills[-1].number)).first() if bills else None
    if row is None:
        return None
    billed = list(session.scalars(select(BillLine).where(BillLine.bill_id == row.id).order_by(BillLine.id)))
    nets = _net_amounts(order, billed)
    classes = dict(
        session.execute(select(OrderLine.position, OrderLine.tax_class).where(OrderLine.order_id == order.id)).all()
    )
    lines = [_line(order, line.position, line.quantity, nets, classes) for line in order.lines if line.quantity]
    extra = [part for part in billed if part.order_line_id is None]
    labels = {charge.id: charge.label for charge in order.charges}
    charges = [
        PaperCharge(labels.get(part.charge_id or 0, part.text), _money(order, part.amount))
        for part in extra
        if part.amount
    ]
    total = sum(nets.values()) + sum(part.amount for part in extra)
    taxed = [(classes[position], amount) for position, amount in nets.items()]
    taxed += [("standard", part.amount) for part in extra]
    domestic = order.address.country == str(current_shop().policy("shop.country"))
    tender = min(bills[-1].tendered, total)
    due = total - tender if bills[-1].attempt_state == "accepted" and bills[-1].state == "open" else 0
    return _paper(
        "invoice",
        order,
        lines=lines,
        charges=charges,
        total=_money(order, total),
        tendered=_money(order, -tender) if tender else "",
        due=_money(order, due) if due else "",
        taxes=_taxes(order, taxed) if domestic and set(classes.values()) <= set(CONSUMPTION_TAX) else [],
        any_reduced=domestic and any(line.reduced for line in lines),
        bill_number=row.number,
        tax_number=str(current_shop().policy("shop.tax_number")) if domestic else "",
        on=row.settled_at or order.placed_at or order.created_at,
    )  # fmt: skip


def _net_amounts(order: OrderView, billed: Sequence[BillLine]) -> dict[int, int]:
    """What the pieces that are left cost after discounts, by position: cancelled ones take their share with them."""
    rows = {part.order_line_id: part for part in billed if part.order_line_id is not None}
    nets = {}
    for line in order.lines:
        part = rows.get(line.id)
        if part is not None and line.quantity:
            off = max(part.quantity - line.quantity, 0)
            nets[line.position] = part.amount - part.amount * off // part.quantity
    return nets


def _line(
    order: OrderView, position: int, pieces: int, nets: Mapping[int, int], classes: Mapping[int, str] | None = None
) -> PaperLine:
    line = next(one for one in order.lines if one.position == position)
    with use_language(order.locale):
        origin = country_name(line.origin, order.locale) if line.origin else ""
    return PaperLine(
        position=position,
        title=line.title,
        title_lang=line.title_lang,
        options=line.options,
        english=line.customs_description,
        code=line.sku_code,
        hs_code=line.hs_code,
        origin=origin,
        pieces=pieces,
        price="" if line.unit_price is None else _money(order, line.unit_price),
        amount=_money(order, nets[position]) if position in nets else "",
        reduced=bool(classes) and classes.get(position) == "reduced",  # type: ignore[union-attr]
    )


def _taxes(order: OrderView, taxed: Sequence[tuple[str, int]]) -> list[tuple[int, str, str]]:
    """(per cent, what it is of, the tax within), rounded once per rate."""
    return [
        (rate, _money(order, amount), _money(order, tax))
        for rate, (amount, tax) in contained_tax(taxed).items()
        if amount
    ]


def _money(order: OrderView, amount: int) -> str:
    return format_money(amount, order.currency, order.locale)


def _paper(kind: str, order: OrderView, *, on: datetime, **values: object) -> Response:
    shop = current_shop()
    second = second_language(order)
    response = make_response(
        render_template(
            f"manage/orders/{kind}.html",
            order=order,
            label=both(order),
            paper_lang=html_lang(order.locale),
            second=second,
            other_second="en" if second == "ja" else "ja",
            address_lines=render_address(order.address, order.locale),
            latin_lines=render_address(order.address, "en", latin=True) if order.address.country != shop.policy("shop.country") else (),
            seller=in_language(shop.policy("shop.name"), order.locale),
            seller_lines=[line for line in in_language(shop.policy("shop.address"), order.locale).splitlines() if line.strip()],
            seller_mail=str(shop.policy("shop.email")),
            date=format_date(shop_date(on, shop.policies), order.locale),
            **values,
        )
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"
    return response


def pack_list(parcels: Sequence[PlannedParcel]) -> Response:
    """Everything that is planned, for a walk along the shelves: first by item, then by parcel."""
    picks: dict[tuple[str, str, str], int] = {}
    for parcel in parcels:
        for line in parcel.lines:
            key = (line.code, line.title, line.options)
            picks[key] = picks.get(key, 0) + line.pieces
    response = make_response(
        render_template("manage/orders/pack_list.html", parcels=parcels, picks=sorted(picks.items()))
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
