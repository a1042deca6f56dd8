"""``storefront pricing``: how a price came about."""

import click

from storefront.cli.opening import open_shop
from storefront.core.contracts.pricing import TraceStep
from storefront.core.orders.errors import UnknownOrder
from storefront.core.orders.queries import current_revision, find_order
from storefront.core.orders.service import NO_SUCH_ORDER
from storefront.core.pricing.explain import explain_trace
from storefront.core.values.money import format_major


@click.group()
def pricing() -> None:
    """Prices."""


@pricing.command()
@click.argument("number")
def explain(number: str) -> None:
    """How the price of an order came about, as kept when it was last priced."""
    with open_shop():
        order = find_order(number)
        if order is None:
            raise UnknownOrder(NO_SUCH_ORDER, number=number[:40])
        revision = current_revision(order)
        click.echo(f"Order {order.number}, revision {revision.revision}: {revision.actor} {revision.reason}".rstrip())
        for line in explain_trace((TraceStep(*step) for step in revision.trace), order.currency):
            click.echo(line)
        total = "not known" if revision.total is None else format_major(revision.total, order.currency)
        click.echo(f"items: {format_major(revision.items, order.currency)} {order.currency}")
        click.echo(f"total: {total} {order.currency}")
