"""From the confirm page to one order: tokens, numbers, drafts and their holds."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text

from storefront.core.db import session
from storefront.core.invariants.finding import TICK, Row, broken, check

CHUNK = 1000
DAY_LENGTH = len("YYMMDD")


@check("checkout.token", "Two orders were made with one confirmation.")
def token(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (one order per checkout token), RELIABILITY O1."""
    return broken(
        """
        SELECT checkout_token, COUNT(*) AS orders, MIN(number) AS first, MAX(number) AS last
        FROM "order" WHERE checkout_token IS NOT NULL
        GROUP BY checkout_token HAVING COUNT(*) > 1
        """
    )


@check("checkout.number", "Two orders have the same number.")
def number(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (numbers never reused), RELIABILITY O1."""
    return broken('SELECT number, COUNT(*) AS orders FROM "order" GROUP BY number HAVING COUNT(*) > 1')


@check("checkout.series", "A series of order numbers is behind a number it gave out, and would give it again.")
def series(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (numbers never reused), RELIABILITY O1. The orders are read first: a series only grows."""
    highest: dict[str, int] = {}
    numbers = session.scalars(text('SELECT number FROM "order"'), execution_options={"yield_per": CHUNK})
    for given in numbers:
        head, _, digits = given.rpartition("-")
        if digits.isdecimal() and head:
            day = head[-DAY_LENGTH:]
            highest[day] = max(highest.get(day, 0), int(digits))
    last = {
        name.removeprefix("order:"): reached
        for name, reached in session.execute(text("SELECT name, last FROM number_series WHERE name LIKE 'order:%'"))
    }
    return [
        {"day": day, "highest": top, "last": last.get(day, 0)}
        for day, top in sorted(highest.items())
        if top > last.get(day, 0)
    ]


@check("checkout.draft_hold", "A draft outlived its hold: the goods are kept from others for nobody.")
def draft_hold(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (every draft older than a tick has a live hold). One whose payment may be moving waits for its end."""
    return broken(
        """
        SELECT o.number, o.id FROM "order" o
        WHERE o.state = 'draft' AND o.created_at < :tick_ago
          AND NOT EXISTS (
            SELECT 1 FROM reservation r JOIN order_line l ON l.id = r.order_line_id
            WHERE l.order_id = o.id AND (r.expires_at IS NULL OR r.expires_at >= :tick_ago)
          )
          AND NOT EXISTS (
            SELECT 1 FROM payment_attempt a JOIN bill b ON b.id = a.bill_id
            WHERE b.order_id = o.id AND b.state = 'open' AND a.state IN ('approved', 'pending')
          )
        """,
        tick_ago=now - TICK,
    )


@check("checkout.one_draft", "A cart has more than one live draft.")
def one_draft(now: datetime) -> Iterable[Row]:
    """DESIGN B5: a cart has one live draft."""
    return broken(
        """
        SELECT cart_id, COUNT(*) AS drafts FROM "order"
        WHERE state = 'draft' AND cart_id IS NOT NULL
        GROUP BY cart_id HAVING COUNT(*) > 1
        """
    )


CHECKS = (token, number, series, draft_hold, one_draft)
