"""``storefront orders``: what the owner does with orders."""

from collections.abc import Mapping

import click
from sqlalchemy import select

from storefront.cli.opening import OpenShop, actor, echo_json, open_shop, table
from storefront.cli.order_text import order_lines
from storefront.core.db import run_unit, session, utcnow
from storefront.core.lifecycle import ship as shipping
from storefront.core.lifecycle.cancel import cancel_order
from storefront.core.lifecycle.edit import cancel_lines
from storefront.core.lifecycle.receive import receive
from storefront.core.lifecycle.view import OrderView, order_view
from storefront.core.orders.errors import UnknownOrder
from storefront.core.orders.models import Order, OrderRevision
from storefront.core.orders.queries import find_order
from storefront.core.orders.service import NO_SUCH_ORDER, lines_of, live_quantity
from storefront.core.orders.states import CancelReason, OrderState
from storefront.core.values.money import BadAmount, Money, format_major, parse_major

REASONS = [str(r) for r in (CancelReason.OWNER, CancelReason.SHOPPER, CancelReason.UNAVAILABLE, CancelReason.LIMIT)]
as_json_option = click.option("--json", "as_json", is_flag=True, help="For programs.")
line_option = click.option(
    "--line", "lines", multiple=True, metavar="N[:PIECES]", help="Line number, and how many of it. Repeat as needed."
)


@click.group()
def orders() -> None:
    """See, pay, ship and cancel orders."""


