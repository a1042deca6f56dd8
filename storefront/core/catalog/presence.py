"""What the shop has already of the products somebody is about to write: one statement a table, however many they are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_, select

from storefront.core.catalog.data import ProductData, Wanted
from storefront.core.catalog.errors import SkuCodeTaken, SlugTaken
from storefront.core.catalog.models import Product, ProductCategory, ProductPicture, ProductText, Sku, SkuPrice
from storefront.core.db import lock_for_update, session


@dataclass(slots=True)
class Present:
    """Rows by product id (prices by SKU id). The products are locked until the unit ends."""

    products: dict[int, Product] = field(default_factory=dict)
    texts: dict[int, dict[str, ProductText]] = field(default_factory=lambda: defaultdict(dict))
    categories: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    pictures: dict[int, list[ProductPicture]] = field(default_factory=lambda: defaultdict(list))
    skus: dict[int, list[Sku]] = field(default_factory=lambda: defaultdict(list))
    prices: dict[int, dict[str, SkuPrice]] = field(default_factory=lambda: defaultdict(dict))


def load_present(product_ids: Iterable[int] = (), codes: Sequence[str] = (), *, lock: bool = True) -> Present:
    """Lock and read the products with these ids or codes, with all that belongs to them. Inside the caller's unit; to
    look only, without ``lock``, anywhere."""
    found, ids = Present(), sorted(set(product_ids))
    if ids or codes:
        wanted = or_(Product.id.in_(ids), Product.code.in_(codes))
        statement = select(Product).where(wanted).order_by(Product.id)
        rows = session.scalars(lock_for_update(statement) if lock else statement)
        found.products = {row.id: row for row in rows}
    if not found.products:
        return found
    ids = list(found.products)
    for text in session.scalars(select(ProductText).where(ProductText.product_id.in_(ids))):
        found.texts[text.product_id][text.locale] = text
    for product_id, category_id in session.execute(
        select(ProductCategory.product_id, ProductCategory.category_id)
        .where(ProductCategory.product_id.in_(ids))
        .order_by(ProductCategory.product_id, ProductCategory.position, ProductCategory.category_id)
    ):
        found.categories[product_id].append(category_id)
    for picture in session.scalars(
        select(ProductPicture).where(ProductPicture.product_id.in_(ids)).order_by(ProductPicture.position)
    ):
        found.pictures[picture.product_id].append(picture)
    for sku in session.scalars(select(Sku).where(Sku.product_id.in_(ids)).order_by(Sku.position, Sku.id)):
        found.skus[sku.product_id].append(sku)
    for price in session.scalars(select(SkuPrice).join(Sku, Sku.id == SkuPrice.sku_id).where(Sku.product_id.in_(ids))):
        found.prices[price.sku_id][price.currency] = price
    return found


class Names:
    """Who owns which code and address, in the shop and among the products before it in the same batch."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        slugs, codes = {each.data.slug for each in wanted}, {each.data.code for each in wanted}
        self.slugs: dict[str, tuple[int, str]] = {}
        self.codes: dict[str, tuple[int, str]] = {}
        self.skus: dict[str, tuple[int, str]] = {}
        for product_id, slug, code in session.execute(
            select(Product.id, Product.slug, Product.code).where(or_(Product.slug.in_(slugs), Product.code.in_(codes)))
        ):
            self.slugs[slug], self.codes[code] = (product_id, code), (product_id, slug)
        sku_codes = {sku.code for each in wanted for sku in each.data.skus}
        for code, product_id, owner in session.execute(
            select(Sku.code, Sku.product_id, Product.code)
            .join(Product, Product.id == Sku.product_id)
            .where(Sku.code.in_(sku_codes))
        ):
            self.skus[code] = (product_id, owner)

    def claim(self, data: ProductData, own: int) -> None:
        """Take the names of a product for ``own`` (its id; any number below 0 for a new one). Raises ``SlugTaken``,
        ``SkuCodeTaken``; then nothing is taken."""
        owner, other = self.codes.get(data.code, (own, ""))
        if owner != own:
            raise SlugTaken(other, data.code)
        owner, other = self.slugs.get(data.slug, (own, ""))
        if owner != own:
            raise SlugTaken(data.slug, other)
        mine: set[str] = set()
        for sku in data.skus:
            owner, other = self.skus.get(sku.code, (own, ""))
            if owner != own or sku.code in mine:
                raise SkuCodeTaken(sku.code, other or data.code)
            mine.add(sku.code)
        self.codes[data.code], self.slugs[data.slug] = (own, data.slug), (own, data.code)
        self.skus.update(dict.fromkeys(mine, (own, data.code)))
