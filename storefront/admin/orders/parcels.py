"""What can be done to the parcels of an order."""

from datetime import datetime

from flask import Blueprint, Response, request
from sqlalchemy import select

from storefront.admin.guard import needs
from storefront.admin.orders.acts import positions
from storefront.admin.orders.carrying import Work, carry_out
from storefront.admin.orders.typed import Entry
from storefront.core.db import session
from storefront.core.i18n.translate import gettext as _
from storefront.core.lifecycle import parcels as verbs
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.move import pack_checked
from storefront.core.lifecycle.ship import MAX_WEIGHT, hand_over, plan
from storefront.core.orders.models import Order
from storefront.core.shipping.models import Shipment
from storefront.core.values.types import Dimensions
from storefront.shop.context import current_providers, current_shop

parcel_acts = Blueprint("parcel_acts", __name__, url_prefix="/manage/orders/<number>")


def _own(number: str, parcel_id: int) -> None:
    """Inside the unit: the parcel in the address is one of this order."""
    owner = session.scalar(
        select(Order.number).join(Shipment, Shipment.order_id == Order.id).where(Shipment.id == parcel_id)
    )
    if owner != number:
        raise NotPossible("There is no such parcel.")


@parcel_acts.post("/plan")
@needs("shipments.edit")
def plan_parcel(number: str) -> Response:
    """A parcel of the pieces entered, of everything in hand when none are; packed at once when it is weighed already."""

    def read() -> Work:
        entry = Entry(request.form)
        wanted = entry.pieces("pack-", positions("pack-"))
        weight, size = entry.number("weight", lowest=1, highest=MAX_WEIGHT), entry.size()
        entry.done()

        def work(actor: str, now: datetime) -> None:
            parcel = plan(number, wanted or None, actor=actor, now=now)
            if weight or "packed" in request.form:
                _pack(parcel.id, weight, size, actor, now)

        return work

    return carry_out(number, "plan", read, _("The parcel is on the page."))


def _pack(parcel_id: int, weight: int | None, size: Dimensions | None, actor: str, now: datetime) -> None:
    """By another service where the chosen one does not take it and the packer agreed (``confirmed``)."""
    pack_checked(
        parcel_id, weight, current_shop(), current_providers(),
        actor=actor, now=now, size=size, agreed=request.form.get("confirmed", "")[:200],
    )  # fmt: skip


@parcel_acts.post("/parcels/<int:parcel_id>/pack")
@needs("shipments.edit")
def pack_parcel(number: str, parcel_id: int) -> Response:
    def read() -> Work:
        entry = Entry(request.form)
        weight, size = entry.number("weight", lowest=1, highest=MAX_WEIGHT), entry.size()
        entry.done()

        def work(actor: str, now: datetime) -> None:
            _own(number, parcel_id)
            _pack(parcel_id, weight, size, actor, now)

        return work

    return carry_out(number, f"pack:{parcel_id}", read, _("The parcel is packed."))


@parcel_acts.post("/parcels/<int:parcel_id>/contents")
@needs("shipments.edit")
def change_contents(number: str, parcel_id: int) -> Response:
    def read() -> Work:
        entry = Entry(request.form)
        wanted = entry.pieces("pack-", positions("pack-"))
        entry.done()

        def work(actor: str, now: datetime) -> None:
            _own(number, parcel_id)
            verbs.repack(parcel_id, wanted, actor=actor, now=now)

        return work

    return carry_out(number, f"contents:{parcel_id}", read, _("The contents are changed; please weigh it again."))


@parcel_acts.post("/parcels/<int:parcel_id>/hand-over")
@needs("shipments.edit")
def hand_over_parcel(number: str, parcel_id: int) -> Response:
    def read() -> Work:
        tracking = request.form.get("tracking", "")[:200]

        def work(actor: str, now: datetime) -> None:
            _own(number, parcel_id)
            hand_over(parcel_id, current_providers(), actor=actor, now=now, tracking=tracking)

        return work

    return carry_out(number, f"hand_over:{parcel_id}", read, _("Handed over. The shopper gets a mail."))


@parcel_acts.post("/parcels/<int:parcel_id>/take-apart")
@needs("shipments.edit")
def take_apart(number: str, parcel_id: int) -> Response:
    def read() -> Work:
        def work(actor: str, now: datetime) -> None:
            _own(number, parcel_id)
            verbs.unplan(parcel_id, actor=actor, now=now)

        return work

    return carry_out(number, f"parcel:{parcel_id}", read, _("The parcel is taken apart."))


@parcel_acts.post("/parcels/<int:parcel_id>/delivered")
@needs("shipments.edit")
def delivered(number: str, parcel_id: int) -> Response:
    def read() -> Work:
        def work(actor: str, now: datetime) -> None:
            _own(number, parcel_id)
            verbs.mark_delivered(parcel_id, actor=actor, now=now)

        return work

    return carry_out(number, f"parcel:{parcel_id}", read, _("The parcel is delivered."))


@parcel_acts.post("/parcels/<int:parcel_id>/lost")
@needs("shipments.edit")
def lost(number: str, parcel_id: int) -> Response:
    def read() -> Work:
        reason = Entry(request.form).text("reason")

        def work(actor: str, now: datetime) -> None:
            _own(number, parcel_id)
            verbs.mark_lost(parcel_id, actor=actor, now=now, reason=reason)

        return work

    return carry_out(number, f"lost:{parcel_id}", read, _("The parcel is marked as lost."))


@parcel_acts.post("/parcels/<int:parcel_id>/returned")
@needs("shipments.edit")
def returned(number: str, parcel_id: int) -> Response:
    """It came back; the pieces entered go back on the shelf."""

    def read() -> Work:
        entry = Entry(request.form)
        shelf = entry.pieces("shelf-", positions("shelf-"))
        reason = entry.text("reason")
        entry.done()

        def work(actor: str, now: datetime) -> None:
            _own(number, parcel_id)
            verbs.mark_returned(parcel_id, shelf, actor=actor, now=now, reason=reason)

        return work

    return carry_out(number, f"returned:{parcel_id}", read, _("The parcel is entered as returned."))


@parcel_acts.post("/parcels/<int:parcel_id>/tracking")
@needs("shipments.edit")
def tracking_number(number: str, parcel_id: int) -> Response:
    def read() -> Work:
        tracking, mail = request.form.get("tracking", "")[:200], "mail" in request.form

        def work(actor: str, now: datetime) -> None:
            _own(number, parcel_id)
            verbs.fix_tracking(
                parcel_id, tracking, current_providers(), actor=actor, now=now, mail=mail
            )  # fmt: skip

        return work

    return carry_out(number, f"tracking:{parcel_id}", read, _("The tracking number is changed."))
