"""Every check sees the books broken in its own way, and that alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text

from storefront.core.db import run_unit, session
from storefront.core.invariants.checks import CHECKS, run_all
from storefront.core.invariants.finding import MAX_ROWS, Check, Finding
from storefront.core.lifecycle.cancel import cancel_order
from storefront.core.lifecycle.edit import cancel_lines
from storefront.core.lifecycle.pay import return_from_gateway
from storefront.core.lifecycle.receive import receive
from storefront.core.lifecycle.ship import hand_over, plan
from storefront.core.payments.models import PaymentAttempt
from storefront.core.values.money import Money
from storefront.testing.databases import Database
from storefront.testing.world import NOW, PUBLIC_URL, TOKYO, Shopper, World

# Ids of the orders, in the order in which they are placed below.
WAITING, PAID, SENT, CANCELLED, DRAFT, CASH = range(1, 7)


def shop_with_everything(world: World) -> None:
    """1 waits for its transfer, with a discount and a tender; 2 is paid, one line cancelled after that; 3 is sent; 4 is
    cancelled after it was paid; 5 is a draft at the gateway; 6 is cash on delivery, and partly back-ordered."""

    def act(verb: Callable[..., Any], *args: Any, **more: Any) -> Any:
        session.rollback()
        return run_unit(lambda: verb(*args, actor="cli:tanaka", now=world.now, **more))

    def pays(number: str, amount: int, reference: str) -> None:
        act(receive, number, Money(amount, "JPY"), world.shop, world.providers, reference=reference)

    waiting = Shopper(world)
    waiting.adds("CUP-1", 2)
    waiting.pays(waiting.places(waiting.fills_in(percent={"off": "15"}, wallet={"amount": "700"})))
    paid = Shopper(world)
    paid.adds("TEA-1", 2)
    number = paid.buys("CARD-1").number
    pays(number, 4201, "TRX-1")
    act(cancel_lines, number, {1: 1}, world.shop, world.providers)
    number = Shopper(world).buys("TEA-1", 2).number
    pays(number, 3900, "TRX-2")
    act(hand_over, act(plan, number).id, world.providers)
    number = Shopper(world).buys("TEA-1").number
    pays(number, 2700, "TRX-3")
    act(cancel_order, number, world.providers)
    Shopper(world).buys("TEA-1", method="fake_gateway")
    cash = Shopper(world)
    cash.adds("POT-1")
    cash.buys("TEA-1", address=TOKYO, method="cash")
    session.rollback()


@pytest.fixture
def books(world: World) -> World:
    shop_with_everything(world)
    return world


@contextmanager
def without_rules(db: Database) -> Iterator[None]:
    """A transaction, rolled back at its end, in which neither foreign keys nor CHECK rules hold."""
    session.rollback()
    if db.kind == "sqlite":
        session.execute(text("PRAGMA ignore_check_constraints = ON"))
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
    else:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        rules = session.execute(
            text("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0")
        )
        for table, rule in rules.all():
            session.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{rule}"'))
    try:
        yield
    finally:
        session.rollback()
        if db.kind == "sqlite":
            session.execute(text("PRAGMA ignore_check_constraints = OFF"))
            session.rollback()


def breaks(*statements: str) -> None:
    for statement in statements:
        assert session.execute(text(statement)).rowcount, f"nothing was broken by {statement}"  # type: ignore[attr-defined]


def drop_unique(db: Database, table: str, columns: str) -> bool:
    """Take a unique rule away; ``False`` where SQLite keeps it inside the table: there it cannot be broken."""
    if db.kind == "sqlite":
        for index in session.execute(text(f'PRAGMA index_list("{table}")')).all():
            names = [c.name for c in session.execute(text(f'PRAGMA index_info("{index.name}")'))]
            if index.unique and ",".join(names) == columns:
                if index.name.startswith("sqlite_autoindex"):
                    return False
                session.execute(text(f'DROP INDEX "{index.name}"'))
        return True
    indexes = session.execute(
        text(
            "SELECT i.relname, c.conname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
            "LEFT JOIN pg_constraint c ON c.conindid = x.indexrelid "
            f"WHERE x.indrelid = '\"{table}\"'::regclass AND x.indisunique AND "
            "(SELECT string_agg(a.attname, ',' ORDER BY k.ord) FROM unnest(x.indkey) WITH ORDINALITY k(num, ord) "
            f"JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.num) = '{columns}'"
        )
    ).all()
    for index, constraint in indexes:
        session.execute(
            text(f'ALTER TABLE "{table}" DROP CONSTRAINT "{constraint}"' if constraint else f'DROP INDEX "{index}"')
        )
    return True


def found(world: World) -> set[str]:
    return {finding.check for finding in run_all(world.now)}


def order(number: int) -> str:
    return f"(SELECT id FROM bill WHERE order_id = {number})"


MOMENT = "'2026-11-22 03:00:00.000000'"


def member(id: int, role: str = "owner", closed_at: str = "NULL") -> str:
    """A member of the staff who has a password."""
    return (
        "INSERT INTO staff (id, email, email_folded, name, role, locale, password_hash, totp_secret, totp_step, "
        "invite_hash, invite_sealed, closed_at, created_at) VALUES "
        f"({id}, 'm{id}@example.com', 'm{id}@example.com', 'M', '{role}', 'ja', 'x', '', 0, '', '', {closed_at}, {MOMENT})"
    )


# name of the check -> statements that break just that
BROKEN: dict[str, tuple[str, ...]] = {
    "orders.total": (f"UPDATE charge SET amount = amount + 1 WHERE order_id = {WAITING} AND kind = 'shipping'",),
    "orders.items": (f"UPDATE order_line SET unit_price = unit_price + 1 WHERE order_id = {WAITING}",),
    "orders.revision": (f'UPDATE "order" SET revision = 9 WHERE id = {CANCELLED}',),
    "orders.charge_shares": (
        f"UPDATE charge_share SET amount = amount + 1 WHERE charge_id IN (SELECT id FROM charge WHERE order_id = {WAITING})",
    ),
    "search.orders": (f"DELETE FROM search_order WHERE id = {WAITING}",),
    "search.hidden": (
        "INSERT INTO search_hidden (id, rank, tier, heads, tokens) "
        "SELECT id, rank, tier, heads, tokens FROM search_product WHERE id = (SELECT MIN(id) FROM search_product)",
    ),
    "search.products": ("DELETE FROM search_product WHERE id = (SELECT MIN(id) FROM search_product)",),
    "orders.pieces": (f"UPDATE order_line SET quantity = 0, cancelled_quantity = 0 WHERE order_id = {CANCELLED}",),
    "orders.live_lines": (f"UPDATE order_line SET cancelled_quantity = 0 WHERE order_id = {CANCELLED}",),
    "orders.shipped": (
        "UPDATE shipment_line SET quantity = quantity + 1",
    ),
    "orders.shipped_whole": (
        "UPDATE shipment_line SET quantity = 1",
    ),
    "orders.one_parcel_one_order": (
        f"INSERT INTO shipment (order_id, state, carrier, service, tracking, created_at) "
        f"VALUES ({CASH}, 'planned', '', '', '', '2026-11-24 03:00:00')",
        f"INSERT INTO shipment_line (shipment_id, order_line_id, quantity) SELECT MAX(s.id), MIN(l.id), 1 "
        f"FROM shipment s, order_line l WHERE l.order_id = {PAID} AND l.quantity > l.cancelled_quantity",
    ),
    "history.path": (f"UPDATE order_event SET from_state = 'pending' WHERE order_id = {WAITING} AND name = 'promote'",),
    "history.audited": ("DELETE FROM audit_entry WHERE act = 'shipment.hand_over'",),
    "checkout.series": ("UPDATE number_series SET last = last - 1 WHERE name LIKE 'order:%'",),
    "limits.tally": ("UPDATE purchase_tally SET quantity = quantity + 1",),
    "limits.live": (
        "UPDATE purchase_tally SET quantity = quantity + 1",
        "UPDATE purchase_tally_share SET quantity = quantity + 1",
    ),
    "limits.held": ("UPDATE product SET purchase_limit = 1 WHERE code = 'CUP'",),
    "bills.lines": (
        f"UPDATE bill_line SET amount = amount + 1 WHERE charge_id IS NOT NULL AND bill_id IN {order(SENT)}",
    ),
    "bills.whole": (
        "INSERT INTO bill (number, secret, order_id, kind, state, revision, currency, amount, first_issued_at, issued_at) "
        f"VALUES ('again', 'again', {SENT}, 'shipping', 'settled', 1, 'JPY', 1, '2026-11-24 03:00:00', "
        "'2026-11-24 03:00:00')",
        "INSERT INTO bill_line (bill_id, text, quantity, amount) SELECT id, 'x', 1, 1 FROM bill WHERE number = 'again'",
        "INSERT INTO bill_tender (bill_id, source, key, amount, returned, state, created_at) "
        "SELECT id, 'x', 'x', 1, 0, 'spent', '2026-11-24 03:00:00' FROM bill WHERE number = 'again'",
    ),
    "bills.one_order": (
        f"UPDATE bill_line SET order_line_id = (SELECT MIN(id) FROM order_line WHERE order_id = {CANCELLED}) "
        f"WHERE order_line_id IS NOT NULL AND bill_id IN {order(DRAFT)}",
    ),
    "bills.settled": (
        f"UPDATE payment_event SET amount = amount - 1 WHERE kind = 'captured' AND attempt_id IN "
        f"(SELECT id FROM payment_attempt WHERE bill_id IN {order(SENT)})",
    ),
    "bills.open": (
        f"INSERT INTO payment_event (attempt_id, source, kind, currency, amount, reference, actor, note, data, at) "
        f"SELECT id, source, 'captured', 'JPY', amount, '', '', '', '{{}}', '2026-11-24 03:00:00' FROM payment_attempt "
        f"WHERE bill_id IN {order(WAITING)}",
    ),
    "bills.held_tenders": ("UPDATE bill_tender SET state = 'spent'",),
    "bills.overdue": (f"UPDATE bill SET due_at = '2026-11-24 02:00:00' WHERE order_id = {WAITING}",),
    "bills.deadline": (f"UPDATE bill SET due_at = NULL WHERE order_id = {WAITING}",),
    "bills.paid_but_waiting": (
        f"UPDATE \"order\" SET state = 'pending' WHERE id = {PAID}",
        f"DELETE FROM order_event WHERE order_id = {PAID} AND name = 'prepare'",
    ),
    "bills.unpaid_but_prepared": ("DELETE FROM payment_event WHERE kind = 'accepted'",),
    "payments.kept": ("DELETE FROM refund_task WHERE reason = 'cancelled' AND refund_id IS NULL",),
    "payments.owed_twice": ("UPDATE refund_task SET amount = amount + 1 WHERE refund_id IS NULL",),
    "payments.refunds": (
        "UPDATE refund SET attempt_id = (SELECT MAX(id) FROM payment_attempt)",
    ),
    "payments.tender_refunds": (
        "INSERT INTO refund (key, bill_id, tender_id, state, cause, currency, amount, reference, reason, actor, "
        "created_at) SELECT 'k', bill_id, id, 'done', 'bill', 'JPY', amount + 1, '', '', '', '2026-11-24 03:00:00' "
        "FROM bill_tender",
    ),
    "payments.tasks": ("UPDATE refund_task SET currency = 'USD' WHERE refund_id IS NOT NULL",),
    "payments.no_task": (
        "INSERT INTO refund (key, bill_id, attempt_id, state, cause, currency, amount, reference, reason, actor, "
        "created_at) SELECT 'k', bill_id, id, 'done', 'mismatch', 'USD', 1, '', '', '', '2026-11-24 03:00:00' "
        f"FROM payment_attempt WHERE bill_id IN {order(WAITING)}",
    ),
    "payments.refund_lines": (
        f"UPDATE refund_line SET order_line_id = (SELECT MAX(id) FROM order_line WHERE order_id = {PAID})",
    ),
    "payments.refund_parts": ("UPDATE refund_line SET amount = amount - 1",),
    "payments.live_amount": (f"UPDATE payment_attempt SET amount = amount + 1 WHERE bill_id IN {order(WAITING)}",),
    "payments.money": (
        "INSERT INTO payment_event (attempt_id, source, kind, currency, amount, reference, actor, note, data, at) "
        "SELECT MIN(id), 'x', 'captured', 'JPY', 0, '', '', '', '{}', '2026-11-24 03:00:00' FROM payment_attempt",
    ),
    "stock.movements": ("UPDATE stock_movement SET quantity = quantity + 1 WHERE kind = 'shipped'",),
    "stock.oversold": (
        "UPDATE stock_item SET slots = -1 WHERE slots IS NOT NULL",
    ),
    "stock.reserved": ("UPDATE stock_item SET reserved = reserved - 1 WHERE reserved > 2",),
    "stock.dead_reservation": (
        "INSERT INTO reservation (sku_id, order_line_id, source, quantity, created_at) "
        f"SELECT sku_id, id, 'supplier', 1, '2026-11-24 03:00:00' FROM order_line WHERE order_id = {CANCELLED}",
    ),
    "stock.expired_hold": (
        f"UPDATE reservation SET expires_at = '2026-12-24 03:00:00' WHERE order_line_id IN "
        f"(SELECT id FROM order_line WHERE order_id = {WAITING})",
    ),
    "stock.promise": (
        f"UPDATE reservation SET quantity = quantity + 1 WHERE source = 'supplier' AND order_line_id IN "
        f"(SELECT id FROM order_line WHERE order_id = {CASH})",
    ),
    "stock.arrived_but_waiting": (
        f"UPDATE order_line SET item_state = 'awaiting_release' WHERE order_id = {WAITING}",
    ),
    "outbox.owed": ("DELETE FROM outbox WHERE name = 'mail.order_shipped'",),
    "outbox.unowed": (
        "INSERT INTO outbox (id, name, args, queue, dedupe_key, subject, locale, available_at, state, attempts, last_error, "
        "created_at) VALUES ('x', 'mail.order_cancelled', '{}', 'mail', 'mail.order_cancelled:1', 'order:1', 'en', "
        "'2026-11-24 03:00:00', 'new', 0, '', '2026-11-24 03:00:00')",
    ),
    "outbox.again": (
        "INSERT INTO outbox (id, name, args, queue, dedupe_key, subject, locale, available_at, state, attempts, last_error, "
        "created_at) VALUES ('x', 'mail.order_cancelled', '{}', 'mail', 'mail.order_cancelled:4:again:1', 'order:4', 'en', "
        "'2026-11-24 03:00:00', 'new', 0, '', '2026-11-24 03:00:00')",
    ),
    "outbox.changed_lines": ("DELETE FROM outbox WHERE name = 'mail.order_changed'",),
    "mail.recorded": ("UPDATE outbox SET state = 'done' WHERE name = 'mail.order_shipped'",),
    "staff.owner": (member(1, "packer"),),
    "staff.closed": (
        member(1),
        member(2, "packer", MOMENT),
        "INSERT INTO staff_session (token_hash, staff_id, verified, data, browser, created_at, last_seen_at, expires_at) "
        f"VALUES ('t', 2, true, '{{}}', '', {MOMENT}, {MOMENT}, {MOMENT})",
    ),
    "staff.second_factor": (member(1), "INSERT INTO recovery_code (staff_id, code_hash) VALUES (1, 'c')"),
    "cards.listed": (
        "UPDATE product SET state = 'draft' WHERE code = 'FIG'",
        "INSERT INTO search_hidden (id, rank, tier, heads, tokens) "
        "SELECT id, rank, tier, heads, tokens FROM search_product "
        "WHERE id = (SELECT id FROM product WHERE code = 'FIG')",
        "DELETE FROM search_product WHERE id = (SELECT id FROM product WHERE code = 'FIG')",
    ),
    "cards.prices": ("UPDATE sku SET price = price + 1 WHERE code = 'FIG-1'",),
    "cards.status": ("UPDATE product_card SET status = 'sold_out' WHERE product_id = (SELECT id FROM product WHERE code = 'CARD')",),
    "cards.shelves": ("UPDATE product SET popularity = 7 WHERE code = 'FIG'",),
    "cards.texts": ("UPDATE product_text SET name = 'Figure' WHERE locale = 'ja'",),
}  # fmt: skip


# check -> table and columns of its unique rule, and the twins
TWINS: dict[str, tuple[str, str, str]] = {
    "checkout.token": (
        "order", "checkout_token",
        f'UPDATE "order" SET checkout_token = (SELECT checkout_token FROM "order" WHERE id = {PAID}) WHERE id = {SENT}',
    ),
    "checkout.number": (
        "order", "number",
        f'UPDATE "order" SET number = (SELECT number FROM "order" WHERE id = {PAID}) WHERE id = {DRAFT}',
    ),
    "checkout.one_draft": (
        "order", "cart_id",
        f"UPDATE \"order\" SET cart_id = (SELECT cart_id FROM \"order\" WHERE id = {DRAFT}) WHERE id = {CASH + 1}",
    ),
    "payments.reference": (
        "payment_attempt", "source,reference",
        "UPDATE payment_attempt SET source = 'x', reference = 'ref' "
        f"WHERE bill_id IN {order(WAITING)} OR bill_id IN {order(PAID)}",
    ),
    "payments.entered_twice": (
        "payment_event", "source,reference",
        "UPDATE payment_event SET reference = 'TRX-1' WHERE reference = 'TRX-2'",
    ),
    "payments.one_live": (
        "payment_attempt", "bill_id",
        "INSERT INTO payment_attempt (token, key, bill_id, method, source, state, currency, amount, reference, payee, "
        "reason, data, created_at, updated_at) SELECT 't', 'k', bill_id, method, source, state, currency, amount, '', "
        f"'', '', '{{}}', created_at, updated_at FROM payment_attempt WHERE bill_id IN {order(WAITING)}",
    ),
    "payments.webhook_twice": (
        "webhook_event", "source,event_id",
        "INSERT INTO webhook_event (source, event_id, reference, kind, body, headers, received_at) VALUES "
        "('x', 'e', '', '', '', '{}', '2026-11-24 03:00:00'), ('x', 'e', '', '', '', '{}', '2026-11-24 03:00:00')",
    ),
}  # fmt: skip


def test_each_check_sees_what_it_is_for_and_no_other_does(db: Database, books: World) -> None:
    seen = {}
    for check, statements in BROKEN.items():
        with without_rules(db):
            breaks(*statements)
            seen[check] = found(books)
    assert seen == {check: {check} for check in BROKEN}
    assert found(books) == set()


def test_twins_are_seen_where_their_unique_rule_is_gone(db: Database, books: World) -> None:
    Shopper(books).buys("TEA-1", method="fake_gateway")
    kept = set()
    for check, (table, columns, twins) in TWINS.items():
        with without_rules(db):
            if drop_unique(db, table, columns):
                breaks(twins)
                assert found(books) == {check}
            else:
                kept.add(check)
    assert kept <= ({"checkout.token", "checkout.number", "payments.webhook_twice"} if db.kind == "sqlite" else set())


def test_what_has_lost_its_order(db: Database, books: World) -> None:
    with without_rules(db):
        breaks(f"UPDATE order_line SET order_id = 99 WHERE order_id = {CANCELLED}")
        orphans = {"database.foreign_keys"} if db.kind == "sqlite" else set()
        lost = {"orders.without_lines", "orders.lines_without_order", "bills.one_order"}
        assert found(books) == lost | orphans


def test_a_file_that_breaks_its_own_rules(db: Database, books: World) -> None:
    if db.kind != "sqlite":
        pytest.skip("PostgreSQL keeps its rules by itself")
    session.execute(text("PRAGMA ignore_check_constraints = ON"))
    breaks("UPDATE stock_item SET slots = -1 WHERE slots IS NOT NULL")
    session.execute(text("PRAGMA ignore_check_constraints = OFF"))
    assert found(books) == {"stock.oversold", "database.sound"}


def test_deadlines_are_judged_by_the_moment_given(db: Database, books: World) -> None:
    """A hold is 30 minutes, and the job that ends it runs every minute; mails may be thrown away after 14 days."""
    books.now = NOW + timedelta(minutes=31)
    assert found(books) == set()
    books.now = NOW + timedelta(minutes=33)
    assert found(books) == {"checkout.draft_hold", "stock.expired_hold"}
    books.now = NOW + timedelta(minutes=3)
    with without_rules(db):
        breaks(
            f"DELETE FROM reservation WHERE order_line_id IN (SELECT id FROM order_line WHERE order_id = {DRAFT})",
            "UPDATE stock_item SET reserved = reserved - 1 WHERE sku_id = (SELECT id FROM sku WHERE code = 'TEA-1')",
        )
        assert found(books) == {"checkout.draft_hold", "stock.promise"}
    with without_rules(db):
        breaks("DELETE FROM outbox WHERE name = 'mail.order_shipped'")
        assert found(books) == {"outbox.owed"}
        books.now = NOW + timedelta(days=15)
        assert "outbox.owed" not in found(books)


def test_a_draft_whose_payment_may_be_moving_waits_for_its_end(books: World) -> None:
    attempt = session.query(PaymentAttempt).filter(PaymentAttempt.method == "fake_gateway").one()
    books.gateway.mode = "times_out"
    books.gateway.approve(attempt.reference)
    return_from_gateway(attempt.token, {}, books.shop, books.providers, PUBLIC_URL, now=NOW)
    books.now = NOW + timedelta(hours=2)
    assert found(books) == set()


def test_every_check_is_shown_to_see_something() -> None:
    elsewhere = {
        "checkout.draft_hold",
        "orders.without_lines",
        "orders.lines_without_order",
        "database.sound",
        "database.foreign_keys",
    }
    assert {check.name for check in CHECKS} == set(BROKEN) | set(TWINS) | elsewhere
    assert len(CHECKS) == len({check.name for check in CHECKS})


def test_a_finding_tells_its_rows_but_never_more_than_can_be_read() -> None:
    few = Finding("stock.movements", "What is on hand is wrong.", ({"sku": "TEA-1", "on_hand": 3},))
    assert str(few) == "stock.movements: What is on hand is wrong.\n  sku=TEA-1, on_hand=3"
    endless = Check("x", "Wrong.", lambda now: ({"n": n} for n in count()))
    finding = endless.run(NOW)
    assert finding is not None and len(finding.rows) == MAX_ROWS
    assert str(finding).startswith("x: Wrong. (and perhaps more)\n")
