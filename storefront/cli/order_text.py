"""An order as plain lines of text, for whoever stands at the terminal."""

from storefront.core.customers.addresses.render import render_address
from storefront.core.lifecycle.view import BillView, OrderView, ShipmentView
from storefront.core.values.money import format_major


def order_lines(view: OrderView) -> list[str]:
    def money(amount: int | None) -> str:
        return "not known yet" if amount is None else f"{format_major(amount, view.currency)} {view.currency}"

    ended = f" ({view.cancel_reason})" if view.cancel_reason else ""
    lines = [
        f"Order {view.number}  {view.state}{ended}  {view.status}",
        f"Mail {view.email}, language {view.locale}, revision {view.revision}",
        "",
        *(f"  {text}" for text in render_address(view.address, "en")),
        "",
    ]
    for line in view.lines:
        off = f", {line.cancelled} cancelled" if line.cancelled else ""
        name = f"{line.title} {line.options}".strip()
        lines.append(
            f"  {line.position}. {line.quantity} x {name} [{line.sku_code}]  {money(line.total)}  {line.state}{off}"
        )
    lines += [f"     {charge.label or charge.kind}  {money(charge.amount)}" for charge in view.charges]
    lines.append(f"     Total  {money(view.total)}")
    lines += [f"Bill {_bill(bill, view)}" for bill in view.bills]
    lines += [f"Parcel {_shipment(shipment)}" for shipment in view.shipments]
    lines += ["", "History:"]
    for event in view.events:
        moved = f"{event.from_state} -> {event.to_state}" if event.to_state else ""
        parts = (f"{event.at:%Y-%m-%d %H:%M:%S} UTC", event.actor, event.name, moved, event.reason)
        lines.append("  " + "  ".join(part for part in parts if part))
    return lines


def _bill(bill: BillView, view: OrderView) -> str:
    text = f"{bill.number}  {bill.state}  {format_major(bill.amount, view.currency)} {view.currency}"
    if bill.state == "open" and bill.rest:
        text += f", still to come {format_major(bill.rest, view.currency)}"
    if bill.due_at is not None:
        text += f", due {bill.due_at:%Y-%m-%d %H:%M} UTC"
    return f"{text}  {bill.method} {bill.attempt_state}".rstrip()


def _shipment(shipment: ShipmentView) -> str:
    content = ", ".join(f"{pieces} x {title}" for _, title, pieces in shipment.lines)
    weight = f", {shipment.weight} g" if shipment.weight else ""
    return f"{shipment.id}  {shipment.state}  {shipment.tracking or 'no tracking'}{weight}: {content}"
