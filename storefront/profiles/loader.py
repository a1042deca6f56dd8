"""Filling a database from a profile: what the shop sells, says and decides."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import delete, exists, select

from storefront.core.catalog.data import PictureData
from storefront.core.catalog.models import Product
from storefront.core.catalog.pictures import picture_size
from storefront.core.catalog.picturing.originals import hand_in
from storefront.core.catalog.picturing.service import keep_original, promise_derivation
from storefront.core.catalog.structure import write_brand, write_category, write_page
from storefront.core.catalog.writing import write_product
from storefront.core.db import lock_for_update, run_unit, session
from storefront.core.settings.boxes import save_box
from storefront.core.settings.models import (
    Announcement,
    ClosedDestination,
    Currency,
    Policy,
    ShippingBox,
    ShopVersion,
)
from storefront.core.settings.service import set_plugin, set_policy, touch
from storefront.core.stock import service as stock
from storefront.core.upsert import insert_for
from storefront.profiles.reading import (
    BadProfile,
    UnknownProfile,
    box_of,
    instant,
    names_of,
    pages_of,
    policies_of,
    product_of,
    products_of,
    profile_folder,
    profile_names,
    read_toml,
    stock_of_sku,
)

__all__ = ["BadProfile", "UnknownProfile", "load_profile", "profile_names", "seed", "seed_if_empty"]


def seed_if_empty(name: str, media_dir: Path, actor: str = "system", originals_dir: Path | None = None) -> bool:
    """Fill an empty database from the profile, once: whether it was done now.

    Opens its own unit. Whatever the owner changed or removed later, a second call does nothing; a database that already
    has goods or policies of its own is not touched. Two processes that start at the same time seed once. Raises
    ``UnknownProfile``, ``BadProfile``."""
    profile_folder(name)

    def work() -> bool:
        session.execute(insert_for(ShopVersion).values(id=1, version=1, profile="").on_conflict_do_nothing())
        row = session.scalars(lock_for_update(select(ShopVersion).where(ShopVersion.id == 1))).one()
        if row.profile or session.scalar(select(exists(select(Product.id)) | exists(select(Policy.key)))):
            return False
        seed(name, media_dir, actor, originals_dir)
        return True

    return run_unit(work)


def seed(name: str, media_dir: Path, actor: str = "system", originals_dir: Path | None = None) -> None:
    """Write everything of the profile, inside the caller's unit. Again on the same database it changes nothing but what
    was altered since; stock is put on the shelf only where a variant is new. Pictures are copied to ``media_dir`` and
    shown from there at once; with ``originals_dir`` they are also kept there and prepared by a job."""
    folder = profile_folder(name)
    shop = read_toml(folder, "profile.toml")
    _write_settings(shop, actor)
    media = _Media(folder / "pictures", media_dir, originals_dir)
    categories = _write_categories(read_toml(folder, "categories.toml"), media, actor)
    brands = {
        entry["slug"]: write_brand(entry["slug"], names_of(entry), actor)[0]
        for entry in read_toml(folder, "brands.toml").get("brand", ())
    }
    for entry in products_of(folder):
        pictures = [media.picture(picture) for picture in entry.get("picture", ())]
        saved = write_product(product_of(entry, pictures, brands, categories), actor)
        for sku_id, sku in sorted(zip(saved.sku_ids, entry["sku"], strict=True), key=lambda pair: pair[0]):
            if sku_id in saved.new_skus:
                _put_on_shelf(sku_id, sku, actor)
    for position, page in enumerate(pages_of(folder)):
        write_page(page.slug, page.texts, actor, position=position, menu=page.menu)
    media.promise()
    touch()
    session.flush()
    session.scalars(select(ShopVersion).where(ShopVersion.id == 1)).one().profile = name


load_profile = seed


def _write_settings(shop: Mapping[str, Any], actor: str) -> None:
    for key, value in policies_of(shop).items():
        set_policy(key, value, actor)
    plugins = dict(shop.get("plugins", {}))
    enabled = plugins.pop("enabled", [])
    for plugin in sorted({*enabled, *plugins}):
        set_plugin(plugin, enabled=plugin in enabled, settings=plugins.get(plugin, {}), actor=actor)
    session.execute(delete(Currency))
    for position, each in enumerate(shop.get("currency", ())):
        session.add(Currency(code=each["code"], rate=each["rate"], step=each["step"], position=position))
    session.execute(delete(ClosedDestination))
    for each in shop.get("closed_destination", ()):
        session.add(
            ClosedDestination(
                country=each["country"],
                region=each.get("region", ""),
                restriction=each.get("restriction", ""),
                message=each["message"],
            )
        )
    session.execute(delete(ShippingBox))
    for each in shop.get("box", ()):
        save_box(None, box_of(each), actor)
    session.execute(delete(Announcement))
    for each in shop.get("announcement", ()):
        session.add(
            Announcement(
                text=each["text"],
                places=each.get("places", ["all"]),
                starts_at=instant(each.get("starts")),
                ends_at=instant(each.get("ends")),
            )
        )


def _write_categories(data: Mapping[str, Any], media: "_Media", actor: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for position, entry in enumerate(data.get("category", ())):
        parent = entry.get("parent")
        if parent is not None and parent not in found:
            raise BadProfile(f"categories.toml: {entry['slug']} comes before its parent {parent}.")
        found[entry["slug"]], _ = write_category(
            entry["slug"],
            names_of(entry),
            actor,
            parent_id=found[parent] if parent else None,
            position=position,
            picture=media.file(entry["picture"]).file if "picture" in entry else "",
        )
    return found


def _put_on_shelf(sku_id: int, sku: Mapping[str, Any], actor: str) -> None:
    first = stock_of_sku(sku)
    stock.ensure_item(sku_id, tracked=first.tracked, slots=None)
    if first.tracked and first.on_hand:
        stock.receive(sku_id, first.on_hand, actor, "first stock")
    if first.slots is not None:  # after what arrived, which would count against them
        stock.set_slots(sku_id, first.slots, actor)


class _Media:
    """Pictures of a profile on their way into the media folder, where a name says what is in the file: the same picture
    is there once, and a changed one has another address."""

    def __init__(self, source: Path, target: Path, originals: Path | None) -> None:
        self.source, self.target, self.originals = source, target, originals
        self.done: dict[str, PictureData] = {}
        self.waiting = False

    def file(self, name: str) -> PictureData:
        """What is shown, its size in pixels (0 = unknown) and its original."""
        if name not in self.done:
            self.done[name] = self._taken(name)
        return self.done[name]

    def picture(self, entry: Mapping[str, Any]) -> PictureData:
        return replace(self.file(entry["file"]), tint=entry.get("tint", 1), alt=entry.get("alt", {}))

    def promise(self) -> None:
        """One job for all pictures that were new."""
        if self.waiting:
            promise_derivation()

    def _taken(self, name: str) -> PictureData:
        path = self.source / name
        if path.name != name or not path.is_file():
            raise BadProfile(f"pictures/{name}: there is no such picture.")
        data = path.read_bytes()
        shown, width, height = self._copy(path, data)
        if self.originals is None:
            return PictureData(file=shown, width=width, height=height)
        kept = keep_original(hand_in(data, self.originals), shown)
        self.waiting = self.waiting or kept.state == "waiting"
        width, height = kept.width or width, kept.height or height
        return PictureData(file=kept.file, width=width, height=height, picture_id=kept.id)

    def _copy(self, path: Path, data: bytes) -> tuple[str, int, int]:
        kept = f"{hashlib.sha256(data).hexdigest()[:16]}{path.suffix.lower()}"
        self.target.mkdir(parents=True, exist_ok=True)
        if not (self.target / kept).exists():
            # Written beside and renamed, so that nobody is ever served half a picture.
            beside = self.target / f".{kept}.{os.getpid()}"
            beside.write_bytes(data)
            beside.replace(self.target / kept)
        return kept, *picture_size(data)
