"""What delivery costs, for shoppers as a page and for the operator as a command: both of the table in force."""

from datetime import date

import click

from storefront.plugin import (
    Destination,
    Money,
    NotServed,
    Page,
    Parcel,
    PluginBlueprint,
    ShippingRequest,
    base_currency,
    country_name,
    current_language,
)
from storefront_shipping_courier.carrier import Courier
from storefront_shipping_courier.settings import settings

pages = PluginBlueprint("shipping_courier", __name__)


@pages.get("/charges", audience="anybody")
def charges() -> Page:
    table, lang = settings(), current_language()
    zones = [
        {"names": [country_name(code, lang) for code in zone.countries], "days": zone.days, "steps": zone.steps}
        for zone in table.zones
    ]
    return Page("shipping_courier/charges.html", {"domestic": table, "zones": zones})


@click.command("quote")
@click.argument("country")
@click.argument("grams", type=click.IntRange(1, 1_000_000))
def quote(country: str, grams: int) -> None:
    """What a parcel of GRAMS to COUNTRY (two letters) costs."""
    currency = base_currency()
    parcel = Parcel(grams, Money(1, currency))
    answer = Courier().quote(ShippingRequest(Destination(country.upper()), (parcel,), date.today(), currency))
    if isinstance(answer, NotServed):
        raise click.ClickException(answer.reason % answer.params if answer.params else answer.reason)
    for service in answer:
        days = f", {service.days[0]} to {service.days[1]} days" if service.days else ""
        click.echo(f"{service.title}: {service.price.major()} {service.price.currency}{days}")
