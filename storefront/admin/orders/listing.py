"""The list of orders, and acts on many of them."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import has_request_context
from sqlalchemy import select

from storefront.admin.lists.acts import FileAct
from storefront.admin.orders.customs_file import CUSTOMS_FILE
from storefront.admin.orders.words import CANCELLED, PAYMENTS, STATUS, WAITS
from storefront.core.contracts.manage import BulkAct, Column, Filter, ListSpec, ManagePage, Show
from storefront.core.customers.addresses import country_choices
from storefront.core.db import session, utcnow
from storefront.core.desk.orders import OrderRow, order_source
from storefront.core.i18n.formats import country_name
from storefront.core.i18n.translate import N_, current_language, domain_gettext
from storefront.core.i18n.translate import gettext as _
from storefront.core.lifecycle.ship import pack, plan
from storefront.core.orders.service import lock_order
from storefront.core.shipping.models import Shipment
from storefront.shop.context import current_providers, current_shop, extension


def shop_zone() -> str:
    """Also for the worker that writes the list to a file."""
    shop = current_shop() if has_request_context() else extension().snapshots.current()
    return str(shop.policy("shop.time_zone"))


def order_path(number: str) -> str:
    return f"/manage/orders/{number}"


def _titles(registered: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [(key, domain_gettext(one.source)(str(one.value.title))) for key, one in registered]


def _carriers() -> list[tuple[str, str]]:
    return _titles(sorted(current_providers().carriers(installed=True).items()))


def _methods() -> list[tuple[str, str]]:
    return _titles(sorted(current_providers().payment_methods(installed=True).items()))


def _waits(row: OrderRow) -> tuple[str, ...]:
    return tuple(_(WAITS[word]) for word in row.waits)


def _country(row: OrderRow) -> str:
    return country_name(row.country, current_language())


# --- acts on many -------------------------------------------------------------------------------------------------------


def _plan(number: str, actor: str) -> None:
    """Everything of the order that is in hand and in no parcel becomes a parcel of the pack list."""
    plan(number, actor=actor, now=utcnow())


def _pack(number: str, actor: str) -> None:
    """Its planned parcels are packed; without one, all that is in hand."""
    now = utcnow()
    order = lock_order(number)
    planned = session.scalars(
        select(Shipment.id).where(Shipment.order_id == order.id, Shipment.state == "planned").order_by(Shipment.id)
    ).all()
    for shipment_id in planned or (plan(number, actor=actor, now=now).id,):
        pack(shipment_id, None, actor=actor, now=now)


def _acts() -> tuple[BulkAct, ...]:
    return (
        BulkAct(
            "plan",
            N_("Put on the pack list"),
            "shipments.edit",
            _plan,
            confirm=N_("A parcel is planned for each order, of all that is in hand."),
        ),
        BulkAct(
            "pack",
            N_("Mark packed"),
            "shipments.edit",
            _pack,
            confirm=N_("The planned parcels of these orders are packed. Weights can still be entered."),
        ),
        FileAct(
            "customs",
            N_("Customs data as a file"),
            "export",
            confirm=N_(
                "One file for the carrier, a row per item. Orders whose data are not complete are named and left out."
            ),
            task=CUSTOMS_FILE,
        ),
    )


def _column(key: str, label: str, value: Callable[[OrderRow], Any], show: Show = Show.TEXT) -> Column:
    """For files only."""
    return Column(key, label, show, value=value, shown=False)


ORDERS = ManagePage(
    key="orders",
    title=N_("Orders"),
    view="orders.view",
    edit="orders.edit",
    rows=ListSpec(
        columns=(
            Column("number", N_("Order"), link=True),
            Column("placed_at", N_("Placed"), Show.MOMENT, sort=True),
            Column("who", N_("Shopper"), lang=lambda row: row.locale),
            Column("country", N_("Country"), value=_country),
            Column("status", N_("Order state"), Show.STATUS, words=STATUS),
            Column("total", N_("Total"), Show.MONEY),
            Column("waits", N_("What waits"), Show.TAGS, value=_waits),
            _column("email", N_("Mail"), lambda row: row.email),
            _column("cancel_reason", N_("Cancelled because"), lambda row: _(CANCELLED.get(row.cancel_reason, ""))),
            _column("pieces", N_("Pieces"), lambda row: row.pieces, Show.NUMBER),
            _column("carrier", N_("Carrier"), lambda row: row.carrier),
            _column("method", N_("Payment method"), lambda row: row.method),
            _column("tracking", N_("Tracking number"), lambda row: row.tracking, Show.TAGS),
        ),
        source=order_source(shop_zone),
        row_id=lambda row: str(row.number),
        row_url=lambda row: order_path(row.number),
        search=N_("Number, name, mail, item or tracking number"),
        filters=(
            Filter("status", N_("Order state"), {key: words for key, words in STATUS.items() if key not in ("draft", "pending")}),
            Filter("waits", N_("What waits"), WAITS),
            Filter("payment", N_("Payment"), PAYMENTS),
            Filter("country", N_("Country"), lambda: country_choices(current_language())),
            Filter("carrier", N_("Carrier"), _carriers),
            Filter("method", N_("Payment method"), _methods),
            Filter("from", N_("Placed from"), kind="date_from"),
            Filter("to", N_("Placed until"), kind="date_to"),
        ),
        bulk=_acts(),
        empty=N_("Orders stand here as soon as somebody buys."),
    ),
)  # fmt: skip
