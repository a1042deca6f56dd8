"""What a plugin adds to pages besides lists and forms of the back office: pages of its own, and hosts browsers may reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Who may open a page: everybody, or of the staff those with a right (``orders.view``).
ANYBODY = "anybody"


@dataclass(frozen=True, slots=True)
class Page:
    """What a view of a plugin answers: a template of its own (``<plugin>/page.html``) and what it shows. The shop renders
    it, escaped. ``part``: the template htmx gets instead, when it asks for a part of the page."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class GoTo:
    """What a view answers after a post: the browser goes on to ``path`` of this shop."""

    path: str


# What may be let in from elsewhere. Scripts and styles may not: nothing of others runs in the shop's pages.
DIRECTIVES = frozenset({"img-src", "connect-src", "form-action", "frame-src", "media-src"})
# Areas of the shop where a plugin may need it.
AREAS = frozenset({"catalog", "cart", "checkout", "orders", "bills"})


@dataclass(frozen=True, slots=True)
class CspSource:
    """A host that browsers may reach while the plugin is enabled. ``directive``: one of ``DIRECTIVES``. Either ``source``, an
    origin such as ``https://maps.example``, or ``setting``: the plugin's setting that holds an address of it. ``on``: areas
    of the shop (``AREAS``) beside the plugin's own pages, where it always holds."""

    directive: str
    source: str = ""
    setting: str = ""
    on: tuple[str, ...] = ()
