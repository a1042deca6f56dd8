"""Jobs and events of a plugin in a shop: from the act of a shopper or the clock, by the outbox, to the plugin, once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from storefront.core.audit.models import AuditEntry
from storefront.core.contracts.background import EventHandler, GiveUp, JobTurn, PluginJob, TryLater
from storefront.core.contracts.events import Event, OrderCancelled, OrderPaid, OrderPlaced, OrderReady
from storefront.core.db import session, utcnow
from storefront.core.outbox.models import OutboxRow
from storefront.core.settings.models import PluginState
from storefront.core.settings.service import touch
from storefront.jobs.clock import insert_due_in
from storefront.jobs.relay import run_due
from storefront.jobs.runtime import runtime_of
from storefront.plugin import enqueue
from storefront.testing.factories import make_product
from storefront.testing.plugins import fake_plugin
from storefront.testing.visitor import TOKYO, Visitor

ILL = "ill"
SECRET = "taro@example.com lives in Tokyo"


class Told:
    """What the plugin was called with, and how it answers."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.turns: list[JobTurn] = []
        self.trouble: Exception | None = None

    def hears(self, event: Event) -> None:
        enqueue(ILL, "copy", once=event.id, number=event.number)
        self.fails()
        self.events.append(event)

    def settles(self, event: Event) -> None:
        self.events.append(event)

    def works(self, turn: JobTurn) -> None:
        self.turns.append(turn)
        self.fails()

    def fails(self) -> None:
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def ill(told: Told) -> ModuleType:
    return fake_plugin(
        ILL,
        storefront_event_handlers=[
            EventHandler(OrderPlaced, told.hears),
            EventHandler(OrderPlaced, told.settles, key="again"),
            EventHandler(OrderPaid, told.settles),
            EventHandler(OrderReady, told.settles),
            EventHandler(OrderCancelled, told.settles, settles=True),
        ],
        storefront_jobs=[
            PluginJob("copy", told.works),
            PluginJob("hourly", told.works, every=timedelta(hours=1), outside=True),
        ],
    )


@pytest.fixture(autouse=True)
def goods(unit: Callable[[], Any], selling: None) -> None:
    with unit():
        make_product(code="TEA", price=1200, weight=200)


def buys(visitor: Visitor) -> str:
    visitor.adds("TEA-1")
    visitor.comes_to_confirm(TOKYO, "payments_bank_transfer")
    visitor.places()
    return visitor.page.text("order-number")


def switch(unit: Callable[[], Any], enabled: bool) -> None:
    with unit():
        session.get_one(PluginState, ILL).enabled = enabled
        touch()


def rows(app: Flask) -> dict[str, tuple[str, int, str]]:
    """By name: state, attempts, what was wrong."""
    with app.app_context():
        found = session.scalars(select(OutboxRow).where(OutboxRow.name.startswith("plugin:")))
        return {row.name: (row.state, row.attempts, row.last_error) for row in found}


def due_again(app: Flask) -> None:
    with app.app_context():
        session.execute(update(OutboxRow).where(OutboxRow.state == "new").values(available_at=utcnow()))
        session.commit()


@pytest.mark.req("PLG-3")
def test_an_order_is_told_once_to_each_handler_with_what_it_needs(
    app: Flask, visitor: Visitor, owner: Visitor, told: Told
) -> None:
    number = buys(visitor)
    assert set(rows(app)) == {"plugin:ill:order.placed", "plugin:ill:order.placed:again"}
    assert told.events == [], "nobody is called before the order stands"
    run_due(app)
    first, second = told.events
    assert isinstance(first, OrderPlaced) and first == second, "one event, for two handlers"
    assert (first.number, first.country, first.lang, first.method) == (number, "JP", "en", "payments_bank_transfer")
    assert first.total is not None and (first.total.amount, first.total.currency) == (1700, "JPY")
    (item,) = first.items
    assert (item.sku, item.quantity, item.unit_price and item.unit_price.amount) == ("TEA-1", 1, 1200)
    assert [turn.args for turn in told.turns] == [{"number": number}], "what it promised is done in the same run"
    run_due(app)
    assert len(told.events) == 2

    owner.gets(f"/manage/orders/{number}")
    owner.submits("act-pay", amount="1700", reference="A1")
    run_due(app)
    after = {event.name: event for event in told.events[2:]}
    assert set(after) == {"order.paid", "order.ready"}
    paid = after["order.paid"]
    assert isinstance(paid, OrderPaid) and (paid.amount.amount, paid.amount.currency) == (1700, "JPY")


