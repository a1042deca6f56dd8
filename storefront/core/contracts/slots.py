"""The places in pages where a plugin may show something: a closed list, each with a frozen type of what it is given.

A plugin never touches the shop's templates; it answers a place with a ``Fragment`` of its own template or with a ``Lazy``
part that the browser fetches. Core renders with autoescape, inside the part of the page that htmx swaps, so a swap never
loses it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from storefront.core.values.money import Money


@dataclass(frozen=True, slots=True)
class Fragment:
    """Something to show. ``template``: ``<plugin>/<name>.html`` in the plugin's folder ``templates``; it sees ``context``
    and the shop's functions (``_``, ``icon``, ``money_text``), nothing of the page."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lazy:
    """Something the browser fetches when the page is there, for what differs between visitors or takes time. ``url``: a path
    of this shop; ``label``: what the link to it says where there is no JavaScript (already translated)."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A place. ``lang``: of the page, as URL tag."""

    name: ClassVar[str] = ""

    lang: str


@dataclass(frozen=True, slots=True)
class HeaderIcons(Slot):
    """Beside the cart at the top of every page but the checkout. Kept small: an icon with a link."""

    name: ClassVar[str] = "header.icons"


@dataclass(frozen=True, slots=True)
class FooterLinks(Slot):
    """Below the links at the foot of every page but the checkout."""

    name: ClassVar[str] = "footer.links"


@dataclass(frozen=True, slots=True)
class ProductActions(Slot):
    """Under the button of a product's page, outside its form. ``sku``, ``price``: of the chosen variant, "" and ``None``
    when the product has none. ``orderable``: it can be put into the cart now. The page may be kept by browsers: what
    differs between visitors is a ``Lazy``."""

    name: ClassVar[str] = "product.actions"

    product_id: int
    slug: str
    title: str
    sku: str
    price: Money | None
    orderable: bool


@dataclass(frozen=True, slots=True)
class ProductAfter(Slot):
    """On a product's page between its description and the related goods. Given and kept as ``ProductActions``."""

    name: ClassVar[str] = "product.after"

    product_id: int
    slug: str
    title: str
    sku: str
    price: Money | None
    orderable: bool


@dataclass(frozen=True, slots=True)
class CardBadges(Slot):
    """On the card of a product in lists and shelves, at the end of its texts. Asked for each card of a page (24 and more):
    no statement, no file. ``price``: of its cheapest variant. The page may be kept by browsers."""

    name: ClassVar[str] = "product.card.badges"

    product_id: int
    slug: str
    title: str
    price: Money


@dataclass(frozen=True, slots=True)
class CartLineAfter(Slot):
    """Under a line of the cart. ``unit_price``: now, tax included."""

    name: ClassVar[str] = "cart.line"

    line_id: int
    product_id: int
    sku: str
    quantity: int
    unit_price: Money


@dataclass(frozen=True, slots=True)
class CartSummary(Slot):
    """In the box of the cart, between the sums and the button. ``total`` is ``None`` while a part is unknown; ``so_far``:
    what is known. ``country``: of the estimate, "" when none is chosen."""

    name: ClassVar[str] = "cart.summary"

    country: str
    pieces: int
    so_far: Money
    total: Money | None


@dataclass(frozen=True, slots=True)
class CheckoutDiscounts(Slot):
    """In the box at the side of delivery and confirm, after the sums: inside the step's form, so no form of its own."""

    name: ClassVar[str] = "checkout.discounts"

    so_far: Money
    total: Money | None


@dataclass(frozen=True, slots=True)
class CheckoutPayment(Slot):
    """On the step of delivery and payment, after the methods: inside its form. ``method``: the chosen one's key, "" before.
    ``country``: where the order goes."""

    name: ClassVar[str] = "checkout.payment"

    method: str
    country: str
    so_far: Money


@dataclass(frozen=True, slots=True)
class OrderPanels(Slot):
    """On the page of an order, after its facts, for whoever has its private link. ``status``: what the shopper sees
    (awaiting_payment, payment_checked, pending, processing, partly_shipped, shipped, completed, cancelled, draft).
    ``method`` and ``due``: of the open bill and what is still to come, "" and ``None`` when there is none. ``carrier``,
    ``service``: keys. ``total`` is ``None`` while a part is unknown."""

    name: ClassVar[str] = "order.panels"

    order_id: int
    number: str
    status: str
    country: str
    carrier: str
    service: str
    method: str
    due: Money | None
    total: Money | None


@dataclass(frozen=True, slots=True)
class AdminOrderPanels(Slot):
    """On the page of an order in the back office, in the column of facts; given as ``OrderPanels``. Whoever may see orders
    sees it."""

    name: ClassVar[str] = "admin.order.panels"

    order_id: int
    number: str
    status: str
    country: str
    carrier: str
    service: str
    method: str
    due: Money | None
    total: Money | None


SLOTS: Mapping[str, type[Slot]] = {
    slot.name: slot
    for slot in (
        HeaderIcons,
        FooterLinks,
        CardBadges,
        ProductActions,
        ProductAfter,
        CartLineAfter,
        CartSummary,
        CheckoutDiscounts,
        CheckoutPayment,
        OrderPanels,
        AdminOrderPanels,
    )
}


@dataclass(frozen=True, slots=True)
class Placement:
    """What of a plugin stands in a place. ``slot``: its type; ``fill``: called with what the place is given, each time the
    page is made, with the plugin's settings readable; it answers quickly, writes nothing, and returns ``None`` for
    nothing. Of several in one place the lower ``priority`` comes first, then the plugin's name, then the order given."""

    slot: type[Slot]
    fill: Callable[[Any], Fragment | Lazy | None]
    priority: int = 100
