"""The night puts what sells, is there and is new before the rest."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storefront.core.catalog.searching import search_products
from storefront.core.db import session, unit_of_work, utcnow
from storefront.core.search.models import SearchProduct, SearchWord
from storefront.core.search.spelling import respelled
from storefront.jobs.clock import TIMED
from storefront.jobs.registry import find_job
from storefront.jobs.search import mend, reorder_products, settle
from storefront.testing.databases import Database
from storefront.testing.factories import make_product
from storefront.testing.world import Shopper, make_world


def codes() -> list[int]:
    ids = list(search_products("tea", "en", limit=10).ids)
    session.rollback()
    return ids


@pytest.mark.req("CAT-7")
def test_places_words_and_tiers(db: Database) -> None:
    old = utcnow() - timedelta(days=400)
    with unit_of_work():
        sold, gone, owners, new, plain = (
            make_product(name="Tea", created_at=at, popularity=points, on_hand=stock, code=code).id
            for code, at, points, stock in (
                ("SOLD", old, 0, 9), ("GONE", old, 39, 0), ("OWN", old, 15, 9), ("NEW", utcnow(), 0, 9), ("PLAIN", old, 0, 9),
            )
        )  # fmt: skip
    assert codes()[:2] == [gone, owners]  # by the owner's points until the night
    world = make_world()
    world.now = utcnow()
    Shopper(world).buys("SOLD-1", 4)
    session.rollback()
    assert reorder_products() == 5
    assert reorder_products() == 0
    assert codes() == [sold, new, owners, gone, plain]
    with unit_of_work():
        session.execute(SearchProduct.__table__.delete().where(SearchProduct.id == plain))
        session.add(SearchWord(word="gone", initial="g", length=4))
    settle()
    assert session.scalars(select(SearchWord.word)).all() == ["tea"]
    assert respelled("teaa") == "tea"
    tiers = dict(session.execute(select(SearchProduct.id, SearchProduct.tier)).all())
    session.rollback()
    assert set(tiers.values()) == ({0, 3} if db.kind == "postgresql" else {0})
    mend()
    assert codes() == [sold, new, owners, gone]


def test_it_is_done_every_night() -> None:
    assert TIMED["search.reorder"].every == timedelta(days=1)
    job = find_job("search.reorder")
    assert job is not None and job.outside


def test_the_tables_are_in_step_after_a_product_is_deleted(db: Database) -> None:
    with unit_of_work():
        product = make_product(name="Tea", skus=1)
        other = make_product(name="Tea", skus=0)
    assert codes() == [product.id]
    with unit_of_work():
        session.delete(session.get_one(type(other), other.id))
    assert codes() == [product.id]
