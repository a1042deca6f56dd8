"""What lists show against what it is worked out from (``storefront catalog cards`` mends all of it)."""

from collections.abc import Iterable
from datetime import datetime

from storefront.core.invariants.finding import SHOWN, Row, broken, check


@check("cards.listed", "A product that is sold has no card, or one that is not sold has one.")
def listed(now: datetime) -> Iterable[Row]:
    """CAT-1: what is published with a variant stands in the lists, and nothing else."""
    return broken(
        f"""
        SELECT p.code, p.state, CASE WHEN c.product_id IS NULL THEN 'no' ELSE 'yes' END AS card
        FROM product p LEFT JOIN product_card c ON c.product_id = p.id
        WHERE (c.product_id IS NOT NULL) <> {SHOWN}
        """
    )


@check("cards.prices", "A card's prices are not those of the variants.")
def prices(now: datetime) -> Iterable[Row]:
    return broken(
        """
        SELECT p.code, c.lowest, c.highest, c.price, MIN(k.price) AS lowest_now, MAX(k.price) AS highest_now
        FROM product_card c
        JOIN product p ON p.id = c.product_id
        JOIN sku k ON k.product_id = c.product_id AND k.active
        GROUP BY p.code, c.lowest, c.highest, c.price
        HAVING MIN(k.price) <> c.lowest OR MAX(k.price) <> c.highest OR SUM(CASE WHEN k.price = c.price THEN 1 ELSE 0 END) = 0
        """
    )


@check("cards.status", "A card says that goods are in stock when none are, or the other way round.")
def status(now: datetime) -> Iterable[Row]:
    """CAT-4."""
    return broken(
        """
        SELECT p.code, c.status
        FROM product_card c
        JOIN product p ON p.id = c.product_id
        WHERE (c.status = 'in_stock') <> EXISTS (
            SELECT 1 FROM sku k JOIN stock_item i ON i.sku_id = k.id
            WHERE k.product_id = c.product_id AND k.active AND k.mode = 'stock'
              AND (NOT i.tracked OR i.on_hand > i.reserved)
        )
        """
    )


@check("cards.shelves", "A card does not stand where its product does, or not in its place there.")
def shelves(now: datetime) -> Iterable[Row]:
    return broken(
        """
        SELECT p.code, s.category_id AS shelf
        FROM shelf_entry s
        JOIN product_card c ON c.product_id = s.product_id
        JOIN product p ON p.id = s.product_id
        WHERE s.popularity <> p.popularity OR s.created_at <> p.created_at OR s.brand_id <> COALESCE(p.brand_id, 0)
           OR s.price <> c.price OR s.release <> c.release OR p.slug <> c.slug
        UNION ALL
        SELECT p.code, w.category_id
        FROM (
            SELECT product_id, category_id FROM product_category UNION ALL SELECT product_id, 0 FROM product_card
        ) w
        JOIN product_card c ON c.product_id = w.product_id
        JOIN product p ON p.id = w.product_id
        LEFT JOIN shelf_entry s ON s.product_id = w.product_id AND s.category_id = w.category_id
        WHERE s.product_id IS NULL
        """
    )


@check("cards.texts", "A card's name or maker is not what the product's text says.")
def texts(now: datetime) -> Iterable[Row]:
    """SHOP-2: in the reader's language where there is a text in it."""
    return broken(
        """
        SELECT p.code, w.locale, w.name
        FROM card_text w
        JOIN product p ON p.id = w.product_id
        LEFT JOIN product_text t ON t.product_id = w.product_id AND t.locale = w.name_lang
        LEFT JOIN brand_text b ON b.brand_id = p.brand_id AND b.locale = w.brand_lang
        LEFT JOIN product_text own ON own.product_id = w.product_id AND own.locale = w.locale AND own.name <> ''
        WHERE w.name <> COALESCE(t.name, p.code) OR w.brand <> COALESCE(b.name, '')
           OR (own.locale IS NOT NULL AND w.name_lang <> w.locale)
        """
    )


CHECKS = (listed, prices, status, shelves, texts)
