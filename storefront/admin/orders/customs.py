"""Customs of an order: what is declared, what is missing and can be written there, and the papers to print (SHP-7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from flask import Blueprint, Response, abort, make_response, render_template, request

from storefront.admin.goods.choices import origin_choices
from storefront.admin.guard import current_member, needs
from storefront.admin.once import new_token
from storefront.admin.orders.carrying import MAX_TYPED, in_one_unit, seen
from storefront.admin.orders.listing import order_path
from storefront.admin.orders.typed import BadEntry, Entry
from storefront.admin.orders.words import GAPS
from storefront.admin.words import problems_of, sentence
from storefront.core.catalog.checking import MAX_WEIGHT, check_customs
from storefront.core.catalog.errors import BadProduct
from storefront.core.customers.addresses import is_country, render_address
from storefront.core.db import session
from storefront.core.desk.customs import CustomsView, customs_view
from storefront.core.i18n.formats import country_name, format_date
from storefront.core.i18n.translate import N_, gettext, use_language
from storefront.core.i18n.translate import gettext as _
from storefront.core.lifecycle.customs import Described, describe_lines
from storefront.core.lifecycle.seen import ChangedMeanwhile, last_event
from storefront.core.orders.queries import find_order
from storefront.core.settings.calendar import shop_date
from storefront.core.settings.policies import in_language
from storefront.core.values.money import format_major
from storefront.shop.context import current_providers, current_shop
from storefront.shop.hx import redirect_to, render_page, toast

customs_desk = Blueprint("customs_desk", __name__, url_prefix="/manage/orders/<number>")

# The fields of a line, in the order in which they stand.
FIELDS = ("description", "hs_code", "origin", "weight")
LABELS = {
    "commercial_invoice": N_("Commercial invoice"),
    "declaration": N_("Customs declaration"),
    "invoice_number": N_("Invoice number"),
    "order": N_("Order number"),
    "date": N_("Date"),
    "parcel": N_("Parcel"),
    "service": N_("Carried by"),
    "tracking": N_("Tracking number"),
    "incoterm": N_("Incoterm"),
    "sender": N_("Sender"),
    "receiver": N_("Receiver"),
    "phone": N_("Telephone"),
    "category": N_("Category"),
    "sale": N_("Sale of goods"),
    "item": N_("Item"),
    "hs": N_("HS code"),
    "origin": N_("Country of origin"),
    "pieces": N_("Pieces"),
    "net": N_("Net weight (g)"),
    "unit": N_("Price (%(currency)s)"),
    "value": N_("Value (%(currency)s)"),
    "goods": N_("Goods"),
    "extra": N_("Postage and fees"),
    "total": N_("Total"),
    "gross": N_("Gross weight (g)"),
    "truth": N_("These goods were sold. The values are the prices that were paid for them."),
    "signed": N_("Date and signature"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood in the form when it was refused."""

    status: int = 200
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()
    seen: int | None = None


def _view(number: str) -> CustomsView:
    order = find_order(number)
    if order is None:
        abort(404)
    return customs_view(order, current_shop(), current_providers())


@customs_desk.get("/customs")
@needs("orders.view")
def show(number: str) -> Response:
    return _page(number, Typed())


@customs_desk.post("/customs")
@needs("shipments.edit")
def save(number: str) -> Response:
    """Descriptions of the lines; with ``products`` also of the products, for those who may change them."""
    typed = {name: value[:MAX_TYPED].replace("\0", "") for name, value in request.form.items()}
    home = str(current_shop().policy("shop.country"))
    products = "products" in request.form and current_member().may("catalog.edit")
    try:
        wanted = _read([line.position for line in _view(number).lines])

        def work(actor: str, now: datetime) -> None:
            describe_lines(number, wanted, home=home, actor=actor, now=now, products=products)

        _refunds, ran = in_one_unit(number, work)
    except BadEntry as error:
        return _page(number, Typed(422, typed, error.errors, seen=seen()))
    except Exception as error:
        problems = problems_of(error)
        if not problems:
            raise
        session.rollback()
        changed = isinstance(error, ChangedMeanwhile)
        said = tuple(sentence(problem) for problem in problems)
        # After a conflict the page knows the newest event: what is typed can be saved on top of it.
        return _page(number, Typed(409 if changed else 422, typed, {}, said, None if changed else seen()))
    toast(_("The customs data are saved.") if ran else _("This was done already; it was not done twice."))
    return redirect_to(f"{order_path(number)}/customs")


def _read(positions: list[int]) -> dict[int, Described]:
    entry, found = Entry(request.form), {}
    for position in positions:
        if f"description-{position}" not in request.form:
            continue
        description = entry.text(f"description-{position}", 200)
        code, origin = entry.text(f"hs_code-{position}", 20), entry.text(f"origin-{position}", 2).upper()
        for name, pair in (("description", (description, "")), ("hs_code", ("", code))):
            try:
                check_customs(*pair)
            except BadProduct as error:
                entry.wrong(f"{name}-{position}", sentence(error.problem))
        if origin and not is_country(origin):
            entry.wrong(f"origin-{position}", _("Please choose one of the list."))
        weight = entry.number(f"weight-{position}", lowest=1, highest=MAX_WEIGHT)
        found[position] = Described(description, code, origin, weight)
    entry.done()
    return found