@orders.command("list")
@click.option("--state", type=click.Choice([str(s) for s in OrderState]), help="Only orders in this state.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@as_json_option
def list_orders(state: str | None, limit: int, as_json: bool) -> None:
    """The newest orders first. Drafts are listed only when asked for."""
    with open_shop():
        wanted = Order.state == state if state else (Order.state != "draft") & (Order.cancel_reason != "lapsed")
        found = session.execute(
            select(Order, OrderRevision.total)
            .join(OrderRevision, (OrderRevision.order_id == Order.id) & (OrderRevision.revision == Order.revision))
            .where(wanted)
            .order_by(Order.id.desc())
            .limit(limit)
        ).all()
        rows = [
            {
                "number": order.number,
                "state": order.state,
                "cancel_reason": order.cancel_reason,
                "placed_at": order.placed_at,
                "email": order.email,
                "country": order.country,
                "locale": order.locale,
                "currency": order.currency,
                "total": total,
            }
            for order, total in found
        ]
        if as_json:
            echo_json(rows)
            return
        if not rows:
            click.echo("There are no such orders.")
            return
        table([_row(order, total) for order, total in found], ("number", "state", "placed", "total", "to", "mail"))


def _row(order: Order, total: int | None) -> tuple[str, ...]:
    placed = f"{order.placed_at:%Y-%m-%d %H:%M} UTC" if order.placed_at else "-"
    amount = "-" if total is None else f"{format_major(total, order.currency)} {order.currency}"
    return order.number, order.state, placed, amount, order.country, order.email


@orders.command()
@click.argument("number")
@as_json_option
def show(number: str, as_json: bool) -> None:
    """Everything about one order."""
    with open_shop() as shop:
        _print(_view(number, shop), as_json)


@orders.command()
@click.argument("number")
@click.option("--amount", required=True, help="What really arrived, in the order's currency: 4906 or 38.50.")
@click.option("--reference", default="", help="The bank's reference. The same one is never entered twice.")
@click.option("--bill", default="", help="Bill number, where the order has several.")
@as_json_option
def pay(number: str, amount: str, reference: str, bill: str, as_json: bool) -> None:
    """Enter money that arrived. Less leaves the bill open; more makes a refund task."""
    with open_shop() as shop:
        order = find_order(number)
        if order is None:
            raise UnknownOrder(NO_SUCH_ORDER, number=number[:40])
        money = Money(_amount(amount, order.currency), order.currency)
        received = run_unit(
            lambda: receive(
                number,
                money,
                shop.shop,
                shop.providers,
                actor=actor(),
                now=utcnow(),
                reference=reference.strip(),
                bill_number=bill,
            )
        )
        if as_json:
            echo_json(received)
            return
        click.echo(f"Entered {money.major()} {money.currency} for bill {received.bill_number}.")
        if received.settled:
            click.echo("The bill is settled.")
        elif received.rest:
            click.echo(f"Still to come: {format_major(received.rest, money.currency)} {money.currency}.")
        if received.too_much:
            click.echo(f"To be sent back: {format_major(received.too_much, money.currency)} {money.currency}.")


def _amount(text: str, currency: str) -> int:
    try:
        return parse_major(text, currency)
    except BadAmount:
        raise click.ClickException(
            f"{text[:40]!r} is no amount in {currency}. Write it plainly, like {format_major(4900, currency)}. "
            "Nothing was entered."
        ) from None


@orders.command()
@click.argument("number")
@click.option("--weight", type=click.IntRange(min=1), help="Packed weight in grams.")
@click.option("--tracking", default="", help="Tracking number.")
@line_option
@as_json_option
def ship(number: str, weight: int | None, tracking: str, lines: tuple[str, ...], as_json: bool) -> None:
    """Pack a parcel and hand it over: all that is in hand, or the given lines. The mail leaves by itself."""
    with open_shop() as shop:

        def act() -> None:
            wanted = _pieces(number, lines, packing=True) if lines else None
            shipment = shipping.plan(number, wanted, actor=actor(), now=utcnow())
            shipping.pack(shipment.id, weight, actor=actor(), now=utcnow())
            shipping.hand_over(shipment.id, shop.providers, actor=actor(), now=utcnow(), tracking=tracking)

        run_unit(act)
        _print(_view(number, shop), as_json)


@orders.command()
@click.argument("number")
@click.option("--reason", default="", help="In words, for the order's history.")
@click.option(
    "--because", type=click.Choice(REASONS), help="What the shopper is told. Default: owner; lines: unavailable."
)
@line_option
@as_json_option
def cancel(number: str, reason: str, because: str | None, lines: tuple[str, ...], as_json: bool) -> None:
    """Cancel an order, or lines of it. Goods go back on the shelf; money that came becomes a refund task."""
    with open_shop() as shop:

        def act() -> None:
            now, by = utcnow(), actor()
            if lines:
                wanted = _pieces(number, lines, packing=False)
                why = CancelReason(because or CancelReason.UNAVAILABLE)
                cancel_lines(
                    number, wanted, shop.shop, shop.providers, actor=by, now=now, cancel_reason=why, reason=reason
                )
            else:
                why = CancelReason(because or CancelReason.OWNER)
                cancel_order(number, shop.providers, actor=by, now=now, cancel_reason=why, reason=reason)

        run_unit(act)
        _print(_view(number, shop), as_json)


def _pieces(number: str, lines: tuple[str, ...], *, packing: bool) -> Mapping[int, int]:
    """``("1", "3:2")`` as pieces per line number; without a count: all that is left of the line."""
    order = find_order(number)
    if order is None:
        raise UnknownOrder(NO_SUCH_ORDER, number=number[:40])
    unpacked = shipping.unshipped(order.id) if packing else {}
    rest = {ln.position: unpacked.get(ln.id, 0) if packing else live_quantity(ln) for ln in lines_of(order.id)}
    wanted: dict[int, int] = {}
    for text in lines:
        position, colon, count = text.partition(":")
        if not _is_count(position) or (colon and not _is_count(count)):
            raise click.ClickException(f"--line {text[:40]} is not understood. Write N or N:PIECES, like 2 or 2:3.")
        wanted[int(position)] = int(count) if colon else rest.get(int(position), 0)
    return wanted


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6


def _view(number: str, shop: OpenShop) -> OrderView:
    order = find_order(number)
    if order is None:
        raise UnknownOrder(NO_SUCH_ORDER, number=number[:40])
    return order_view(order, shop.providers, history=True)


def _print(view: OrderView, as_json: bool) -> None:
    if as_json:
        echo_json(view)
    else:
        click.echo("\n".join(order_lines(view)))
