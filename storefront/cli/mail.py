"""``storefront mail``: what the shop writes to people."""

import click

from storefront.cli.opening import OpenShop, open_shop
from storefront.core.lifecycle.view import order_view
from storefront.core.orders.errors import UnknownOrder
from storefront.core.orders.queries import find_order
from storefront.core.orders.service import NO_SUCH_ORDER
from storefront.core.values.language import LANGUAGES
from storefront.jobs import staff_mails
from storefront.jobs.mail_content import ORDER_MAILS, Subject, render
from storefront.jobs.mail_sample import sample
from storefront.jobs.runtime import runtime_of
from storefront.jobs.staff_mails import STAFF_MAILS


@click.group()
def mail() -> None:
    """Mails."""


@mail.command()
@click.argument("kind", type=click.Choice((*ORDER_MAILS, *STAFF_MAILS)))
@click.option("--lang", type=click.Choice(LANGUAGES), help="Default: the order's language.")
@click.option("--order", "number", default="", help="An order's number. Default: an invented order.")
@click.option("--html", is_flag=True, help="The HTML form instead of the text.")
def preview(kind: str, lang: str | None, number: str, html: bool) -> None:
    """Print a mail as it would be sent now. Nothing is sent."""
    with open_shop() as shop:
        runtime = runtime_of(shop.app)
        if kind in STAFF_MAILS:
            texts = staff_mails.render(
                kind, staff_mails.sample(lang or "en"), shop.shop, runtime.templates, runtime.public_url
            )
        else:
            subject = _subject_of(number, kind, shop) if number else sample(kind, lang or "en")
            texts = render(kind, subject, shop.shop, runtime.templates, runtime.public_url, lang or "")
        click.echo(texts.html if html else f"{texts.subject}\n\n{texts.text}")


def _subject_of(number: str, kind: str, shop: OpenShop) -> Subject:
    order = find_order(number)
    if order is None:
        raise UnknownOrder(NO_SUCH_ORDER, number=number[:40])
    view = order_view(order, shop.providers)
    shipment = view.shipments[-1] if kind == "order_shipped" and view.shipments else None
    bill = view.bills[-1] if kind == "payment_received" and view.bills else None
    return Subject(view, shipment, bill)