def _page(number: str, typed: Typed) -> Response:
    view = _view(number)
    member = current_member()
    home_lines = in_language(current_shop().policy("shop.address"), "en")
    return render_page(
        "manage/orders/customs.html",
        "manage/orders/_customs.html",
        status=typed.status,
        view=view,
        order=view.order,
        root=order_path(number),
        typed=typed,
        values=_values(view, typed),
        gap_words=lambda gaps: ", ".join(_(GAPS[gap]) for gap in gaps),
        may=member.may,
        summary=_summary(typed.errors),
        may_write=member.may("shipments.edit") and view.order.state in ("pending", "processing"),
        may_products=member.may("catalog.edit"),
        origins=origin_choices(),
        amount=plain_amount,
        seen=typed.seen if typed.seen is not None else last_event(view.order.id),
        once=new_token(),
        sender_missing=view.abroad and not home_lines.strip(),
        rate_missing=not current_shop().policy("customs.sdr_rate"),
    )


def _summary(errors: Mapping[str, str]) -> list[tuple[str, str]]:
    """Ids of the inputs and what they are called, with the line."""
    names = {
        "description": _("Customs description in English"),
        "hs_code": _("HS code"),
        "origin": _("Country of origin"),
        "weight": _("Weight"),
    }
    return [(field_id, f"{field_id.split('-')[1]}. {names[field_id.split('-')[0]]}") for field_id in errors]


def _values(view: CustomsView, typed: Typed) -> dict[str, str]:
    found = {}
    for line in view.lines:
        own = (line.customs_description, line.hs_code, line.origin, "" if line.weight is None else str(line.weight))
        found.update({f"{name}-{line.position}": value for name, value in zip(FIELDS, own, strict=True)})
    return {**found, **{name: value for name, value in typed.values.items() if name in found}}


def plain_amount(amount: int | None, currency: str) -> str:
    """Digits in groups of three, without a sign of the currency; "" for what is not known."""
    return "" if amount is None else f"{Decimal(format_major(amount, currency)):,}"


# --- papers -------------------------------------------------------------------------------------------------------------


@customs_desk.get("/commercial-invoice")
@needs("orders.view")
def commercial_invoice(number: str) -> Response:
    """Of one parcel (``?parcel=``), else of the first: always there, also before anything is billed or packed."""
    return _paper("commercial_invoice", number)


@customs_desk.get("/declaration")
@needs("orders.view")
def declaration(number: str) -> Response:
    """The data of the CN22 or CN23, to be copied into the carrier's own form."""
    return _paper("declaration", number)


def _paper(kind: str, number: str) -> Response:
    view, shop = _view(number), current_shop()
    parcel = view.declaration(request.args.get("parcel", type=int))
    if parcel is None:
        abort(404)
    # Papers that cross a border are English whoever prints them; at home Japanese stands beside it.
    with use_language("en"):
        at = view.order.placed_at or view.order.created_at
        response = make_response(
            render_template(
                f"manage/orders/{kind}.html",
                view=view,
                order=view.order,
                parcel=parcel,
                label=_labels(view.abroad, view.order.currency),
                paper_lang="en",
                titles={line.position: line.title for line in view.lines},
                title_langs={line.position: line.title_locale for line in view.lines},
                country=lambda code: country_name(code, "en") if code else "",
                amount=lambda amount: plain_amount(amount, view.order.currency),
                service=_service(parcel.carrier, parcel.service),
                incoterm=str(shop.policy("customs.incoterm")) if view.abroad else "",
                seller=in_language(shop.policy("shop.name"), "en"),
                seller_lines=[x for x in in_language(shop.policy("shop.address"), "en").splitlines() if x.strip()],
                seller_country=country_name(str(shop.policy("shop.country")), "en"),
                seller_phone=str(shop.policy("customs.phone")),
                seller_mail=str(shop.policy("shop.email")),
                receiver_lines=render_address(view.address, "en" if view.abroad else "ja", latin=view.abroad),
                date=format_date(shop_date(at, shop.policies), "en"),
            )
        )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _labels(abroad: bool, currency: str) -> dict[str, str]:
    found = {}
    for key, msgid in LABELS.items():
        words = gettext(msgid, currency=currency)
        if not abroad:
            with use_language("ja"):
                japanese = gettext(msgid, currency=currency)
            words = f"{words} / {japanese}"
        found[key] = words
    return found


def _service(carrier: str, service: str) -> str:
    """The carrier as it calls itself in English, with the key of its service; its key where the plugin is gone."""
    registered = current_providers().carriers(installed=True).get(carrier)
    title = str(registered.value.title) if registered is not None else carrier
    return f"{title} ({service})" if service else title
