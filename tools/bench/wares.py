"""What the generated orders are of: a sample of the shop's goods, priced in every currency."""

from typing import NamedTuple

from sqlalchemy import select

from storefront.core.catalog.models import Product, ProductPicture, ProductText, Sku, SkuPrice
from storefront.core.contracts.currency import unit_price
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import session
from storefront.core.stock.models import StockItem
from storefront.core.values.language import FALLBACKS, LANGUAGES

SAMPLE = 40_000
MODES = ("stock", "back_order", "pre_order")
CHUNK = 500


class Ware(NamedTuple):
    """A SKU as an order line takes it. ``titles``: (text, language) in the order of ``LANGUAGES``. ``prices``: minor
    units by currency. ``source``: what a reservation of it draws on."""

    sku_id: int
    product_id: int
    code: str
    titles: tuple[tuple[str, str], ...]
    options: tuple[str, ...]
    picture: str
    prices: dict[str, int]
    base_price: int
    tax_class: str
    weight: int
    origin: str
    hs_code: str
    mode: str
    tracked: bool
    source: str


def sample_wares(rates: tuple[CurrencyRate, ...]) -> list[Ware]:
    """The most popular goods that can be ordered without a limit, the most popular first."""
    rows = session.execute(
        select(Sku, Product, StockItem.tracked)
        .join(Product, Product.id == Sku.product_id)
        .join(StockItem, StockItem.sku_id == Sku.id)
        .where(Product.state == "published", Product.purchase_limit.is_(None), Sku.active, Sku.mode.in_(MODES))
        .order_by(Product.popularity.desc(), Sku.id)
        .limit(SAMPLE)
    ).all()
    ids = sorted({product.id for _, product, _ in rows})
    titles, pictures, own = _titles(ids), _pictures(ids), _own_prices([sku.id for sku, _, _ in rows])
    return [
        Ware(
            sku.id, product.id, sku.code, _in_languages(titles[product.id]), _options(sku), pictures.get(product.id, ""),
            {rate.currency: unit_price(sku.price, own.get((sku.id, rate.currency)), rate) for rate in rates},
            sku.price, product.tax_class, sku.weight or product.weight or 100, product.origin, product.hs_code,
            sku.mode, tracked, _source(sku.mode, tracked),
        )
        for sku, product, tracked in rows
    ]  # fmt: skip


def _source(mode: str, tracked: bool) -> str:
    if not tracked or mode == "back_order":
        return "supplier"
    return "incoming" if mode == "pre_order" else "on_hand"


def _titles(product_ids: list[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {id_: {} for id_ in product_ids}
    for at in range(0, len(product_ids), CHUNK):
        for product_id, locale, name in session.execute(
            select(ProductText.product_id, ProductText.locale, ProductText.name).where(
                ProductText.product_id.in_(product_ids[at : at + CHUNK])
            )
        ):
            found[product_id][locale] = name
    return found


def _pictures(product_ids: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for at in range(0, len(product_ids), CHUNK):
        rows = session.execute(
            select(ProductPicture.product_id, ProductPicture.file).where(
                ProductPicture.product_id.in_(product_ids[at : at + CHUNK]), ProductPicture.position == 0
            )
        )
        for product_id, file in rows:
            found[product_id] = file
    return found


def _own_prices(sku_ids: list[int]) -> dict[tuple[int, str], int]:
    found = {}
    for at in range(0, len(sku_ids), CHUNK):
        rows = session.execute(
            select(SkuPrice.sku_id, SkuPrice.currency, SkuPrice.price).where(
                SkuPrice.sku_id.in_(sku_ids[at : at + CHUNK])
            )
        )
        found |= {(sku_id, currency): price for sku_id, currency, price in rows}
    return found


def _in_languages(titles: dict[str, str]) -> tuple[tuple[str, str], ...]:
    tags = (next(tag for tag in FALLBACKS[lang] if tag in titles) for lang in LANGUAGES)
    return tuple((titles[tag], tag) for tag in tags)


def _options(sku: Sku) -> tuple[str, ...]:
    return tuple(", ".join(o["value"].get(lang, o["value"].get("en", "")) for o in sku.options) for lang in LANGUAGES)
