"""The back office finds orders by whatever a person on the telephone can say."""

from sqlalchemy import select

from storefront.core.db import run_unit, session, unit_of_work
from storefront.core.invariants.checks import run_all
from storefront.core.lifecycle.receive import receive
from storefront.core.lifecycle.ship import hand_over, plan
from storefront.core.orders.finding import find_orders, index_order
from storefront.core.orders.models import Order
from storefront.core.orders.service import lock_order
from storefront.core.values.money import Money
from storefront.jobs.search import rebuild
from storefront.testing.databases import Database
from storefront.testing.factories import make_product
from storefront.testing.world import TAIPEI, TOKYO, Shopper, make_world


def numbers(question: str, limit: int = 10, before_id: int | None = None) -> list[str]:
    ids = find_orders(question, limit=limit, before_id=before_id).ids
    found = dict(session.execute(select(Order.id, Order.number).where(Order.id.in_(ids))).all())
    session.rollback()
    return [found[id_] for id_ in ids]


def test_orders_are_found(db: Database) -> None:
    world = make_world()
    with unit_of_work():
        make_product(code="TEA", name={"en": "Morning Mist Sencha", "ja": "朝もやの煎茶"})
        make_product(code="CUP", name={"en": "White cup", "ja": "白磁の猪口"})
    taipei = Shopper(world).buys("TEA-1").number
    tokyo = Shopper(world, lang="ja").buys("CUP-1", address=TOKYO).number
    draft = Shopper(world).buys("TEA-1", method="fake_gateway").number
    session.rollback()

    spoken = {
        taipei: (taipei, taipei.replace("-", ""), "林怡君", "怡君", "Lin Yi-chun", "yi-chun", TAIPEI.email, "lin@example",
                 TAIPEI.phone, "02-2345-6789", "5-6789", "mist", "TEA-1", "林 sencha"),
        tokyo: ("佐藤", "佐籐花子", "花子", "SATO@EXAMPLE.COM", "03-1234-5678", "0312345678", "白磁", "ちょこ 佐藤"[3:], "cup-1"),
    }  # fmt: skip
    for number, questions in spoken.items():
        assert {question: numbers(question) for question in questions} == dict.fromkeys(questions, [number])
    day = taipei.partition("-")[0]
    assert numbers(day) == [tokyo, taipei]  # the newest first, and no draft
    assert numbers(day, limit=1) == [tokyo]
    last = session.scalars(select(Order.id).where(Order.number == tokyo)).one()
    assert numbers(day, before_id=last) == [taipei]
    for nothing in (
        draft,
        "example.com",
        "@example.com",
        "",
        "\x00",
        "'",
        "2345-0000",
        "sencha 佐藤",
        "x" * 9000,
        "\ud800",
    ):
        assert numbers(nothing) == [], nothing

    run_unit(lambda: receive(taipei, Money(2500, "JPY"), world.shop, world.providers, actor="t", now=world.now))
    run_unit(
        lambda: hand_over(
            plan(taipei, actor="t", now=world.now).id,
            world.providers,
            actor="t",
            now=world.now,
            tracking="EJ 123 456 789 JP",
        )
    )
    assert numbers("EJ123456789JP") == numbers("ej 123456789") == numbers("EJ1234") == [taipei]
    with unit_of_work():
        order = lock_order(tokyo)
        order.address = {**order.address, "family_name": "鈴木"}
        index_order(order)
    assert (numbers("鈴木"), numbers("佐藤")) == ([tokyo], [])


def test_a_rebuilt_index_finds_the_same(db: Database) -> None:
    world = make_world()
    with unit_of_work():
        make_product(code="TEA", name="Sencha")
    number = Shopper(world).buys("TEA-1").number
    session.rollback()
    with unit_of_work():
        for table in ("search_order", "search_product"):
            session.execute(Order.__table__.metadata.tables[table].delete())
    assert numbers("林") == []
    assert {finding.check for finding in run_all(world.now)} == {"search.orders", "search.products"}
    session.rollback()
    seen: list[tuple[str, int, int]] = []
    rebuild(lambda *progress: seen.append(progress))
    assert seen == [("products", 1, 1), ("orders", 1, 1)]
    assert numbers("林") == [number]
    assert run_all(world.now) == []
    session.rollback()
