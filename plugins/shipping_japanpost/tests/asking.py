"""How these tests ask the carrier."""

from datetime import date
from typing import Any

from storefront_shipping_japanpost.carrier import JapanPost
from storefront_shipping_japanpost.settings import DECLARATION, NAME

from storefront.plugin import Destination, Dimensions, Money, NotServed, Parcel, ShippingQuote, ShippingRequest
from storefront.testing.plugins import settings_bound, settings_from

DAY = date(2026, 11, 25)


def parcel(grams: int | None = 500, value: int = 1000, size: tuple[int, int, int] | None = None, *goods: str) -> Parcel:
    return Parcel(grams, Money(value, "JPY"), Dimensions(*size) if size else None, frozenset(goods))


def answer(country: str, *parcels: Parcel, region: str = "", day: date = DAY, **stored: Any) -> Any:
    """What the carrier says with these settings as stored."""
    with settings_bound({NAME: settings_from(DECLARATION, stored)}):
        return JapanPost().quote(ShippingRequest(Destination(country, region), parcels, day, "JPY"))


def rows(country: str, *parcels: Parcel, **asked: Any) -> dict[str, Any]:
    """The rows by service."""
    found = answer(country, *parcels, **asked)
    assert not isinstance(found, NotServed), found
    return {one.service if isinstance(one, NotServed) else one.key: one for one in found}


def price(service: str, country: str, *parcels: Parcel, **asked: Any) -> int | str:
    """The price, or the code of the refusal; "" when the service is not spoken of."""
    found = answer(country, *parcels, **asked)
    for one in (found,) if isinstance(found, NotServed) else found:
        if isinstance(one, ShippingQuote) and one.key == service:
            return one.price.amount
        if isinstance(one, NotServed) and one.service in ("", service):
            return one.code
    return ""
