"""The stock of imported variants. Inside the caller's unit, after the products were written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from storefront.core.catalog.data import Change
from storefront.core.catalog.importing.goods import Variant
from storefront.core.catalog.importing.models import ImportOrigin
from storefront.core.catalog.importing.origins import Origins, product_key, sku_key
from storefront.core.catalog.importing.report import RefusedRow
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.stock import service as stock
from storefront.core.stock.errors import BelowPromised, NotTracked
from storefront.core.stock.models import StockItem
from storefront.core.stock.queries import stock_of
from storefront.core.upsert import insert_rows
from storefront.core.values.types import Problem

if TYPE_CHECKING:
    from storefront.core.catalog.importing.booking import Booked

REASON = "catalogue import"


class Shelf:
    """Books what files say of stock: of another system's file the difference to the last one, of the shop's own the
    number itself. Variants are taken by ascending id, as everybody does who locks stock."""

    def __init__(self, actor: str, source: str) -> None:
        self.actor, self.source = actor, source
        self.first: list[stock.FirstStock] = []
        self.origins: list[dict[str, Any]] = []

    def book(self, booked: Sequence[Booked], origins: Origins) -> None:
        pairs = sorted(_pairs(booked), key=lambda pair: pair[1])
        opened = {sku_id for each in booked for sku_id in each.new_skus}
        for _, sku_id, variant in pairs:
            if sku_id in opened:
                self._open(sku_id, variant)
        stock.open_items(self.first, self.actor, REASON)
        for each in booked:
            self._remember_product(each, origins)
        moving = [pair for pair in pairs if self._moves(pair, opened, origins)]
        items = stock_of([sku_id for _, sku_id, _ in moving]) if moving else {}
        for each, sku_id, variant in moving:
            self._move(each, sku_id, variant, items.get(sku_id), origins)
        insert_rows(ImportOrigin, self.origins)

    # --- new ones ----

    def _open(self, sku_id: int, variant: Variant) -> None:
        counted = variant.quantity is not None or not variant.counted
        self.first.append(stock.FirstStock(sku_id, counted, variant.quantity or 0, variant.slots))

    def _remember_product(self, each: Booked, origins: Origins) -> None:
        if not self.source:
            return
        own = origins.product(each.goods)
        if own is None:
            self._keep(product_key(each.goods), each.product_id, None, each.digest, None)
        elif own.digest != each.digest:
            own.digest = each.digest

    def _keep(self, key: str, product_id: int, sku_id: int | None, digest: str, quantity: int | None) -> None:
        self.origins.append(
            {
                "source": self.source,
                "external_key": key,
                "product_id": product_id,
                "sku_id": sku_id,
                "digest": digest,
                "last_quantity": quantity,
            }
        )

    # --- those that are there ----

    def _moves(self, pair: tuple[Booked, int, Variant], opened: set[int], origins: Origins) -> bool:
        """Whether the stock of this variant is to be looked at; keeps its memory up to date."""
        each, sku_id, variant = pair
        if not self.source:
            return sku_id not in opened and (variant.counted or variant.slotted)
        origin, key = origins.by_sku.get(sku_id), sku_key(each.goods, variant)
        if origin is None and sku_id in opened:
            self._keep(key, each.product_id, sku_id, "", variant.quantity)
            return False
        if origin is None:  # a variant the owner made, which the file now speaks of
            origin = ImportOrigin(source=self.source, external_key=key, product_id=each.product_id, sku_id=sku_id)
            session.add(origin)
            origins.by_sku[sku_id] = origin
        if origin.external_key != key:
            origin.external_key = key
        return origin.last_quantity != variant.quantity

    def _move(self, each: Booked, sku_id: int, variant: Variant, item: StockItem | None, origins: Origins) -> None:
        try:
            moved = self._set(sku_id, variant, item, origins)
        except BelowPromised as error:
            each.notes.append(RefusedRow(variant.row_number, each.goods.key, error.problem))
            return  # the old quantity is remembered, so that the next import tries again
        except NotTracked:
            message = N_("The stock was not booked: the shop does not count this variant.")
            each.notes.append(RefusedRow(variant.row_number, each.goods.key, Problem(message, code="not_tracked")))
            return
        if self.source:
            origins.by_sku[sku_id].last_quantity = variant.quantity
        if moved:
            each.changes += moved
            each.outcome = "updated" if each.outcome == "unchanged" else each.outcome

    def _set(self, sku_id: int, variant: Variant, item: StockItem | None, origins: Origins) -> list[Change]:
        where = f"sku.{variant.sku or sku_id}"
        if item is None:
            stock.ensure_item(sku_id, tracked=variant.quantity is not None or not variant.counted)
            item = stock_of([sku_id])[sku_id]
        tracked, on_hand, slots = item.tracked, item.on_hand, item.slots
        moved = []
        if variant.counted and variant.quantity is None and tracked:
            stock.set_tracking(sku_id, False, self.actor)
            moved.append(Change(where, "stock", on_hand, None))
        elif variant.counted and variant.quantity is not None:
            if not tracked and (not self.source or origins.by_sku[sku_id].last_quantity is None):
                stock.set_tracking(sku_id, True, self.actor)
            difference = self._difference(sku_id, variant.quantity, on_hand, origins)
            self._book(sku_id, difference)
            if difference or not tracked:
                moved.append(Change(where, "stock", on_hand if tracked else None, on_hand + difference))
        # After what arrived, which counts against them.
        if variant.slotted and variant.slots != (stock_of([sku_id])[sku_id].slots if moved else slots):
            stock.set_slots(sku_id, variant.slots, self.actor)
            if variant.slots != slots:
                moved.append(Change(where, "slots", slots, variant.slots))
        return moved

    def _difference(self, sku_id: int, quantity: int, on_hand: int, origins: Origins) -> int:
        last = origins.by_sku[sku_id].last_quantity if self.source else None
        # What lies on the shelf is what the file says, as in a file this shop wrote: nothing to book.
        if last is None or quantity == on_hand:
            return quantity - on_hand
        return quantity - last

    def _book(self, sku_id: int, difference: int) -> None:
        if difference > 0:
            stock.receive(sku_id, difference, self.actor, REASON)
        else:
            stock.adjust(sku_id, difference, self.actor, REASON)


def _pairs(booked: Sequence[Booked]) -> Iterator[tuple[Booked, int, Variant]]:
    for each in booked:
        for sku_id, variant in zip(each.sku_ids, each.goods.variants, strict=True):
            yield each, sku_id, variant
