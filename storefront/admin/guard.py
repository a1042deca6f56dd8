"""Who may open which page of the back office. Every view names what it needs; one that names nothing is closed to all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Flask, Response, abort, current_app, g, request, url_for

from storefront.admin.session import staff_session
from storefront.core.i18n.translate import gettext as _
from storefront.core.staff import second_factor
from storefront.core.staff.rights import ALL_RIGHTS, may
from storefront.shop.context import current_shop
from storefront.shop.hx import is_fragment, redirect_to, vary
from storefront.shop.jinja import here

MANAGE = "manage"
# What a view may name beside a right.
ANYBODY, ANY_STAFF, UNVERIFIED = "anybody", "any staff", "unverified"

# Long texts in four languages; a product with hundreds of variants.
FORM_BYTES, FORM_PARTS = 8 * 1024**2, 5_000

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Member:
    """Whoever is logged in. ``actor``: the name in audit rows and histories."""

    id: int
    name: str
    role: str
    locale: str

    @property
    def actor(self) -> str:
        return f"staff:{self.id}"

    def may(self, right: str) -> bool:
        return may(self.role, right)


def needs(right: str) -> Callable[[View], View]:
    """The view below is for those with ``right``."""
    if right not in ALL_RIGHTS:
        raise ValueError(f"{right!r} is no right: {', '.join(sorted(ALL_RIGHTS))}")
    return _marked(right)


def for_any_staff(view: View) -> View:
    """For everybody who is logged in: their own account, the way out."""
    return _marked(ANY_STAFF)(view)


def before_second_factor(view: View) -> View:
    """Also for those who must set up a second factor before anything else: setting it up, the way out."""
    view.before_second_factor = True  # type: ignore[attr-defined]
    return view


def for_unverified(view: View) -> View:
    """For somebody who gave a password and no second factor yet."""
    return _marked(UNVERIFIED)(view)


def for_anybody(view: View) -> View:
    """Without a log-in: the log-in itself, the set-up."""
    return _marked(ANYBODY)(view)


def decides_itself(view: View) -> View:
    """Which right the view needs depends on what it shows (a plugin's page, a task): it calls ``require``. Only for those
    who are logged in."""
    return _marked(ANY_STAFF)(view)


def takes(most_bytes: int) -> Callable[[View], View]:
    """Posts to the view below may be as large as that."""

    def mark(view: View) -> View:
        view.takes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


def _marked(needed: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.needs = needed  # type: ignore[attr-defined]
        return view

    return mark


def current_member() -> Member:
    """Whoever is logged in; only behind a view that needs it."""
    member = find_member()
    if member is None:
        abort(403)
    return member


def find_member() -> Member | None:
    if "member" not in g:
        found = staff_session().load() if is_manage() else None
        logged_in = found is not None and found.staff_id is not None and found.verified
        g.member = Member(found.staff_id, found.name, found.role, found.locale) if found and logged_in else None
    member: Member | None = g.member
    return member


def is_manage() -> bool:
    return request.path.lstrip("/").partition("/")[0] == MANAGE


def require(right: str) -> None:
    """End the request with 403 unless the member has ``right``."""
    if not current_member().may(right):
        abort(403, _("Your role does not allow this. Whoever manages the staff can change that."))


def init_guard(app: Flask) -> None:
    @app.url_value_preprocessor
    def widen(endpoint: str | None, _values: dict[str, Any] | None) -> None:
        """Who is logged in may post more than a shopper, and a large file who may use it. Before anything reads the form."""
        member = find_member() if endpoint is not None and request.method == "POST" and is_manage() else None
        if member is None:
            return
        view = current_app.view_functions.get(endpoint or "")
        needed = getattr(view, "needs", "")
        if needed in ALL_RIGHTS and not member.may(needed):
            return
        most = getattr(view, "takes", FORM_BYTES)
        request.max_content_length, request.max_form_memory_size, request.max_form_parts = most, FORM_BYTES, FORM_PARTS

    @app.before_request
    def check_right() -> Response | None:
        if not is_manage() or request.endpoint is None:
            return None
        view = current_app.view_functions[request.endpoint]
        needed = getattr(view, "needs", None)
        if needed == ANYBODY:
            return None
        found = staff_session().load()
        if needed == UNVERIFIED:
            return None if found.staff_id is not None else to_log_in()
        if find_member() is None:
            return to_log_in()
        if needed is None:
            abort(403)
        if _must_enrol() and not getattr(view, "before_second_factor", False):
            return redirect_to(url_for("staff.second_factor"))
        if needed != ANY_STAFF:
            require(needed)
        return None


def _must_enrol() -> bool:
    found = staff_session().load()
    return second_factor.is_due(found.role, found.has_second_factor, current_shop().policy(second_factor.POLICY))


def to_log_in() -> Response:
    """The log-in page, from which the way leads back here."""
    target = here() if request.method == "GET" and not is_fragment() else ""
    path = url_for("staff.log_in") + (f"?next={quote(target, safe='/')}" if target else "")
    if is_fragment():
        return vary(Response(status=401, headers={"HX-Redirect": path}))
    return redirect_to(path)
