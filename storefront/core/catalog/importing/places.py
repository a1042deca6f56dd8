"""Brands and categories that products of a file hang on: found, or made. Inside the caller's unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from storefront.core.catalog.data import Change
from storefront.core.catalog.errors import BadProduct
from storefront.core.catalog.importing.goods import Goods, Place
from storefront.core.catalog.models import Brand, BrandText, Category, CategoryText
from storefront.core.catalog.structure import Texts, write_brand, write_category
from storefront.core.db import session
from storefront.core.i18n.translate import N_

# After the owner's own, which are numbered from 0.
NEW_POSITION = 1000


@dataclass(frozen=True, slots=True)
class Declared:
    """A brand or category with a row of its own in the file. ``kind``: brand, category."""

    kind: str
    slug: str
    row_number: int
    texts: Texts
    parent: str = ""
    position: int = 0
    picture: str = ""


class Places:
    """What is known of brands and categories while one batch is written. ``declared``: those with rows of their own;
    they are made when first asked for, or by ``write``."""

    def __init__(self, lang: str, actor: str, declared: Mapping[tuple[str, str], Declared]) -> None:
        self.lang, self.actor, self.declared = lang, actor, declared
        self.brands: dict[str, int] = {}
        self.categories: dict[str, int] = {}
        self._writing: set[str] = set()
        self._paths: dict[tuple[str, ...], int] | None = None

    def look_up(self, batch: Sequence[Goods]) -> None:
        """Read what these products need, in two statements."""
        brands = {goods.brand.slug for goods in batch if goods.brand is not None}
        categories = {place.slug for goods in batch for path in goods.categories or () for place in path}
        if brands:
            self.brands |= dict(session.execute(select(Brand.slug, Brand.id).where(Brand.slug.in_(brands))).all())
        if categories:
            found = select(Category.slug, Category.id).where(Category.slug.in_(categories))
            self.categories |= dict(session.execute(found).all())

    def new_for(self, goods: Goods) -> bool:
        """Whether the product needs one that is not there yet."""
        paths = goods.categories or ()
        return (goods.brand is not None and goods.brand.slug not in self.brands) or any(
            path[-1].slug not in self.categories for path in paths
        )

    def brand(self, place: Place) -> int:
        """Its id; made now if need be. Raises ``BadProduct`` when nobody says what it is called."""
        if place.slug not in self.brands:
            entry = self.declared.get(("brand", place.slug))
            if entry is not None:
                self.write(entry)
            elif place.name:
                self.brands[place.slug] = self._brand_by_name(place)
            else:
                message = N_("There is no brand “%(slug)s”, neither in the shop nor in the file.")
                raise BadProduct(message, slug=place.slug[:80])
        return self.brands[place.slug]

    def _brand_by_name(self, place: Place) -> int:
        named = session.scalar(
            select(BrandText.brand_id)
            .where(BrandText.name == place.name, BrandText.locale == self.lang)
            .order_by(BrandText.brand_id)
            .limit(1)
        )
        return named or write_brand(place.slug, {self.lang: (place.name, "")}, self.actor)[0]

    def category(self, path: Sequence[Place]) -> int:
        """The id of the last category of a path from the root; what is missing on the way is made. Raises
        ``BadProduct``."""
        last = path[-1]
        if last.slug in self.categories:
            return self.categories[last.slug]
        entry = self.declared.get(("category", last.slug))
        if entry is not None:
            self.write(entry)
            return self.categories[last.slug]
        if not last.name:
            message = N_("There is no category “%(slug)s”, neither in the shop nor in the file.")
            raise BadProduct(message, slug=last.slug[:80])
        known = self._known_paths().get(tuple(place.name for place in path))
        if known is None:
            parent = self.category(path[:-1]) if len(path) > 1 else None
            known, _ = write_category(
                last.slug, {self.lang: (last.name, "")}, self.actor, parent_id=parent, position=NEW_POSITION
            )
        self.categories[last.slug] = known
        return known

    def _known_paths(self) -> dict[tuple[str, ...], int]:
        """Categories by their names from the root, in the file's language. Read when a new one seems to be needed."""
        if self._paths is None:
            rows = {
                row.id: (row.parent_id, row.name)
                for row in session.execute(
                    select(Category.id, Category.parent_id, CategoryText.name).join(
                        CategoryText, (CategoryText.category_id == Category.id) & (CategoryText.locale == self.lang)
                    )
                )
            }
            self._paths = {}
            for category_id in rows:
                names: list[str] = []
                at: int | None = category_id
                while at in rows and len(names) < len(rows):
                    at, name = rows[at]
                    names.insert(0, name)
                self._paths.setdefault(tuple(names), category_id)
        return self._paths

    def write(self, entry: Declared) -> tuple[str, tuple[Change, ...]]:
        """Write a brand or category as its row says, its parents first; what became of it, and what changed."""
        if entry.kind == "brand":
            before = self._before(entry)
            self.brands[entry.slug], changed = write_brand(entry.slug, entry.texts, self.actor)
        else:
            before = self._before(entry)
            parent = self._parent(entry)
            self.categories[entry.slug], changed = write_category(
                entry.slug,
                entry.texts,
                self.actor,
                parent_id=parent,
                position=entry.position,
                picture=entry.picture,
            )
        if before is None:
            return "created", ()
        return ("updated", _changes(before, entry)) if changed else ("unchanged", ())

    def _parent(self, entry: Declared) -> int | None:
        if not entry.parent:
            return None
        if entry.parent in self._writing:
            raise BadProduct(N_("Category %(slug)s cannot stand below itself."), slug=entry.slug)
        self._writing.add(entry.slug)
        try:
            if entry.parent not in self.categories:
                present = session.scalar(select(Category.id).where(Category.slug == entry.parent))
                if present is not None and ("category", entry.parent) not in self.declared:
                    self.categories[entry.parent] = present
            return self.category([Place(entry.parent)])
        finally:
            self._writing.discard(entry.slug)

    def _before(self, entry: Declared) -> dict[str, object] | None:
        model, texts, owner = (
            (Brand, BrandText, BrandText.brand_id)
            if entry.kind == "brand"
            else (Category, CategoryText, CategoryText.category_id)
        )
        row = session.execute(select(model.__table__).where(model.slug == entry.slug)).mappings().first()
        if row is None:
            return None
        found: dict[str, object] = {}
        for lang, name, description in session.execute(
            select(texts.locale, texts.name, texts.description).where(owner == row["id"])
        ):
            found |= {f"name {lang}": name, f"description {lang}": description}
        if entry.kind == "category":
            found |= {"parent": _slug_of(row["parent_id"]), "position": row["position"], "picture": row["picture"]}
        return found


def _slug_of(category_id: int | None) -> str:
    return session.scalar(select(Category.slug).where(Category.id == category_id)) or "" if category_id else ""


def _changes(before: Mapping[str, object], entry: Declared) -> tuple[Change, ...]:
    after: dict[str, object] = {}
    for lang, (name, description) in entry.texts.items():
        after |= {f"name {lang}": name, f"description {lang}": description}
    if entry.kind == "category":
        after |= {"parent": entry.parent, "position": entry.position, "picture": entry.picture}
    where = f"{entry.kind}.{entry.slug}"
    return tuple(
        Change(where, name, before.get(name, ""), value)
        for name, value in after.items()
        if before.get(name, "") != value
    )
