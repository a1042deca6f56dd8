"""``storefront orders``: what the owner does with orders."""

from collections.abc import Mapping
from datetime import datetime

import click
from sqlalchemy import select

from storefront.cli.opening import OpenShop, actor, echo_json, open_shop, table
from storefront.cli.order_text import order_lines
from storefront.core.db import run_unit, session, utcnow
from storefront.core.lifecycle import ship as shipping
from storefront.core.lifecycle.cancel import cancel_order
from storefront.core.lifecycle.edit import cancel_lines
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.move import MoveWanted, pack_checked
from storefront.core.lifecycle.receive import receive
from storefront.core.lifecycle.refund import confirm_refund, request_refund, send_refund
from storefront.core.lifecycle.refund_choice import bill_to_refund, chosen_parts
from storefront.core.lifecycle.refund_tasks import NOTHING_OWED, confirm_task, owed_back, take_up
from storefront.core.lifecycle.view import OrderView, order_view
from storefront.core.orders.errors import UnknownOrder
from storefront.core.orders.models import Order, OrderRevision
from storefront.core.orders.queries import find_order
from storefront.core.orders.service import NO_SUCH_ORDER, lines_of, live_quantity
from storefront.core.orders.states import CancelReason, OrderState
from storefront.core.payments.models import Refund
from storefront.core.values.money import BadAmount, Money, format_major, parse_major

REASONS = [
    str(r)
    for r in (
        CancelReason.OWNER,
        CancelReason.SHOPPER,
        CancelReason.UNAVAILABLE,
        CancelReason.LIMIT,
        CancelReason.RESTRICTED,
    )
]
as_json_option = click.option("--json", "as_json", is_flag=True, help="For programs.")
line_option = click.option(
    "--line", "lines", multiple=True, metavar="N[:PIECES]", help="Line number, and how many of it. Repeat as needed."
)


@click.group()
def orders() -> None:
    """See, pay, ship, refund and cancel orders."""


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
@click.option("--move-to", default="", help="carrier:service, agreed to when the parcel outgrew its service.")
@line_option
@as_json_option
def ship(number: str, weight: int | None, tracking: str, move_to: str, lines: tuple[str, ...], as_json: bool) -> None:
    """Pack a parcel and hand it over: all that is in hand, or the given lines. The mail leaves by itself. A parcel that its
    service does not take stays; the answer names the service to agree to with --move-to."""
    with open_shop() as shop:

        def act() -> None:
            wanted = _pieces(number, lines, packing=True) if lines else None
            shipment = shipping.plan(number, wanted, actor=actor(), now=utcnow())
            pack_checked(shipment.id, weight, shop.shop, shop.providers, actor=actor(), now=utcnow(), agreed=move_to)
            shipping.hand_over(shipment.id, shop.providers, actor=actor(), now=utcnow(), tracking=tracking)

        try:
            run_unit(act)
        except MoveWanted as wanted:
            raise click.ClickException(
                f"{wanted.move.reason.within('en')} It can go by {wanted.move.title.within('en')}: "
                f"--move-to {wanted.move.delivery.id}. Nothing was kept."
            ) from None
        _print(_view(number, shop), as_json)


@orders.command()
@click.argument("number")
@click.option("--bill", default="", help="Bill number, where the order has several. Default: the newest paid one.")
@click.option("--amount", default="", help="So much of it, in the order's currency: 4906 or 38.50.")
@click.option("--shipping", is_flag=True, help="The postage.")
@click.option("--owed", is_flag=True, help="All open refund tasks: of cancelled orders, late, overpaid, other money.")
@click.option("--reference", default="", help="It was sent by hand, under this reference of the bank.")
@click.option("--reason", default="", help="In words, for the order's history.")
@line_option
@as_json_option
def refund(
    number: str,
    bill: str,
    amount: str,
    shipping: bool,
    owed: bool,
    reference: str,
    reason: str,
    lines: tuple[str, ...],
    as_json: bool,
) -> None:
    """Give money back: all that was paid, or what is chosen. A method that can pay back does so at once; else send the
    money by hand and call this with --reference."""
    if owed and (bill or amount or shipping or lines):
        raise click.ClickException("--owed gives back what is owed; it goes with --reference and --reason alone.")
    with open_shop() as shop:
        by, now = actor(), utcnow()

        def act() -> list[int]:
            order = find_order(number)
            if order is None:
                raise UnknownOrder(NO_SUCH_ORDER, number=number[:40])
            if owed:
                return _owed(order, shop, reference, reason, by, now)
            wanted = Money(_amount(amount, order.currency), order.currency).amount if amount else None
            chosen = bill_to_refund(order.id, number, bill)
            parts = chosen_parts(chosen, lines=_wanted_lines(lines), shipping=shipping, amount=wanted)
            made = request_refund(chosen.number, parts, shop.providers, actor=by, now=now, reason=reason)
            if reference:
                for refund_id in made:
                    confirm_refund(refund_id, reference, actor=by, now=now)
            return made

        made = run_unit(act)
        for refund_id in made:
            send_refund(refund_id, shop.providers, shop.settings.public_url)
        _told(made, as_json)


def _owed(order: Order, shop: OpenShop, reference: str, reason: str, by: str, now: datetime) -> list[int]:
    made: list[int] = []
    for task in owed_back(order.id, shop.providers):
        if reference:
            made += confirm_task(task.id, reference, actor=by, now=now, reason=reason)
        else:
            made += take_up(task.id, actor=by, now=now, reason=reason)
    if not made:
        raise NotPossible(NOTHING_OWED, number=order.number)
    return made


def _wanted_lines(lines: tuple[str, ...]) -> dict[int, int | None]:
    return dict(map(_line_and_count, lines))


def _told(made: list[int], as_json: bool) -> None:
    session.rollback()
    rows = session.scalars(select(Refund).where(Refund.id.in_(made)).order_by(Refund.id)).all()
    told = [
        {
            "id": row.id,
            "state": row.state,
            "cause": row.cause,
            "amount": row.amount,
            "currency": row.currency,
            "reference": row.reference,
        }
        for row in rows
    ]
    if as_json:
        echo_json(told)
        return
    words = {"done": "Sent back", "pending": "Being checked by the provider", "failed": "Refused by the provider"}
    for row in rows:
        text = words.get(
            row.state, "To be sent by hand; then enter its reference with --owed --reference, or in the shop"
        )
        click.echo(f"{text}: {format_major(row.amount, row.currency)} {row.currency}.")
    if not rows:
        click.echo("Points or deposit went back; no money was paid.")


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
    given = dict(map(_line_and_count, lines))
    return {position: rest.get(position, 0) if count is None else count for position, count in given.items()}


def _line_and_count(text: str) -> tuple[int, int | None]:
    position, colon, count = text.partition(":")
    if not _is_count(position) or (colon and not _is_count(count)):
        raise click.ClickException(f"--line {text[:40]} is not understood. Write N or N:PIECES, like 2 or 2:3.")
    return int(position), int(count) if colon else None


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
