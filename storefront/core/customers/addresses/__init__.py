"""Addresses of the whole world: forms, checks, names of regions and countries, lines to print.

Pure: no database, no network. Data is read when first needed and kept.
"""

from storefront.core.customers.addresses.check import AddressResult, FieldProblem, check_address, typed_from
from storefront.core.customers.addresses.contact import normal_email, normal_phone, preload
from storefront.core.customers.addresses.countries import country_choices, country_name, is_country
from storefront.core.customers.addresses.form import AddressField, AddressForm, address_form
from storefront.core.customers.addresses.regions import region_choices, region_name
from storefront.core.customers.addresses.render import render_address

__all__ = [
    "AddressField",
    "AddressForm",
    "AddressResult",
    "FieldProblem",
    "address_form",
    "check_address",
    "country_choices",
    "country_name",
    "is_country",
    "normal_email",
    "normal_phone",
    "preload",
    "region_choices",
    "region_name",
    "render_address",
    "typed_from",
]
