"""Which services can bring a basket to a destination, at what price, and why the others cannot (SHP-1, SHP-2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from storefront.core.contracts.currency import in_currency
from storefront.core.contracts.pricing import Basket, BasketLine, CurrencyRate
from storefront.core.contracts.providers import Registered
from storefront.core.contracts.shipping import NotServed, ShippingCarrier, ShippingQuote, ShippingRequest
from storefront.core.i18n.translate import N_
from storefront.core.shipping.parcels import goods_lines, goods_value, parcels_of
from storefront.core.values.money import MAX_AMOUNT, Money
from storefront.core.values.types import Destination

UNAVAILABLE = N_("This delivery is temporarily unavailable. Please choose another one.")
NOTHING_OFFERED = N_("This carrier does not take this parcel.")


class BadQuote(ValueError):
    """A carrier quoted something that cannot be the price of a delivery."""


@dataclass(frozen=True, slots=True)
class DeliveryChoice:
    """One row of the delivery step. ``id``: "carrier:service" ("carrier:" for a carrier that offers nothing).

    ``price``: minor units of the shopper's currency, before discounts on postage; ``quote`` keeps the carrier's own
    price in the base currency. A row without ``quote`` is shown with ``reason``, an English msgid, and cannot be
    chosen. ``title``, ``carrier_title`` and ``reason`` are in the domain of ``source`` (core's reason when
    ``core_reason``). ``products``: titles of the goods of the class ``reason`` is about."""

    id: str
    carrier: str
    source: str
    title: str
    carrier_title: str = ""
    title_params: Mapping[str, Any] = field(default_factory=dict)
    quote: ShippingQuote | None = None
    price: int | None = None
    days: tuple[int, int] | None = None
    tracked: bool = False
    reason: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    core_reason: bool = False
    products: tuple[str, ...] = ()

    @property
    def choosable(self) -> bool:
        return self.quote is not None


def delivery_choices(
    basket: Basket,
    destination: Destination,
    carriers: Mapping[str, Registered[ShippingCarrier]],
    rate: CurrencyRate,
    ship_on: date,
    policies: Mapping[str, Any],
) -> tuple[DeliveryChoice, ...]:
    """What can be chosen, cheapest first, then what cannot, with reasons. Empty when nothing travels. Pure.

    ``basket`` is priced in ``rate.currency``; ``ship_on``: the shop's own date. Whether a destination is closed is not
    asked here (``permission.closed_for``). A carrier that raises or quotes nonsense keeps its row, with a reason."""
    parcels = parcels_of(basket, goods_value(basket, rate), policies)
    if not parcels:
        return ()
    request = ShippingRequest(destination, parcels, ship_on, rate.base)
    goods = goods_lines(basket)
    rows = [row for key in sorted(carriers) for row in _rows(key, carriers[key], request, rate, goods)]
    return tuple(sorted(rows, key=_place))


def find_choice(choices: Iterable[DeliveryChoice], choice_id: str) -> DeliveryChoice | None:
    """The choosable row ``choice_id`` ("carrier:service"); ``None`` when there is none or it cannot be chosen."""
    return next((choice for choice in choices if choice.id == choice_id and choice.choosable), None)


def _place(row: DeliveryChoice) -> tuple[bool, int, str]:
    return (not row.choosable, row.price or 0, row.id)


def _rows(
    key: str,
    registered: Registered[ShippingCarrier],
    request: ShippingRequest,
    rate: CurrencyRate,
    goods: tuple[BasketLine, ...],
) -> list[DeliveryChoice]:
    source = registered.source
    title = key
    try:
        title = str(registered.value.title)
        answer: object = registered.ask("quote", request)
    except Exception:  # plugin code: whatever it raises is noted and stays here
        return [_shut(key, source, title, UNAVAILABLE, core_reason=True)]
    if isinstance(answer, NotServed):
        return [_refused(key, registered, title, answer, goods)]
    if not isinstance(answer, tuple | list):
        registered.blame("quote", BadQuote(f"expected quotes or NotServed, got {type(answer).__name__}"))
        return [_shut(key, source, title, UNAVAILABLE, core_reason=True)]
    if not answer:
        return [_shut(key, source, title, NOTHING_OFFERED, core_reason=True)]
    rows = [
        _refused(key, registered, title, one, goods)
        if isinstance(one, NotServed)
        else _row(key, registered, title, one, rate)
        for one in answer
    ]
    return _each_id_once(rows, registered)


def _row(
    key: str, registered: Registered[ShippingCarrier], carrier_title: str, quote: object, rate: CurrencyRate
) -> DeliveryChoice:
    source = registered.source
    try:
        checked = _checked(quote, rate.base)
        price = in_currency(checked.price.amount, rate)
        if price > MAX_AMOUNT:
            raise BadQuote("the price is beyond what the shop can count")
    except BadQuote as error:
        registered.blame("quote", error)
        service = quote.key if isinstance(quote, ShippingQuote) and isinstance(quote.key, str) else ""
        title = quote.title if isinstance(quote, ShippingQuote) and isinstance(quote.title, str) else ""
        return _shut(key, source, carrier_title, UNAVAILABLE, service=service, title=title, core_reason=True)
    return DeliveryChoice(
        id=f"{key}:{checked.key}",
        carrier=key,
        source=source,
        title=checked.title,
        carrier_title=carrier_title,
        title_params=checked.title_params,
        quote=checked,
        price=price,
        days=checked.days,
        tracked=checked.tracked,
    )


def _refused(
    key: str,
    registered: Registered[ShippingCarrier],
    carrier_title: str,
    answer: NotServed,
    goods: tuple[BasketLine, ...],
) -> DeliveryChoice:
    source = registered.source
    try:
        if not all(isinstance(text, str) for text in (answer.reason, answer.service, answer.title)):
            raise BadQuote("a refusal needs words")
        row = _shut(
            key, source, carrier_title, answer.reason, dict(answer.params), service=answer.service, title=answer.title
        )
        title_params = dict(answer.title_params)
    except (BadQuote, TypeError, ValueError) as error:
        registered.blame("quote", error)
        return _shut(key, source, carrier_title, UNAVAILABLE, core_reason=True)
    named = dict.fromkeys(line.title for line in goods if answer.restriction in line.restrictions)
    return replace(row, title_params=title_params, products=tuple(named))


def _each_id_once(rows: list[DeliveryChoice], registered: Registered[ShippingCarrier]) -> list[DeliveryChoice]:
    """Two services with one key could not be told apart when one is chosen: the first of them stays."""
    unique = {row.id: row for row in reversed(rows)}
    if len(unique) < len(rows):
        registered.blame("quote", BadQuote("two services have one key"))
    return list(unique.values())


def _shut(
    key: str,
    source: str,
    carrier_title: str,
    reason: str,
    params: Mapping[str, Any] | None = None,
    *,
    service: str = "",
    title: str = "",
    core_reason: bool = False,
) -> DeliveryChoice:
    return DeliveryChoice(
        id=f"{key}:{service}",
        carrier=key,
        source=source,
        title=title or carrier_title,
        carrier_title=carrier_title,
        reason=reason,
        params=params or {},
        core_reason=core_reason,
    )


def _checked(quote: object, base: str) -> ShippingQuote:
    if not isinstance(quote, ShippingQuote):
        raise BadQuote(f"expected a ShippingQuote, got {type(quote).__name__}")
    if not isinstance(quote.key, str) or not quote.key or not isinstance(quote.title, str):
        raise BadQuote("a service needs a key and a title")
    _check_money(quote.price, base)
    if quote.cover is not None:
        _check_money(quote.cover, base)
    if quote.days is not None:
        _check_days(quote.days)
    return quote


def _check_money(money: object, base: str) -> None:
    if not isinstance(money, Money) or type(money.amount) is not int:
        raise BadQuote(f"expected whole minor units of {base}, got {money!r}")
    if money.currency != base:
        raise BadQuote(f"expected {base}, got {money.currency}")
    if not 0 <= money.amount <= MAX_AMOUNT:
        raise BadQuote(f"{money.amount} is not the price of a delivery")


def _check_days(days: object) -> None:
    if not isinstance(days, tuple) or len(days) != 2 or not all(type(day) is int for day in days):
        raise BadQuote(f"expected least and most days, got {days!r}")
    if not 0 <= days[0] <= days[1]:
        raise BadQuote(f"{days!r} are not least and most days")
