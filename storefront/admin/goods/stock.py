"""Stock: every variant with what is there of it, what is promised, what is free."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, union
from sqlalchemy.orm import aliased

from storefront.admin.goods.options import as_lines
from storefront.admin.goods.product_rows import found_products
from storefront.admin.goods.words import MODES, STOCK_FILTERS
from storefront.core.catalog.models import Product, ProductText, Sku
from storefront.core.catalog.texts import pick
from storefront.core.contracts.manage import Column, Filter, ListSpec, ManagePage, Show
from storefront.core.db import session
from storefront.core.i18n.translate import N_, current_language
from storefront.core.paging import QuerySource
from storefront.core.stock.models import Reservation, Source, StockItem
from storefront.core.values.types import SaleMode
from storefront.shop.context import current_shop


@dataclass(frozen=True, slots=True)
class StockRow:
    """``waiting``: pieces promised to orders that are not here yet. Numbers are ``None`` where nothing is counted."""

    id: int
    code: str
    product: str
    lang: str
    options: str
    mode: str
    tracked: bool
    on_hand: int | None
    reserved: int | None
    waiting: int
    slots: int | None
    slots_taken: int | None

    @property
    def free(self) -> int | None:
        return None if self.on_hand is None or self.reserved is None else self.on_hand - self.reserved


def stock_rows() -> Select[Any]:
    return (
        select(
            Sku.id,
            Sku.code,
            Sku.mode,
            Sku.options,
            Sku.product_id,
            Product.code.label("product_code"),
            StockItem.tracked,
            StockItem.on_hand,
            StockItem.reserved,
            StockItem.slots,
            StockItem.slots_taken,
        )
        .join(Product, Product.id == Sku.product_id)
        .outerjoin(StockItem, StockItem.sku_id == Sku.id)
    )


def finish(rows: Sequence[Any]) -> list[StockRow]:
    """Two statements."""
    names, waiting = names_of({row.product_id for row in rows}), waiting_pieces([row.id for row in rows])
    found = []
    for row in rows:
        name = pick(names[row.product_id], current_language())
        counted = row.tracked is not False
        found.append(
            StockRow(
                id=row.id,
                code=row.code,
                product=name.text or row.product_code,
                lang=name.lang,
                options=as_lines(row.options).replace("\n", ", "),
                mode=row.mode,
                tracked=counted,
                on_hand=(row.on_hand or 0) if counted else None,
                reserved=(row.reserved or 0) if counted else None,
                waiting=waiting.get(row.id, 0),
                slots=row.slots,
                slots_taken=row.slots_taken if row.slots is not None or row.slots_taken else None,
            )
        )
    return found


def names_of(product_ids: set[int]) -> Mapping[int, Mapping[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    rows = session.execute(
        select(ProductText.product_id, ProductText.locale, ProductText.name).where(
            ProductText.product_id.in_(sorted(product_ids))
        )
    )
    for id_, locale, name in rows:
        found[id_][locale] = name
    return found


def waiting_pieces(sku_ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(Reservation.sku_id, func.sum(Reservation.quantity))
        .where(Reservation.sku_id.in_(sku_ids), Reservation.source != Source.ON_HAND)
        .group_by(Reservation.sku_id)
    )
    return {sku_id: int(pieces) for sku_id, pieces in rows}


def _search(question: str) -> ColumnElement[bool]:
    code = question.strip()
    own, named = aliased(Sku), aliased(Sku)
    by_code = select(own.id).where(or_(own.code == code, own.barcode == code))
    by_product = select(named.id).where(named.product_id.in_(found_products(question)))
    # One set, not conditions joined by OR: those make the database read every variant.
    return Sku.id.in_(union(by_code, by_product))


def _by_stock(value: str) -> ColumnElement[bool] | None:
    # The same numbers as the index of free pieces.
    free = StockItem.on_hand - StockItem.reserved
    low = int(current_shop().policy("stock.low"))
    on_shelf = Sku.active & (Sku.mode == SaleMode.STOCK)
    match value:
        case "low":
            return on_shelf & StockItem.tracked & (free > 0) & (free <= low)
        case "out":
            return on_shelf & StockItem.tracked & (free <= 0)
        case "untracked":
            return StockItem.tracked.is_(False)
        case "waiting":
            waiting = select(Reservation.sku_id).where(Reservation.source != Source.ON_HAND)
            return Sku.id.in_(waiting)
    return None


def _by_mode(value: str) -> ColumnElement[bool] | None:
    return Sku.mode == value if value in MODES else None


STOCK = ManagePage(
    key="stock",
    title=N_("Stock"),
    view="stock.view",
    edit="stock.edit",
    rows=ListSpec(
        columns=(
            Column("code", N_("Code"), link=True, sort=True),
            Column("product", N_("Product name"), lang=lambda row: row.lang),
            Column("options", N_("Options")),
            Column("mode", N_("Sale"), Show.CHOICE, words=MODES),
            Column("tracked", N_("Counted"), Show.YES),
            Column("on_hand", N_("On hand"), Show.NUMBER),
            Column("reserved", N_("Promised"), Show.NUMBER),
            Column("free", N_("Available"), Show.NUMBER),
            Column("waiting", N_("Waited for"), Show.NUMBER),
            Column("slots", N_("Slots"), Show.NUMBER),
            Column("slots_taken", N_("Slots taken"), Show.NUMBER),
        ),
        source=QuerySource(
            stock_rows,
            Sku.id,
            sorts={"code": Sku.code},
            filters={"stock": _by_stock, "mode": _by_mode},
            search=_search,
            finish=finish,
        ),
        row_url=lambda row: f"/manage/stock/{row.id}",
        search=N_("Words, code or barcode"),
        filters=(
            Filter("stock", N_("Stock"), {**STOCK_FILTERS, "waiting": N_("Orders wait for it")}),
            Filter("mode", N_("Sale"), MODES),
        ),
        empty=N_("Variants of products appear here."),
    ),
)
