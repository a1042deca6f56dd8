"""A cart as the pages show it and as prices are made of it."""

from dataclasses import dataclass

from storefront.core.contracts.pricing import Basket, BasketLine
from storefront.core.values.types import Dimensions, Problem, SaleStatus


@dataclass(frozen=True, slots=True)
class CartLineView:
    """One line now. Amounts are minor units of the cart's currency, weight grams, size millimetres.

    ``name_lang``: the language the name is in, by the fallback chain. ``seen_price``: what the shopper saw when adding,
    in ``seen_currency``. ``available``: pieces that can be ordered now, what this cart's own unfinished order holds
    included; ``None`` = no limit. ``problems``: what changed, most urgent first (CRT-3).
    """

    id: int
    sku_id: int
    sku_code: str
    product_id: int
    slug: str
    name: str
    name_lang: str
    options: str
    picture: str
    tint: int
    quantity: int
    unit_price: int
    list_price: int | None
    seen_price: int
    seen_currency: str
    status: SaleStatus
    available: int | None
    release: str = ""
    problems: tuple[Problem, ...] = ()
    price_changed: bool = False
    restrictions: frozenset[str] = frozenset()
    weight: int | None = None
    size: Dimensions | None = None
    tax_class: str = "standard"
    brand_id: int | None = None
    category_ids: tuple[int, ...] = ()
    purchase_limit: int | None = None

    @property
    def line_total(self) -> int:
        return self.unit_price * self.quantity

    @property
    def problem(self) -> Problem | None:
        """The most urgent of ``problems``."""
        return self.problems[0] if self.problems else None

    @property
    def blocked(self) -> bool:
        """As it stands this line cannot be ordered."""
        return not self.status.orderable or (self.available is not None and self.quantity > self.available)


@dataclass(frozen=True, slots=True)
class CartView:
    """``id``: ``None`` while there is no cart. ``country``: chosen for the postage estimate, "" before."""

    id: int | None
    currency: str
    country: str = ""
    lines: tuple[CartLineView, ...] = ()

    @property
    def count(self) -> int:
        """Pieces in the cart, for the badge."""
        return sum(line.quantity for line in self.lines)

    @property
    def items_total(self) -> int:
        """The lines that can be ordered, at today's prices, before anything else."""
        return sum(line.line_total for line in self.lines if line.status.orderable)

    @property
    def blocked(self) -> bool:
        return any(line.blocked for line in self.lines)


def basket_of(cart: CartView) -> Basket:
    """What is priced: the lines whose item can be ordered at all, keys ``cart:<line id>``."""
    return Basket(tuple(_basket_line(line) for line in cart.lines if line.status.orderable))


def _basket_line(line: CartLineView) -> BasketLine:
    return BasketLine(
        key=f"cart:{line.id}",
        quantity=line.quantity,
        unit_price=line.unit_price,
        sku_id=line.sku_id,
        product_id=line.product_id,
        title=line.name,
        list_price=line.list_price,
        tax_class=line.tax_class,
        weight=line.weight,
        size=line.size,
        brand_id=line.brand_id,
        category_ids=line.category_ids,
        restrictions=line.restrictions,
    )
