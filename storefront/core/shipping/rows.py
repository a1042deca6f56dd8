"""What one carrier answers, as rows for the shopper: checked, in the shopper's currency, and never the end of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from storefront.core.contracts.currency import in_currency
from storefront.core.contracts.pricing import BasketLine, CurrencyRate
from storefront.core.contracts.providers import Registered
from storefront.core.contracts.shipping import NotServed, ParcelLimits, ShippingCarrier, ShippingQuote, ShippingRequest
from storefront.core.i18n.translate import N_
from storefront.core.shipping.parcels import PackedParcel
from storefront.core.values.money import MAX_AMOUNT, Money

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
    ``core_reason``). ``products``: titles of the goods of the class ``reason`` is about. ``parcels``: what the price is
    for."""

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
    parcels: tuple[PackedParcel, ...] = ()

    @property
    def choosable(self) -> bool:
        return self.quote is not None

    @property
    def service(self) -> str:
        """The service's key, "" for a carrier that offers nothing."""
        return self.id.partition(":")[2]

    @property
    def variant_of(self) -> str:
        """The id of the row this one is with an extra, "" for a service by itself."""
        return f"{self.carrier}:{self.quote.variant_of}" if self.quote is not None and self.quote.variant_of else ""


def rows_of(
    registered: Registered[ShippingCarrier],
    key: str,
    request: ShippingRequest,
    rate: CurrencyRate,
    goods: tuple[BasketLine, ...],
    packed: tuple[PackedParcel, ...] = (),
) -> list[DeliveryChoice]:
    """Ask a carrier about ``request`` (the parcels ``packed``). A carrier that raises or quotes nonsense keeps its row,
    with a reason; what it did is noted under its plugin's name."""
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
        else _row(key, registered, title, one, rate, packed)
        for one in answer
    ]
    return _each_id_once(rows, registered)


def limits_of(registered: Registered[ShippingCarrier], request: ShippingRequest) -> dict[str, ParcelLimits]:
    """The limits of a carrier's services to this destination; none when its plugin fails."""
    if getattr(type(registered.value), "limits", None) is ShippingCarrier.limits:
        return {}  # most carriers have none: nobody needs to be asked
    try:
        answer: object = registered.ask("limits", request.destination, request.ship_on)
    except Exception:  # plugin code: noted under its name; its quotes still say what they refuse
        return {}
    if not isinstance(answer, Mapping) or not all(
        isinstance(service, str) and isinstance(limits, ParcelLimits) for service, limits in answer.items()
    ):
        registered.blame("limits", TypeError(f"expected ParcelLimits by service, got {type(answer).__name__}"))
        return {}
    return dict(answer)


def _row(
    key: str,
    registered: Registered[ShippingCarrier],
    carrier_title: str,
    quote: object,
    rate: CurrencyRate,
    packed: tuple[PackedParcel, ...],
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
        parcels=packed,
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
