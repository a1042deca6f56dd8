"""The one place that reads and writes htmx headers (htmx 4). Everything here answers plain requests just as well.

- a page and its part are two templates; ``render_page`` chooses, and says so in ``Vary``;
- a message after an act is a toast for htmx, a notice on the next page otherwise;
- an error that no view built becomes a toast too: never a whole page inside a small target.
"""

import json
from typing import Any

from flask import Flask, Response, flash, g, make_response, redirect, render_template, request

from storefront.shop.paths import is_own_path

VARY = ("HX-Request", "HX-Request-Type", "HX-History-Restore-Request", "HX-Target")


def is_fragment() -> bool:
    """The browser wants a part to put into the page it shows. Going back in history asks for a whole page again."""
    headers = request.headers
    return (
        bool(request.htmx)  # type: ignore[attr-defined]
        and headers.get("HX-Request-Type") == "partial"
        and "HX-History-Restore-Request" not in headers
    )


def is_fragment_for(element_id: str) -> bool:
    """The part is to go into the element with this id: where one address has several parts."""
    return is_fragment() and request.headers.get("HX-Target", "").partition("#")[2] == element_id


def render_page(page_template: str, part_template: str, *, status: int = 200, **context: Any) -> Response:
    """The part for a fragment request, else the page that includes it; both with ``context`` and ``status``."""
    fragment = is_fragment()
    response = make_response(render_template(part_template if fragment else page_template, **context), status)
    vary(response)
    if fragment:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def vary(response: Response) -> Response:
    response.vary.update(VARY)
    return response


def toast(message: str, href: str = "", link: str = "") -> None:
    """Say ``message`` (already translated) after this act: at once with htmx, else on the next page. ``href`` with the
    words ``link``: where to go from there, at once only (without script one is there already)."""
    if is_fragment():
        _triggers()["toast"] = {"message": message, **({"href": href, "link": link} if href else {})}
    else:
        flash(message)


def redirect_to(path: str) -> Response:
    """Go on to another page of the shop after a POST. Raises ``ValueError`` for anything that is no own path."""
    if not is_own_path(path):
        raise ValueError(f"not a path of this shop: {path[:80]!r}")
    return _go(path)


def leave_to(url: str) -> Response:
    """Send the browser to a payment gateway. ``url`` comes from the gateway's plugin, never from a shopper."""
    if not url.startswith(("https://", "http://")) or any(ord(c) <= 32 for c in url):
        raise ValueError("not an address a browser may be sent to")
    return _go(url)


def _go(url: str) -> Response:
    if is_fragment():
        return vary(Response(status=204, headers={"HX-Redirect": url}))
    response = redirect(url, 303)
    assert isinstance(response, Response)
    return vary(response)


def toast_answer(message: str, status: int) -> Response:
    """An error for a fragment request: nothing is swapped, the message is said."""
    toast(message)
    return vary(Response(status=status, headers={"HX-Reswap": "none"}))


def _triggers() -> dict[str, Any]:
    if "hx_triggers" not in g:
        g.hx_triggers = {}
    triggers: dict[str, Any] = g.hx_triggers
    return triggers


def init_hx(app: Flask) -> None:
    @app.after_request
    def send_triggers(response: Response) -> Response:
        if g.get("hx_triggers"):
            # ASCII: a header with other characters is refused by the web server.
            response.headers["HX-Trigger"] = json.dumps(g.hx_triggers)
        return response
