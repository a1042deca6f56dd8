"""What ``make bench`` measures is there: every page of its list answers, and the bare pages beside them do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from storefront.core.catalog.cards.keeping import refresh_concerned
from storefront.core.db import session, unit_of_work
from storefront.core.settings.service import set_policy
from storefront.extensions import db
from storefront.profiles.loader import seed_if_empty
from tools.bench import backoffice, floor
from tools.bench.load import Asked
from tools.bench.pages import ADD, CART, CART_LINES, PAGES, requests_of
from tools.bench.products import write_products
from tools.bench.visits import LocalClient, checkout_statements, stage_of, statements_of, with_carts

UNTIL = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    url = f"sqlite:///{tmp_path / 'floor.sqlite'}"
    floor.seed(url, 1000)
    monkeypatch.setenv("FLOOR_DATABASE", url)
    monkeypatch.setenv("FLOOR_LIST_BYTES", "60000")
    floor.engine.cache_clear()
    floor.filler.cache_clear()
    return floor.app.test_client()


def test_bare_pages_answer_and_are_as_long_as_wanted(bare: FlaskClient) -> None:
    pages = {page.floor for page in PAGES} | {"/hello"}
    bodies = {path: bare.get(path) for path in pages}
    assert {answer.status_code for answer in bodies.values()} == {200}
    assert 57_000 < len(bodies["/list"].data) < 63_000
    assert bodies["/list"].text.count('class="card"') == bodies["/fts?q=lamp"].text.count('class="card"') == 24
    assert bodies["/detail"].text.count('class="card"') == 1
    floor.engine().dispose()


def test_every_page_of_the_bench_answers(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        seed_if_empty("mart", tmp_path)
        write_products(db.engine, 350, 7, UNTIL)
        session.rollback()
        refresh_concerned("all", ())
        with unit_of_work():
            set_policy("cart.max_quantity", 1_000_000, "test")
        stage = stage_of(app)
    stage = with_carts(lambda: LocalClient(app), stage)
    client = app.test_client(use_cookies=False)
    for page in PAGES:
        counted, status = statements_of(app, page, stage)
        assert (status, counted > 0) == (200, True), page
        assert counted <= (page.statements or counted), page
        if page.name != ADD:
            assert len(client.get(requests_of(page, stage)[0].path).data) > 1000
    cart = requests_of(next(page for page in PAGES if page.name == CART), stage)[0]
    assert isinstance(cart, Asked)
    assert client.get(cart.path, headers=dict(cart.headers)).text.count('data-test="cart-line"') == CART_LINES
    assert 20 < checkout_statements(app, stage) <= 120


def test_pages_of_the_back_office_are_timed(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        seed_if_empty("mart", tmp_path)
    found = backoffice.time_pages(app, backoffice.PATHS, times=2)
    assert [(timed.path, timed.status) for timed in found] == [(path, 200) for path in backoffice.PATHS]
    assert all(timed.statements > 0 and len(timed.times) == 2 for timed in found)
