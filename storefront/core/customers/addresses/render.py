"""An address as the lines a person or a label shows."""

import string
from functools import cache

from storefront.core.customers.addresses.countries import country_name
from storefront.core.customers.addresses.formats import CountryFormat, country_format
from storefront.core.customers.addresses.regions import printed_region_code, region_name
from storefront.core.customers.addresses.scripts import is_native
from storefront.core.values.address import Address


def render_address(address: Address, lang: str, *, latin: bool = False) -> tuple[str, ...]:
    """The lines of an address in its country's own order, with the name but without honorific; plain text.

    Written in the country's own script it goes from large to small, the country (in `lang`) first; region names
    are then in that script, whatever `lang` is, since a line of two languages reaches nobody. Written in Latin
    letters, or with `latin` (customs papers), it goes from small to large with the name in Latin letters, the
    country last. Never raises; unknown countries get the general form.
    """
    layout = country_format(address.country)
    country = country_name(address.country, lang)
    if not latin and layout.native_lines and _is_typed_natively(address):
        return (country, *_fill_lines(layout.native_lines, _native_values(address, layout)))
    return (*_fill_lines(layout.western_lines, _western_values(address, layout, latin)), country)


def _is_typed_natively(address: Address) -> bool:
    return is_native(address.city + address.line1 + address.line2)


def _texts(address: Address) -> dict[str, str]:
    return {
        "name": address.full_name,
        "postal_code": address.postal_code,
        "region": address.region,
        "city": address.city,
        "line1": address.line1,
        "line2": address.line2,
    }


def _native_values(address: Address, layout: CountryFormat) -> dict[str, str]:
    region = region_name(address.country, address.region, layout.language)
    # Shoppers repeat the region in the city ("東京都千代田区"), and in 北京市 both are the same.
    city = address.city.removeprefix(region).strip() if region else address.city
    return _texts(address) | {"region": region, "city": city}


def _western_values(address: Address, layout: CountryFormat, latin: bool) -> dict[str, str]:
    region = region_name(address.country, address.region, "en")
    if layout.region_printed == "code":
        region = printed_region_code(address.country, address.region)
    name = address.latin_name if latin and address.latin_name else address.full_name
    return _texts(address) | {"region": region, "name": name}


@cache
def _parsed(template: str) -> tuple[tuple[str, str], ...]:
    return tuple((literal, name or "") for literal, name, _, _ in string.Formatter().parse(template))


def _fill_lines(templates: tuple[str, ...], values: dict[str, str]) -> list[str]:
    lines = (_fill(_parsed(template), values) for template in templates)
    return [line for line in lines if line]


def _fill(parts: tuple[tuple[str, str], ...], values: dict[str, str]) -> str:
    """One line; what stands between two fields goes with the second and vanishes with it or with the first."""
    if all(not values[name] for _, name in parts if name) and any(name for _, name in parts):
        return ""
    line = ""
    for literal, name in parts:
        if name and not values[name]:
            continue
        line += (literal if line else literal.lstrip(" ,-/")) + (values[name] if name else "")
    return line.strip()
