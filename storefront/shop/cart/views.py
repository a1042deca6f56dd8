"""The cart: its page, adding to it, changing its lines. Every act is a plain form first (CRT-4)."""

from flask import Blueprint, Response, abort, render_template, request, url_for

from storefront.core.cart import service as cart_service
from storefront.core.cart.errors import BadQuantity, CartError, UnknownLine, UnknownSku
from storefront.core.cart.queries import find_cart_id, parse_quantity
from storefront.core.customers.addresses import is_country
from storefront.core.db import run_unit
from storefront.core.i18n.formats import country_name
from storefront.core.i18n.translate import gettext as _
from storefront.core.stock.errors import OutOfStock
from storefront.core.values.types import Problem
from storefront.shop.cart.page import CartPage, Refusal, cart_page, current_cart
from storefront.shop.cart.product import refused_on_product_page
from storefront.shop.checkout.words import problem_words
from storefront.shop.context import current_lang, current_rate, current_shop, fetched_ahead, shop_session
from storefront.shop.csrf import from_catalogue
from storefront.shop.hx import is_fragment, redirect_to, render_page, toast, vary
from storefront.shop.preferences.countries import country_choices

cart_pages = Blueprint("cart", __name__)

STEPS = {"1": 1, "-1": -1}
MAX_ID = 2**31 - 1


@cart_pages.get("/<lang:lang>/cart")
def show() -> Response:
    """``country`` chooses the destination of the estimate; it is kept with the cart."""
    asked = request.args.get("country", "").upper()
    asked = asked if is_country(asked) else ""
    page = cart_page(current_cart(), asked)
    if asked and page.cart.id is not None and asked != page.cart.country and not fetched_ahead():
        cart_id = page.cart.id
        run_unit(lambda: cart_service.set_country(cart_id, asked))
    return _answer(page, added="added" in request.args)


@cart_pages.post("/<lang:lang>/cart/items")
@from_catalogue
def add() -> Response:
    """Put pieces of a variant (``sku``) into the cart; the session is made here when there is none."""
    sku, typed = request.form.get("sku", ""), request.form.get("quantity", "1")
    rate, policies = current_rate(), current_shop().policies
    maximum, low = int(policies["cart.max_quantity"]), int(policies["stock.low"])

    def work() -> cart_service.AddedLine:
        session_id = shop_session(create=True)
        assert session_id is not None
        return cart_service.add(session_id, sku, quantity, rate, maximum, low)

    shop_session()
    try:
        quantity = parse_quantity(typed, maximum)
        added = run_unit(work)
    except UnknownSku as error:
        abort(404, problem_words(error.problem))
    except (CartError, OutOfStock) as error:
        return _not_added(sku, typed, error.problem, _status(error))
    if not is_fragment():
        return redirect_to(url_for("cart.show", added=1))
    toast(_("Added to the cart."), url_for("cart.show"), _("See the cart"))
    return _fragment("cart/_added.html", count=added.count)


def _not_added(sku: str, typed: str, problem: Problem, status: int) -> Response:
    words = problem_words(problem)
    if is_fragment():
        return _fragment("cart/_refused.html", status, words=words)
    return refused_on_product_page(sku, typed, words, status)


@cart_pages.post("/<lang:lang>/cart/items/<int:line_id>")
def change(line_id: int) -> Response:
    """``remove``, ``step`` (1 or -1 from the number that is shown) or ``quantity`` (0 removes)."""
    session_id = shop_session()
    if session_id is None or line_id > MAX_ID:
        abort(404, _gone())
    typed = request.form.get("quantity", "")
    maximum = int(current_shop().policy("cart.max_quantity"))

    def work() -> cart_service.ChangedLine:
        cart_id = find_cart_id(session_id)
        if cart_id is None:
            raise UnknownLine
        return cart_service.set_quantity(cart_id, line_id, quantity, max_quantity=maximum)

    before = [line.id for line in current_cart().lines] if is_fragment() else []
    try:
        quantity = _wanted(typed, maximum)
        changed = run_unit(work)
    except UnknownLine:
        abort(404, _gone())
    except (CartError, OutOfStock) as error:
        page = cart_page(current_cart(), refusal=Refusal(line_id, problem_words(error.problem), typed))
        if not any(row.line.id == line_id for row in page.rows):
            abort(404, _gone())
        return _answer(page, _status(error))
    if not is_fragment():
        return redirect_to(url_for("cart.show"))
    if not changed.quantity:
        toast(_("Removed from the cart."))
    return _answer(cart_page(current_cart()), focus=0 if changed.quantity else _next_line(before, line_id))


def _gone() -> str:
    return problem_words(UnknownLine().problem)


def _wanted(typed: str, maximum: int) -> int:
    """The quantity the form asks for; ``BadQuantity`` for anything else."""
    if "remove" in request.form:
        return 0
    step = request.form.get("step")
    if step is None:
        return parse_quantity(typed, max(maximum, 1), 0)
    if step not in STEPS:
        raise BadQuantity(0, maximum)
    return parse_quantity(typed, 10**6, 0) + STEPS[step]


def _next_line(before: list[int], gone: int) -> int:
    """The line whose button takes the focus after one is removed: the next one, else the last; -1 for none."""
    rest = [line_id for line_id in before if line_id != gone]
    return next((line_id for line_id in rest if line_id > gone), rest[-1] if rest else -1)


def _status(error: Exception) -> int:
    """422: what was typed is wrong; 409: the shop's stock or status says no."""
    return 409 if isinstance(error, (OutOfStock, cart_service.NotOrderable)) else 422


def _answer(page: CartPage, status: int = 200, *, focus: int = 0, added: bool = False) -> Response:
    """``focus``: the line whose remove button takes the focus after a swap; 0: none."""
    choices = country_choices_with(page.country)
    maximum = int(current_shop().policy("cart.max_quantity"))
    return render_page(
        "cart/page.html",
        "cart/_cart.html",
        status=status,
        page=page,
        countries=choices,
        maximum=maximum,
        focus=focus,
        added=added,
        fragment=is_fragment(),
    )


def country_choices_with(code: str) -> tuple[tuple[str, str], ...]:
    """The usual destinations, and the chosen one where it is not among them."""
    from_footer = country_choices(current_lang())
    if not code or any(code == known for known, _name in from_footer):
        return from_footer
    return ((code, country_name(code, current_lang())), *from_footer)


def _fragment(template: str, status: int = 200, **context: object) -> Response:
    response = vary(Response(render_template(template, **context), status))
    response.headers["Cache-Control"] = "private, no-store"
    return response