def test_a_handler_that_fails_is_tried_again_alone_and_leaves_nothing_half_done(
    app: Flask, visitor: Visitor, told: Told, noted: Callable[[], None]
) -> None:
    told.trouble = ValueError(SECRET)
    buys(visitor)
    run_due(app)
    found = rows(app)
    state, attempts, wrong = found["plugin:ill:order.placed"]
    assert (state, attempts) == ("new", 1)
    assert "ValueError in fails()" in wrong and "taro" not in wrong, "no words of an error: they may be a shopper's"
    assert found["plugin:ill:order.placed:again"][0] == "done", "the other handler has nothing to do with it"
    assert "plugin:ill:copy" not in found, "what it promised went with it"
    told.trouble = None
    due_again(app)
    run_due(app)
    assert rows(app)["plugin:ill:order.placed"][0] == "done"
    assert len(told.turns) == 1


def test_what_nobody_is_to_blame_for_does_not_count_against_the_plugin_and_giving_up_is_final(
    app: Flask, visitor: Visitor, told: Told, decided: Callable[[], PluginState], noted: Callable[[], None]
) -> None:
    told.trouble = TryLater("erp.example does not answer.")
    buys(visitor)
    for _ in range(12):
        due_again(app)
        run_due(app)
    noted()
    assert decided().held == "", "the other side is down: that is what trying again is for"
    state, attempts, wrong = rows(app)["plugin:ill:order.placed"]
    assert (state, attempts, wrong) == ("dead", 6, "erp.example does not answer.")
    told.trouble = GiveUp("It is gone.")
    with app.app_context():
        session.execute(update(OutboxRow).where(OutboxRow.state == "dead").values(state="new", attempts=0))
        session.commit()
    run_due(app)
    assert rows(app)["plugin:ill:order.placed"] == ("dead", 1, "It is gone.")


@pytest.mark.req("PLG-3")
def test_disabled_it_ends_what_it_began_and_begins_nothing(
    app: Flask, unit: Callable[[], Any], visitor: Visitor, another_visitor: Visitor, owner: Visitor, told: Told
) -> None:
    buys(visitor)
    switch(unit, False)
    run_due(app)
    assert len(told.events) == 2, "what it was to be told while it was enabled"
    number = buys(another_visitor)
    insert_due_in(runtime_of(app))
    assert "plugin:ill:hourly" not in rows(app), "the clock begins nothing"
    owner.gets(f"/manage/orders/{number}")
    owner.submits("act-cancel", reason="owner")
    run_due(app)
    assert [event.name for event in told.events[2:]] == ["order.cancelled"], "what settles is told"
    switch(unit, True)
    insert_due_in(runtime_of(app))
    insert_due_in(runtime_of(app))
    run_due(app)
    assert [dict(turn.args) for turn in told.turns[1:]] == [{}], "one slot, one turn"


def test_while_it_is_not_there_its_work_waits_and_is_dropped_when_it_is_put_away(
    app: Flask, visitor: Visitor, owner: Visitor, told: Told, unit: Callable[[], Any]
) -> None:
    buys(visitor)
    host = app.extensions["storefront"].host
    kept, host._offers = host._offers, {name: offer for name, offer in host._offers.items() if name != ILL}
    host._kept = None
    for _ in range(8):
        due_again(app)
        run_due(app)
    state, attempts, wrong = rows(app)["plugin:ill:order.placed"]
    assert (state, attempts) == ("new", 0), "waiting is no attempt"
    assert "ill is not installed" in wrong
    with app.app_context():
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.name == "plugin:ill:order.placed:again")
            .values(created_at=datetime(2026, 1, 1, tzinfo=UTC), available_at=utcnow())
        )
        session.commit()
    run_due(app)
    assert rows(app)["plugin:ill:order.placed:again"][0] == "dead", "somebody must decide about it after a month"
    host._offers, host._kept = kept, None
    due_again(app)
    run_due(app)
    assert [event.name for event in told.events] == ["order.placed"], "it is back"

    switch(unit, False)
    owner.gets(f"/manage/plugins/{ILL}/purge")
    owner.submits("purge-form", data="keep")
    assert rows(app)["plugin:ill:order.placed:again"][0] == "dropped"
    with app.app_context():
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "plugin.purge")).one()
        assert entry.data["dropped"] == 1


def test_work_that_a_newer_version_does_not_know_is_given_up_with_a_sentence(
    app: Flask, unit: Callable[[], Any]
) -> None:
    from storefront.core.outbox.service import later

    with unit():
        later("plugin:ill:old", subject="plugin:ill")
        later("plugin:ill:order.placed", subject="plugin:ill", event={"event": "order.vanished"})
    run_due(app)
    found = rows(app)
    assert found["plugin:ill:old"][0] == "dead" and "does not know" in found["plugin:ill:old"][2]
    assert found["plugin:ill:order.placed"][0] == "dead" and "cannot be read" in found["plugin:ill:order.placed"][2]


def test_its_timed_jobs_stand_among_those_of_the_shop(app: Flask, owner: Visitor) -> None:
    insert_due_in(runtime_of(app))
    owner.gets("/manage/background/")
    assert "plugin:ill:hourly" in owner.last.text
