"""Products of a file into the shop, a batch at a time. Inside the caller's unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import or_, select

from storefront.core.catalog.checking import check_product
from storefront.core.catalog.data import Change, ProductData, Saved, TextData, Wanted
from storefront.core.catalog.errors import CatalogError, SlugTaken
from storefront.core.catalog.importing.goods import Goods, Terms
from storefront.core.catalog.importing.merging import sku_data, text_data
from storefront.core.catalog.importing.origins import Origins, load_origins
from storefront.core.catalog.importing.pictures import beside_present
from storefront.core.catalog.importing.places import Declared, Places
from storefront.core.catalog.importing.report import RefusedRow
from storefront.core.catalog.importing.shelf import Shelf
from storefront.core.catalog.markup import slugify
from storefront.core.catalog.models import Brand, Category, Product
from storefront.core.catalog.presence import Names, Present, load_present
from storefront.core.catalog.writing import write_products
from storefront.core.db import session


@dataclass(slots=True)
class Booked:
    """What became of one product: ``refused`` says why it was not taken."""

    goods: Goods
    outcome: str = ""
    refused: CatalogError | None = None
    changes: list[Change] = field(default_factory=list)
    notes: list[RefusedRow] = field(default_factory=list)
    product_id: int = 0
    sku_ids: tuple[int, ...] = ()
    new_skus: frozenset[int] = frozenset()
    digest: str = ""


class Booker:
    """Takes products over. Those of other systems are remembered under ``source``: what the owner changed in the shop
    since stays, unless the file itself says something new, and of stock only the difference to the last file is booked,
    so that sales count. Without a source the file is the shop's own and says what is."""

    def __init__(self, terms: Terms, actor: str, source: str, declared: Mapping[tuple[str, str], Declared]) -> None:
        self.terms, self.actor, self.source, self.declared = terms, actor, source, declared

    def book(self, batch: Sequence[Goods]) -> list[Booked]:
        """What became of each, in their order. Nothing of a refused one is kept, its maker and category neither."""
        booked = [Booked(goods) for goods in batch]
        origins = load_origins(self.source, batch)
        changed = [each for each in booked if not self._as_before(each, origins)]
        if changed:
            self._write(changed, origins)
        taken = [each for each in booked if each.refused is None]
        Shelf(self.actor, self.source).book(taken, origins)
        return booked

    def _as_before(self, each: Booked, origins: Origins) -> bool:
        if not self.source:
            return False
        each.digest = each.goods.digest()
        product, skus = origins.product(each.goods), origins.skus(each.goods)
        if product is None or product.digest != each.digest or not all(skus):
            return False
        each.outcome, each.product_id = "unchanged", product.product_id
        each.sku_ids = tuple(origin.sku_id or 0 for origin in skus if origin is not None)
        return True

    def _write(self, booked: Sequence[Booked], origins: Origins) -> None:
        known = {each.goods.key: origins.product(each.goods) for each in booked}
        ids = [origin.product_id for origin in known.values() if origin is not None]
        present = load_present(ids, [] if self.source else [each.goods.code for each in booked])
        by_code = {row.code: row for row in present.products.values()}
        addresses = _Addresses(booked) if self.source else None
        wanted: list[tuple[Booked, Wanted]] = []
        for each in booked:
            origin = known[each.goods.key]
            row = present.products.get(origin.product_id) if origin is not None else by_code.get(each.goods.code)
            try:
                slug = row.slug if row is not None and self.source else ""
                if row is None and addresses is not None:
                    slug = addresses.free_for(each.goods)
                data = _Merger(self, present, origins).data(each.goods, row, slug)
            except CatalogError as error:
                each.refused = error
            else:
                wanted.append((each, Wanted(data, row.id if row is not None else None)))
        wanted = self._with_places(wanted, present)
        for (each, _), saved in zip(wanted, write_products([w for _, w in wanted], self.actor, present), strict=True):
            if isinstance(saved, CatalogError):
                each.refused = saved
            else:
                _take_over(each, saved)
        _say_slugs([each for each, _ in wanted])

    def _with_places(self, wanted: list[tuple[Booked, Wanted]], present: Present) -> list[tuple[Booked, Wanted]]:
        """The same with brands and categories. One that needs a new one is checked before it is made for it."""
        places = Places(self.terms.lang, self.actor, self.declared)
        places.look_up([each.goods for each, _ in wanted])
        names = Names([w for _, w in wanted]) if any(places.new_for(each.goods) for each, _ in wanted) else None
        found = []
        for number, (each, (data, product_id)) in enumerate(wanted, 1):
            goods = each.goods
            try:
                if names is not None:
                    check_product(data)
                    names.claim(data, product_id or -number)
                kept = tuple(present.categories.get(product_id or 0, ())) if self.source else ()
                data = _placed(data, goods, places, kept)
            except CatalogError as error:
                each.refused = error
            else:
                found.append((each, Wanted(data, product_id)))
        return found


