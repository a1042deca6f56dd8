"""What is declared to customs about the parcels of an order (SHP-7): reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from storefront.core.billing.paid import other_charges, paid_for_lines
from storefront.core.contracts.currency import in_base, in_currency
from storefront.core.contracts.providers import Providers
from storefront.core.contracts.shipping import CustomsLabel
from storefront.core.db import session
from storefront.core.lifecycle.ordered import rate_of
from storefront.core.orders.customs import facts_of
from storefront.core.orders.models import Order, OrderLine
from storefront.core.orders.service import lines_of, live_lines, live_quantity
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.shipping.customs import (
    CustomsForm,
    CustomsItem,
    Gap,
    form_for,
    known_sum,
    line_gaps,
    read_sdr_rate,
    receiver_gaps,
    share,
)
from storefront.core.shipping.customs_notices import notices_for_staff
from storefront.core.shipping.models import Shipment, ShipmentLine
from storefront.core.values.address import Address


@dataclass(frozen=True, slots=True)
class Declaration:
    """One parcel. ``number``: from 1, as the desk counts the parcels of an order; ``parcel_id`` ``None``: what is in no
    parcel yet, as it would be declared in one. ``total``: of the goods, ``extra``: its
    part of postage and fees, minor units of ``currency``; ``base_value``: of the goods in the base currency.
    ``gross_weight``: packed grams, ``None`` before it is weighed. ``notices``: msgids for the staff."""

    order_number: str
    parcel_id: int | None
    number: int
    form: CustomsForm
    items: tuple[CustomsItem, ...]
    currency: str
    total: int | None
    extra: int
    base_value: int | None
    net_weight: int | None
    gross_weight: int | None
    carrier: str
    service: str
    tracking: str
    state: str
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomsView:
    """``abroad``: papers of customs are needed at all. ``gaps``: of each line by position, of the receiver under 0."""

    order: Order
    address: Address
    abroad: bool
    lines: tuple[OrderLine, ...]
    gaps: Mapping[int, tuple[Gap, ...]]
    declarations: tuple[Declaration, ...]

    @property
    def complete(self) -> bool:
        return not any(self.gaps.values())

    def declaration(self, parcel_id: int | None) -> Declaration | None:
        """Of that parcel; ``None``: the first, for whoever names none."""
        if parcel_id is None:
            return next(iter(self.declarations), None)
        return next((one for one in self.declarations if one.parcel_id == parcel_id), None)


def gaps_of(order: Order, lines: Sequence[OrderLine]) -> dict[int, tuple[Gap, ...]]:
    """What is missing, as ``CustomsView.gaps``."""
    found = {facts.position: line_gaps(facts) for facts in facts_of(lines)}
    return {0: receiver_gaps(Address.from_json(order.address)), **found}


def customs_view(order: Order, shop: ShopSnapshot, providers: Providers) -> CustomsView:
    """Everything about one order, in a fixed number of statements."""
    lines = lines_of(order.id)
    abroad = order.country != str(shop.policy("shop.country"))
    reading = _Reading(order, lines, shop, providers)
    return CustomsView(
        order=order,
        address=Address.from_json(order.address),
        abroad=abroad,
        lines=tuple(line for line in live_lines(lines) if line.kind != "service"),
        gaps=gaps_of(order, lines) if abroad else {},
        declarations=reading.declarations(),
    )


@dataclass(slots=True)
class _Parcel:
    shipment: Shipment | None
    pieces: dict[int, int]


class _Reading:
    """The parcels of one order in the order in which they were made; parts of a price add up over them."""

    def __init__(self, order: Order, lines: Sequence[OrderLine], shop: ShopSnapshot, providers: Providers) -> None:
        self.order, self.providers = order, providers
        self.lines = {line.id: line for line in lines if line.kind != "service"}
        self.rate = rate_of(order)
        self.sdr = read_sdr_rate(str(shop.policy("customs.sdr_rate")), str(shop.policy("customs.sdr_date")))
        self.from_japan = str(shop.policy("shop.country")) == "JP" and order.base_currency == "JPY"
        self.paid = paid_for_lines(order, lines)
        self.before: dict[int, int] = {}

    def declarations(self) -> tuple[Declaration, ...]:
        parcels = self._parcels()
        items = [self._items(parcel) for parcel in parcels]
        totals = [known_sum([item.value for item in each]) for each in items]
        extras = self._extras([total or 0 for total in totals])
        together = sum(in_base(total or 0, self.rate) for total in totals)
        return tuple(
            self._declaration(number, parcel, each, extra, together)
            for number, (parcel, each, extra) in enumerate(zip(parcels, items, extras, strict=True), start=1)
        )

    def _parcels(self) -> list[_Parcel]:
        rows = session.scalars(select(Shipment).where(Shipment.order_id == self.order.id).order_by(Shipment.id)).all()
        inside = session.scalars(select(ShipmentLine).where(ShipmentLine.shipment_id.in_([row.id for row in rows])))
        parcels = {row.id: _Parcel(row, {}) for row in rows}
        for part in inside:
            if part.order_line_id in self.lines:
                parcels[part.shipment_id].pieces[part.order_line_id] = part.quantity
        rest = self._rest(list(parcels.values()))
        return [*parcels.values(), _Parcel(None, rest)] if rest else list(parcels.values())

    def _rest(self, parcels: Sequence[_Parcel]) -> dict[int, int]:
        """What is in no parcel yet and will go: one parcel of it all, until it is packed otherwise."""
        if self.order.state not in ("draft", "pending", "processing"):
            return {}
        rest = {line.id: live_quantity(line) for line in self.lines.values()}
        for parcel in parcels:
            if parcel.shipment is not None and parcel.shipment.state not in ("lost", "returned"):
                for line_id, pieces in parcel.pieces.items():
                    rest[line_id] -= pieces
        return {line_id: pieces for line_id, pieces in rest.items() if pieces > 0}

    def _items(self, parcel: _Parcel) -> tuple[CustomsItem, ...]:
        found = []
        for line_id, pieces in sorted(parcel.pieces.items(), key=lambda pair: self.lines[pair[0]].position):
            line = self.lines[line_id]
            before = self.before.get(line_id, 0)
            self.before[line_id] = before + pieces
            found.append(
                CustomsItem(
                    position=line.position,
                    description=line.customs_description,
                    pieces=pieces,
                    net_weight=None if line.weight is None else line.weight * pieces,
                    value=self._value(line, before, pieces),
                    hs_code=line.hs_code,
                    origin=line.origin,
                )
            )
        return tuple(found)

    def _value(self, line: OrderLine, before: int, pieces: int) -> int | None:
        """As paid; what nobody paid for by itself at its own value."""
        paid = self.paid.get(line.id, 0)
        if paid and line.kind != "forwarded":
            return share(paid, before, pieces, live_quantity(line))
        if line.customs_value is not None:
            return in_currency(line.customs_value, self.rate) * pieces
        return None

    def _extras(self, totals: Sequence[int]) -> list[int]:
        """Postage and fees, spread over the parcels by the value of their goods."""
        extra, whole = other_charges(self.order), sum(totals)
        if not whole:
            return [extra if number == 0 else 0 for number in range(len(totals))]
        before, found = 0, []
        for total in totals:
            found.append(share(extra, before, total, whole))
            before += total
        return found

    def _declaration(
        self, number: int, parcel: _Parcel, items: tuple[CustomsItem, ...], extra: int, together: int
    ) -> Declaration:
        row, order, base = parcel.shipment, self.order, self.order.base_currency
        carrier, service = (row.carrier, row.service) if row is not None else (order.carrier, order.service)
        total = known_sum([item.value for item in items])
        value = None if total is None else in_base(total, self.rate)
        label = _label(carrier, service, self.providers)
        return Declaration(
            order_number=order.number,
            parcel_id=row.id if row is not None else None,
            number=number,
            # An unknown value is declared on the form that is right for every value.
            form=form_for(value, base, label, self.sdr) if value is not None else form_for(0, base, label, None),
            items=items,
            currency=order.currency,
            total=total,
            extra=extra,
            base_value=value,
            net_weight=known_sum([item.net_weight for item in items]),
            gross_weight=row.weight if row is not None else None,
            carrier=carrier,
            service=service,
            tracking=row.tracking if row is not None else "",
            state=row.state if row is not None else "",
            notices=notices_for_staff(
                order.country, [item.hs_code for item in items], together, from_japan=self.from_japan
            ),
        )


def _label(carrier: str, service: str, providers: Providers) -> CustomsLabel:
    """As the carrier says; by value where its plugin is gone or fails."""
    registered = providers.carriers(installed=True).get(carrier)
    if registered is None:
        return CustomsLabel.BY_VALUE
    try:
        found: object = registered.ask("customs_label", service)
    except Exception:  # plugin code: noted under its name
        return CustomsLabel.BY_VALUE
    if isinstance(found, CustomsLabel):
        return found
    registered.blame("customs_label", TypeError(f"expected a CustomsLabel, got {type(found).__name__}"))
    return CustomsLabel.BY_VALUE
