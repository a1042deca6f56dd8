"""The pack list: parcels that are planned and stand on no table yet."""

from dataclasses import dataclass

from sqlalchemy import select

from storefront.core.db import session
from storefront.core.orders.models import Order, OrderLine
from storefront.core.shipping.models import Shipment, ShipmentLine
from storefront.core.values.address import Address

MAX_PARCELS = 300


@dataclass(frozen=True, slots=True)
class PickLine:
    code: str
    title: str
    title_lang: str
    options: str
    pieces: int


@dataclass(frozen=True, slots=True)
class PlannedParcel:
    id: int
    number: str
    who: str
    country: str
    service: str
    lines: tuple[PickLine, ...]


def planned_parcels() -> tuple[PlannedParcel, ...]:
    """The oldest ``MAX_PARCELS``, oldest first. Two statements."""
    found = session.execute(
        select(Shipment.id, Shipment.service, Order.number, Order.country, Order.address)
        .join(Order, Order.id == Shipment.order_id)
        .where(Shipment.state == "planned")
        .order_by(Shipment.created_at, Shipment.id)
        .limit(MAX_PARCELS)
    ).all()
    lines: dict[int, list[PickLine]] = {row.id: [] for row in found}
    inside = session.execute(
        select(
            ShipmentLine.shipment_id,
            OrderLine.sku_code,
            OrderLine.title,
            OrderLine.title_locale,
            OrderLine.options,
            ShipmentLine.quantity,
        )
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .where(ShipmentLine.shipment_id.in_(list(lines)))
        .order_by(OrderLine.position)
    )
    for parcel_id, code, title, lang, options, pieces in inside:
        lines[parcel_id].append(PickLine(code, title, lang, options, pieces))
    return tuple(
        PlannedParcel(
            row.id, row.number, Address.from_json(row.address).full_name, row.country, row.service, tuple(lines[row.id])
        )
        for row in found
    )