def _take_over(each: Booked, saved: Saved) -> None:
    each.outcome, each.product_id = saved.outcome, saved.product_id
    each.sku_ids, each.new_skus = saved.sku_ids, saved.new_skus
    each.changes = list(saved.changes)


class _Merger:
    """What the file says of a product, over what the shop knows of it."""

    def __init__(self, booker: Booker, present: Present, origins: Origins) -> None:
        self.terms, self.source, self.present, self.origins = booker.terms, booker.source, present, origins

    def data(self, goods: Goods, row: Product | None, slug: str) -> ProductData:
        product_id = row.id if row is not None else 0
        state = goods.state or (row.state if row is not None else "published")
        if self.source and row is not None and row.state == "withdrawn":
            state = "withdrawn"
        pictures = tuple(goods.pictures) if goods.pictures is not None else None
        if pictures is not None and self.source:
            pictures = beside_present(pictures, self.present.pictures.get(product_id, []), self.terms)
        facts: dict[str, Any] = dict(goods.facts)
        if self.source:
            facts["source"] = self.source
        return ProductData(
            code=row.code if row is not None else goods.code,
            slug=slug or self._own_slug(goods, row),
            texts=self._texts(goods, product_id),
            skus=self._skus(goods, product_id),
            state=state,
            pictures=pictures,
            facts=facts,
            created_at=goods.created_at,
        )

    def _own_slug(self, goods: Goods, row: Product | None) -> str:
        if goods.slugs:
            return goods.slugs[0]
        return row.slug if row is not None else slugify(goods.code)

    def _texts(self, goods: Goods, product_id: int) -> dict[str, TextData]:
        present = self.present.texts.get(product_id, {})
        said_of = goods.texts or {lang: {} for lang in present}
        return {
            lang: text_data(present.get(lang), said)
            for lang, said in said_of.items()
            if lang in present or any(said.values())
        }

    def _skus(self, goods: Goods, product_id: int) -> tuple[Any, ...]:
        rows = self.present.skus.get(product_id, [])
        by_id, by_code = {row.id: row for row in rows}, {row.code: row for row in rows}
        origins = self.origins.skus(goods)
        known = {origin.sku_id for origin in origins if origin is not None}
        skus = []
        for variant, code, origin in zip(goods.variants, goods.codes(), origins, strict=True):
            row = by_id.get(origin.sku_id or 0) if origin is not None else None
            if row is not None and not variant.sku:
                code = row.code  # one that was made up once stays, whatever would be made up today
            if row is None and code in by_code and by_code[code].id not in known:
                row = by_code[code]
            skus.append(sku_data(row, code, variant.said))
        return tuple(skus)


class _Addresses:
    """Addresses for new products of other systems. A product of the shop's own is never overwritten by one that happens
    to have its name."""

    def __init__(self, booked: Sequence[Booked]) -> None:
        slugs = {slug for each in booked for slug in each.goods.slugs}
        codes = {each.goods.code for each in booked}
        rows = session.execute(
            select(Product.slug, Product.code).where(or_(Product.slug.in_(slugs), Product.code.in_(codes)))
        ).all()
        self.by_slug = {row.slug: row.code for row in rows}
        self.by_code = {row.code: row.slug for row in rows}

    def free_for(self, goods: Goods) -> str:
        if goods.code in self.by_code:
            raise SlugTaken(self.by_code[goods.code], goods.code)
        for slug in goods.slugs:
            if slug not in self.by_slug:
                self.by_slug[slug], self.by_code[goods.code] = goods.code, slug
                return slug
        raise SlugTaken(goods.slugs[0], self.by_slug[goods.slugs[0]])


def _placed(data: ProductData, goods: Goods, places: Places, kept: tuple[int, ...]) -> ProductData:
    """With brand and categories: those the owner put it into come first."""
    facts, category_ids = dict(data.facts), data.category_ids
    if goods.brand is not None:
        facts["brand_id"] = places.brand(goods.brand)
    elif goods.no_brand:
        facts["brand_id"] = None
    if goods.categories is not None:
        category_ids = (*kept, *(places.category(path) for path in goods.categories))
    return replace(data, facts=facts, category_ids=category_ids)


def _say_slugs(booked: Sequence[Booked]) -> None:
    """Changes of brand and categories name them, not their numbers."""
    brands: set[int] = set()
    categories: set[int] = set()
    for change in (change for each in booked for change in each.changes):
        if change.field == "brand_id":
            brands |= {change.old, change.new} - {None}
        elif change.field == "categories":
            categories |= {*change.old, *change.new}
    if not brands and not categories:
        return
    brand = dict(session.execute(select(Brand.id, Brand.slug).where(Brand.id.in_(brands))).all())
    category = dict(session.execute(select(Category.id, Category.slug).where(Category.id.in_(categories))).all())
    for each in booked:
        for i, change in enumerate(each.changes):
            if change.field == "brand_id":
                each.changes[i] = Change("", "brand", brand.get(change.old, ""), brand.get(change.new, ""))
            elif change.field == "categories":
                old, new = ([category[n] for n in ids if n in category] for ids in (change.old, change.new))
                each.changes[i] = Change("", "categories", old, new)
