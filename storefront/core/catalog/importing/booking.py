"""Products of a foreign catalogue into the shop, with a memory of where they came from. Inside the caller's unit."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import or_, select

from storefront.core.catalog.data import PictureData, ProductData, SkuData, TextData
from storefront.core.catalog.errors import SlugTaken
from storefront.core.catalog.importing.models import ImportOrigin
from storefront.core.catalog.importing.report import RefusedRow
from storefront.core.catalog.importing.shopify_rows import Group, Terms, Variant, option_values
from storefront.core.catalog.markup import clean_text, slugify
from storefront.core.catalog.models import Brand, Category, Product, ProductCategory, Sku
from storefront.core.catalog.structure import write_brand, write_category
from storefront.core.catalog.writing import write_product
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.stock import service as stock
from storefront.core.stock.errors import BelowPromised, NotTracked
from storefront.core.stock.queries import stock_of
from storefront.core.values.types import Problem

SOURCE = "shopify"
REASON = "catalogue import"
MAX_KEY = 400
TINTS = 8


@dataclass(slots=True)
class Booked:
    """What became of one product."""

    outcome: str
    notes: list[RefusedRow] = field(default_factory=list)


class ProductBooker:
    """Takes products over, one after the other, in one unit. What the owner changed in the shop since stays, unless the
    file itself says something new; of stock only the difference to the last file is booked, so that sales count."""

    def __init__(self, terms: Terms, actor: str) -> None:
        self.terms, self.actor = terms, actor

    def book(self, group: Group) -> Booked:
        """Raises ``CatalogError`` when the shop cannot take the product; call it in a savepoint, since its maker or
        category may have been written already."""
        origins = self._origins(group.handle)
        own = origins.get(_product_key(group.handle))
        digest = group.digest(self.terms)
        sku_origins = [origins.get(_sku_key(group.handle, v)) for v in group.variants]
        if own is not None and own.digest == digest and all(sku_origins):
            sku_ids = [origin.sku_id or 0 for origin in sku_origins if origin is not None]
            outcome = "unchanged"
        else:
            saved = write_product(
                self._product(group, own, sku_origins), self.actor, own.product_id if own is not None else None
            )
            own = own or self._remember(_product_key(group.handle), saved.product_id)
            own.digest = digest
            sku_ids, outcome = list(saved.sku_ids), saved.outcome
        booked = Booked(outcome)
        moved = self._book_stock(group, own.product_id, sku_ids, booked)
        if moved and outcome == "unchanged":
            booked.outcome = "updated"
        return booked

    # --- the product ----

    def _product(self, group: Group, own: ImportOrigin | None, sku_origins: list[ImportOrigin | None]) -> ProductData:
        lang, slug = self.terms.lang, slugify(group.handle)
        present = session.get(Product, own.product_id) if own is not None else None
        if present is None:
            self._refuse_foreign(group.handle, slug)
        facts: dict[str, object] = {"source": SOURCE}
        if group.vendor:
            facts["brand_id"] = self._brand(group.vendor)
        state = "published" if group.published else "draft"
        if present is not None and present.state == "withdrawn":
            state = "withdrawn"
        text = TextData(
            clean_text(group.title),
            body=group.body,
            seo_title=clean_text(group.seo_title),
            seo_description=clean_text(group.seo_description),
        )
        return ProductData(
            code=group.handle,
            slug=present.slug if present is not None else slug,
            texts={lang: text},
            skus=self._skus(group, sku_origins),
            state=state,
            category_ids=self._categories(group, present),
            pictures=tuple(self._pictures(group)),
            facts=facts,
        )

    def _refuse_foreign(self, handle: str, slug: str) -> None:
        """A product of the shop's own is never overwritten by one that happens to have its name."""
        other = session.execute(
            select(Product.slug, Product.code).where(or_(Product.code == handle, Product.slug == slug)).limit(1)
        ).first()
        if other is not None:
            raise SlugTaken(other.slug, other.code)

    def _skus(self, group: Group, origins: list[ImportOrigin | None]) -> tuple[SkuData, ...]:
        ids = [origin.sku_id for origin in origins if origin is not None and origin.sku_id is not None]
        kept = {row.id: row.code for row in session.execute(select(Sku.id, Sku.code).where(Sku.id.in_(ids)))}
        skus = []
        for variant, code, origin in zip(group.variants, group.codes(), origins, strict=True):
            sku_id = origin.sku_id if origin is not None and origin.sku_id in kept else None
            skus.append(
                SkuData(
                    # A code that was made up once stays, whatever would be made up today.
                    code=code if variant.sku or sku_id is None else kept[sku_id],
                    price=variant.price,
                    list_price=variant.list_price,
                    barcode=variant.barcode,
                    weight=variant.weight,
                    options=option_values(group, variant, self.terms.lang),
                    sku_id=sku_id,
                )
            )
        return tuple(skus)

    def _pictures(self, group: Group) -> Iterable[PictureData]:
        first_tint = sum(group.handle.encode()) % TINTS
        for i, (url, alt) in enumerate(group.pictures):
            tint = (first_tint + i) % TINTS + 1
            yield PictureData(source_url=url, tint=tint, alt={self.terms.lang: alt} if alt else {})

    def _brand(self, vendor: str) -> int:
        slug, name = slugify(vendor), clean_text(vendor)
        found = session.scalar(select(Brand.id).where(Brand.slug == slug))
        return found or write_brand(slug, {self.terms.lang: (name, "")}, self.actor)[0]

    def _categories(self, group: Group, present: Product | None) -> tuple[int, ...] | None:
        """The category of the product's type, after those the owner put it into."""
        if not group.type:
            return None
        slug = slugify(group.type)
        category_id = session.scalar(select(Category.id).where(Category.slug == slug))
        if category_id is None:
            texts = {self.terms.lang: (clean_text(group.type), "")}
            # After the owner's own, which are numbered from 0.
            category_id = write_category(slug, texts, self.actor, position=1000)[0]
        if present is None:
            return (category_id,)
        kept = session.scalars(
            select(ProductCategory.category_id)
            .where(ProductCategory.product_id == present.id)
            .order_by(ProductCategory.position, ProductCategory.category_id)
        ).all()
        return (*kept, category_id)

    # --- where it came from ----

    def _origins(self, handle: str) -> dict[str, ImportOrigin]:
        product_id = (
            select(ImportOrigin.product_id)
            .where(ImportOrigin.source == SOURCE, ImportOrigin.external_key == _product_key(handle))
            .scalar_subquery()
        )
        rows = session.scalars(
            select(ImportOrigin).where(ImportOrigin.source == SOURCE, ImportOrigin.product_id == product_id)
        )
        return {row.external_key: row for row in rows}

    def _remember(self, key: str, product_id: int, sku_id: int | None = None) -> ImportOrigin:
        row = ImportOrigin(source=SOURCE, external_key=key, product_id=product_id, sku_id=sku_id)
        session.add(row)
        return row

    # --- stock ----

    def _book_stock(self, group: Group, product_id: int, sku_ids: list[int], booked: Booked) -> bool:
        session.flush()
        by_sku = {
            row.sku_id: row
            for row in session.scalars(
                select(ImportOrigin).where(ImportOrigin.source == SOURCE, ImportOrigin.sku_id.in_(sku_ids))
            )
        }
        moved = False
        for sku_id, variant in sorted(zip(sku_ids, group.variants, strict=True), key=lambda pair: pair[0]):
            key = _sku_key(group.handle, variant)
            origin = by_sku.get(sku_id)
            if origin is None:
                origin = self._remember(key, product_id, sku_id)
                stock.ensure_item(sku_id, tracked=variant.quantity is not None)
            elif origin.external_key != key:
                origin.external_key = key
            if origin.last_quantity != variant.quantity:
                moved |= self._move(origin, sku_id, variant, group.handle, booked)
        return moved

    def _move(self, origin: ImportOrigin, sku_id: int, variant: Variant, handle: str, booked: Booked) -> bool:
        try:
            if variant.quantity is None:
                stock.set_tracking(sku_id, False, self.actor)
            elif origin.last_quantity is None:
                item = stock_of([sku_id])[sku_id]
                if not item.tracked:
                    stock.set_tracking(sku_id, True, self.actor)
                self._book(sku_id, variant.quantity - item.on_hand)
            else:
                self._book(sku_id, variant.quantity - origin.last_quantity)
        except BelowPromised as error:
            booked.notes.append(RefusedRow(variant.row_number, handle, error.problem))
            return False  # the old quantity is remembered, so that the next import tries again
        except NotTracked:
            message = N_("The stock was not booked: the shop does not count this variant.")
            booked.notes.append(RefusedRow(variant.row_number, handle, Problem(message, code="not_tracked")))
            return False
        origin.last_quantity = variant.quantity
        return True

    def _book(self, sku_id: int, difference: int) -> None:
        if difference > 0:
            stock.receive(sku_id, difference, self.actor, REASON)
        else:
            stock.adjust(sku_id, difference, self.actor, REASON)


def _product_key(handle: str) -> str:
    return f"product:{handle}"


def _sku_key(handle: str, variant: Variant) -> str:
    """What a variant is known by: its options. Codes change and may be missing."""
    return _short(f"sku:{handle}:{json.dumps(variant.values, ensure_ascii=False)}")


def _short(key: str) -> str:
    return key if len(key) <= MAX_KEY else f"{key[:300]}#{slugify(key, 60)}"
