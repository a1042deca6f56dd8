"""The cart as its page shows it: lines with what changed, and an estimate for one destination (CRT-2, CRT-3)."""

from dataclasses import dataclass
from typing import NamedTuple

from storefront.core.cart.queries import CartLineView, CartView, load_cart
from storefront.core.checkout.quote import CheckoutQuote, Choices, quote_cart
from storefront.core.customers.addresses import is_country
from storefront.core.db import utcnow
from storefront.core.i18n.translate import gettext as _
from storefront.core.shipping.permission import Closed, line_problems
from storefront.core.values.types import Destination
from storefront.shop.checkout.summary import Summary, summary_of, why_no_delivery
from storefront.shop.checkout.words import bare_reason, closed_words, delivery_title, problem_words
from storefront.shop.context import (
    current_country,
    current_lang,
    current_providers,
    current_rate,
    current_shop,
    shop_session,
)

PRICE_CODES = frozenset({"price_changed"})


class LineNote(NamedTuple):
    """A sentence inside the line it concerns. ``bad``: as it stands the line cannot be ordered."""

    words: str
    bad: bool = False
    lang: str = ""
    title: str = ""


class CartRow(NamedTuple):
    """``typed``: the quantity as it was typed when that was refused."""

    line: CartLineView
    notes: tuple[LineNote, ...]
    typed: str = ""


@dataclass(frozen=True, slots=True)
class CartPage:
    """``country``: of the estimate, "" when none is chosen. ``obstacles``: what keeps the whole cart from going there."""

    cart: CartView
    rows: tuple[CartRow, ...]
    quoted: CheckoutQuote
    summary: Summary
    country: str
    obstacles: tuple[LineNote, ...] = ()

    @property
    def can_proceed(self) -> bool:
        return bool(self.rows) and any(row.line.status.orderable for row in self.rows)


class Refusal(NamedTuple):
    """Why the last change of a line was refused, and what was typed."""

    line_id: int
    words: str
    typed: str = ""


def no_cart() -> CartView:
    return CartView(None, current_rate().currency)


def current_cart() -> CartView:
    """The cart of this browser: no statement for a visitor without session."""
    session_id = shop_session()
    if session_id is None:
        return no_cart()
    return load_cart(session_id, current_lang(), current_rate(), current_shop().policies)


def country_of(cart: CartView, asked: str = "") -> str:
    """The destination of the estimate: asked for now, else kept with the cart, else chosen in the footer."""
    return next((code for code in (asked, cart.country, current_country()) if is_country(code)), "")


def cart_page(cart: CartView, asked_country: str = "", refusal: Refusal | None = None) -> CartPage:
    country = country_of(cart, asked_country)
    quoted = estimate(cart, country)
    closed = line_problems(quoted.closed)
    rows = tuple(_row(line, closed.get(f"cart:{line.id}", ()), refusal, _shut_out(line, quoted)) for line in cart.lines)
    obstacles = tuple(_closed_note(one) for one in closed.get("", ()))
    if not obstacles and country and quoted.quote.basket.lines:
        obstacles = tuple(LineNote(reason, True) for reason in why_no_delivery(quoted))
    if quoted.quote.invalid:
        obstacles = (*obstacles, LineNote(_("The price cannot be worked out just now. Please try again soon."), True))
    return CartPage(cart, rows, quoted, summary_of(quoted), country, obstacles)


def estimate(cart: CartView, country: str) -> CheckoutQuote:
    """The price with the cheapest delivery that can be chosen."""

    def quote(delivery: str = "") -> CheckoutQuote:
        destination = Destination(country) if country else None
        choices = Choices(destination=destination, delivery=delivery)
        return quote_cart(
            cart, choices, current_shop(), current_providers(), rate=current_rate(), lang=current_lang(), now=utcnow()
        )

    quoted = quote()
    if quoted.delivery is not None or not quoted.deliveries or not quoted.deliveries[0].choosable:
        return quoted
    return quote(quoted.deliveries[0].id)


def _shut_out(line: CartLineView, quoted: CheckoutQuote) -> list[LineNote]:
    """What does not carry this item to the destination, while something else does: by its reason, each once."""
    services: dict[str, list[str]] = {}
    for choice in quoted.deliveries:
        if not choice.choosable and line.name in choice.products:
            services.setdefault(bare_reason(choice), []).append(delivery_title(choice))
    return [
        LineNote(reason, title=_("Not by %(services)s:", services=", ".join(by))) for reason, by in services.items()
    ]


def _row(line: CartLineView, closed: tuple[Closed, ...], refusal: Refusal | None, shut_out: list[LineNote]) -> CartRow:
    notes = [
        LineNote(
            problem_words(problem),
            problem.code not in PRICE_CODES and line.blocked,
            "",
            _("The price has changed.") if problem.code in PRICE_CODES else "",
        )
        for problem in line.problems
    ]
    notes += [_closed_note(one) for one in closed] or shut_out
    if refusal is None or refusal.line_id != line.id:
        return CartRow(line, tuple(notes))
    return CartRow(line, (LineNote(refusal.words, True), *notes), refusal.typed)


def _closed_note(closed: Closed) -> LineNote:
    words, lang = closed_words(closed)
    return LineNote(words, True, lang)
