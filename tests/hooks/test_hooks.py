"""One test per hook: what it is asked for, and what becomes of the answer."""

import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

import click
import pytest

from storefront.core.contracts.background import EventHandler, JobTurn, PluginJob
from storefront.core.contracts.events import (
    EVENTS,
    Event,
    OrderedItem,
    OrderPaid,
    OrderPlaced,
    UnknownEvent,
    event_data,
    event_from,
)
from storefront.core.contracts.hookspecs import hookimpl
from storefront.core.contracts.manage import ListSpec, ManagePage
from storefront.core.contracts.plugin_settings import PluginSettings, setting
from storefront.core.contracts.pricing import Lane
from storefront.core.contracts.slots import OrderPanels, Placement, Slot
from storefront.core.paging import RowsSource
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.values.money import Money
from storefront.core.values.types import Problem
from storefront.plugin import PluginBlueprint
from storefront.plugin_host.binding import plugin_settings
from storefront.testing.plugins import (
    FakeAdjuster,
    FakeCarrier,
    FakeMethod,
    fake_host,
    fake_plugin,
    snapshot_with,
)


@dataclass(frozen=True, slots=True)
class StampSettings:
    worth: int = setting(10, label="Worth", minimum=1)


STAMPS = PluginSettings(StampSettings)


def test_hook_payment_methods_are_offered_under_their_keys_and_source() -> None:
    method = FakeMethod("later.invoice")
    host = fake_host(fake_plugin("later", storefront_payment_methods=[method]))
    (found,) = host.providers(snapshot_with(["later"])).payment_methods().items()
    assert found[0] == "later.invoice"
    assert (found[1].source, found[1].value) == ("later", method)


def test_hook_shipping_carriers_are_offered_under_their_keys_and_source() -> None:
    carrier = FakeCarrier("bike")
    host = fake_host(fake_plugin("bike", storefront_shipping_carriers=[carrier]))
    found = host.providers(snapshot_with(["bike"])).carriers()
    assert {key: (entry.source, entry.value) for key, entry in found.items()} == {"bike": ("bike", carrier)}


def test_hook_adjusters_stand_beside_the_cores_own() -> None:
    host = fake_host(
        fake_plugin(
            "stamps", storefront_adjusters=[FakeAdjuster("stamps", Lane.TENDER), FakeAdjuster("stamps.ten", Lane.ORDER)]
        )
    )
    found = host.providers(snapshot_with(["stamps"])).adjusters()
    assert [(entry.source, entry.value.key) for entry in found] == [
        ("stamps", "stamps.ten"),
        ("core", "core.free_shipping"),
        ("stamps", "stamps"),
    ]


def test_hook_manage_pages_are_found_while_their_plugin_is_enabled() -> None:
    page = ManagePage("cards", "Cards", "settings.view", "settings.edit", rows=ListSpec((), RowsSource(tuple)))
    host = fake_host(fake_plugin("stamps", storefront_manage_pages=[page]))
    assert host.manage_pages(snapshot_with(["stamps"])) == (("stamps", (page,)),)
    assert host.manage_pages(snapshot_with([])) == ()


@pytest.mark.parametrize(
    "page",
    [
        ManagePage("cards", "Cards", "settings.view", "everything", rows=ListSpec((), RowsSource(tuple))),
        ManagePage("Cards!", "Cards", "settings.view", "settings.edit", rows=ListSpec((), RowsSource(tuple))),
        ManagePage("settings", "Cards", "settings.view", "settings.edit", rows=ListSpec((), RowsSource(tuple))),
        ManagePage("cards", "Cards", "settings.view", "settings.edit"),
        "cards",
    ],
)
def test_hook_manage_pages_that_cannot_be_shown_break_their_plugin(page: object) -> None:
    host = fake_host(fake_plugin("stamps", storefront_manage_pages=[page]))
    assert host.plugins["stamps"].state == "broken"


def test_hook_settings_are_what_the_plugin_reads_while_bound() -> None:
    settings = plugin_settings("stamps", StampSettings)
    host = fake_host(fake_plugin("stamps", storefront_settings=STAMPS))
    with host.bind(snapshot_with(["stamps"])):
        assert settings().worth == 10
    with host.bind(snapshot_with(["stamps"], {"stamps": {"worth": 25}})):
        assert settings().worth == 25
        with host.bind(snapshot_with(["stamps"], {"stamps": {"worth": 3}})):
            assert settings().worth == 3
        assert settings().worth == 25


def test_hook_checks_get_the_typed_settings_and_their_problems_carry_the_source() -> None:
    @hookimpl
    def storefront_checks(settings: StampSettings) -> list[Problem]:
        return [Problem("Too much.")] if settings.worth > 100 else []

    host = fake_host(fake_plugin("stamps", storefront_settings=STAMPS, storefront_checks=storefront_checks))
    assert host.check("stamps", snapshot_with()) == ()
    problems = host.check("stamps", snapshot_with(settings={"stamps": {"worth": 101}}))
    assert [(problem.message, problem.source) for problem in problems] == [("Too much.", "stamps")]


def test_hook_checks_that_raise_or_answer_nonsense_count_as_a_problem() -> None:
    raising = fake_plugin("one", storefront_checks=lambda settings: 1 / 0)
    nonsense = fake_plugin("two", storefront_checks=lambda settings: ["no Problem"])
    host = fake_host(raising, nonsense)
    for name, says in (("one", "division by zero"), ("two", "no list of Problem")):
        (problem,) = host.check(name, snapshot_with())
        assert problem.code == "check_failed"
        assert says in problem.message % problem.params


def test_hook_blueprints_are_kept_as_routes_with_their_audience() -> None:
    pages = PluginBlueprint("stamps", __name__)
    pages.get("/card", audience="anybody")(lambda: "")
    (found,) = fake_host(fake_plugin("stamps", storefront_blueprints=lambda: [pages])).routes()
    assert found[0] == "stamps"
    assert [(route.rule, route.methods, route.audience) for route in found[1]] == [("/card", ("GET",), "anybody")]


def test_hook_cli_commands_are_kept_by_name_and_two_of_one_name_refused() -> None:
    def made(*names: str) -> list[click.Command]:
        return [click.Command(name) for name in names]

    host = fake_host(fake_plugin("stamps", storefront_cli=lambda: made("b", "a")))
    assert [command.name for command in host.commands("stamps")] == ["a", "b"]
    twice = fake_host(fake_plugin("stamps", storefront_cli=lambda: made("a", "a")))
    assert "'a' is given to two" in twice.plugins["stamps"].reason


def test_hook_slots_are_asked_in_the_order_of_priority_and_plugin() -> None:
    def one(slot: OrderPanels) -> None: ...
    def two(slot: OrderPanels) -> None: ...

    last = fake_plugin("alpha", storefront_slots=[Placement(OrderPanels, one, 200), Placement(OrderPanels, two, 150)])
    first = fake_plugin("beta", storefront_slots=[Placement(OrderPanels, one)])
    host = fake_host(last, first)
    found = host.slots(snapshot_with(["alpha", "beta"]))["order.panels"]
    assert [(filling.source, filling.fill) for filling in found] == [("beta", one), ("alpha", two), ("alpha", one)]
    assert host.slots(snapshot_with([])) == {}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([Placement(Slot, lambda slot: None)], "no place"),
        ([Placement(OrderPanels, "order")], "no function"),  # type: ignore[arg-type]
        ([Placement(OrderPanels, lambda slot: None, "first")], "whole number"),  # type: ignore[arg-type]
        (["order.panels"], "no Placement"),
        ("order.panels", "Return a list"),
    ],
)
def test_hook_slots_of_another_shape_break_their_plugin(given: object, says: str) -> None:
    host = fake_host(fake_plugin("stamps", storefront_slots=given))
    assert says in host.plugins["stamps"].reason


def test_hook_jobs_are_known_by_name_while_installed_and_timed_while_enabled() -> None:
    def work(turn: JobTurn) -> None: ...

    jobs = [
        PluginJob("stamp", work),
        PluginJob("count", work, every=timedelta(hours=1)),
        PluginJob("tidy", work, daily_at=3),
    ]
    host = fake_host(fake_plugin("stamps", storefront_jobs=jobs))
    on, off = host.providers(snapshot_with(["stamps"])), host.providers(snapshot_with())
    assert sorted(on.timed_jobs()) == ["plugin:stamps:count", "plugin:stamps:tidy"]
    assert off.timed_jobs() == {}
    for providers in (on, off):
        found = providers.background("plugin:stamps:stamp")
        assert found is not None and (found.source, found.value) == ("stamps", jobs[0])
        assert providers.runs("stamps") and not providers.runs("other")
        assert providers.background("plugin:other:stamp") is None


def test_hook_event_handlers_listen_while_enabled_or_when_they_settle() -> None:
    def hear(event: Event) -> None: ...

    host = fake_host(
        fake_plugin(
            "stamps",
            storefront_event_handlers=[
                EventHandler(OrderPlaced, hear), EventHandler(OrderPlaced, hear, key="back", settles=True),
            ],
        )
    )  # fmt: skip

    def told(*enabled: str) -> list[str]:
        return [listener.name for listener in host.listeners(OrderPlaced, lambda: snapshot_with(enabled))]

    assert told("stamps") == ["plugin:stamps:order.placed", "plugin:stamps:order.placed:back"]
    assert told() == ["plugin:stamps:order.placed:back"]

    def unasked() -> ShopSnapshot:
        raise AssertionError("nobody listens, so nothing is read")

    assert host.listeners(OrderPaid, unasked) == ()


@pytest.mark.parametrize(
    ("hook", "given", "says"),
    [
        ("storefront_jobs", "stamp", "no PluginJob"),
        ("storefront_jobs", PluginJob("Stamp!", print), "small letters"),
        ("storefront_jobs", PluginJob("stamp", None), "no function"),  # type: ignore[arg-type]
        ("storefront_jobs", PluginJob("stamp", print, queue="mail"), "critical, slow"),
        ("storefront_jobs", PluginJob("stamp", print, every=timedelta(seconds=1)), "a minute or more"),
        ("storefront_jobs", PluginJob("stamp", print, daily_at=24), "from 0 to 23"),
        ("storefront_jobs", PluginJob("stamp", print, every=timedelta(hours=1), daily_at=3), "one of them"),
        ("storefront_event_handlers", "order.placed", "no EventHandler"),
        ("storefront_event_handlers", EventHandler(Event, print), "The events are: OrderCancelled"),
        ("storefront_event_handlers", EventHandler(OrderPlaced, print, key="A"), "small letters"),
        ("storefront_event_handlers", EventHandler(OrderPlaced, None), "no function"),  # type: ignore[arg-type]
    ],
)
def test_background_work_that_cannot_be_done_breaks_its_plugin(hook: str, given: object, says: str) -> None:
    assert says in fake_host(fake_plugin("stamps", **{hook: [given]})).plugins["stamps"].reason
    twice = fake_host(fake_plugin("stamps", storefront_jobs=[PluginJob("a", print), PluginJob("a", print)]))
    assert "'a' is given to two" in twice.plugins["stamps"].reason


@pytest.mark.parametrize("kind", EVENTS.values(), ids=list(EVENTS))
def test_an_event_comes_back_as_it_was_told_also_from_an_earlier_release(kind: type[Event]) -> None:
    given: dict[str, Any] = {
        "at": datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC), "amount": Money(5, "USD"), "total": None,
        "items": (OrderedItem(1, "TEA-1", 2, Money(1200, "JPY")), OrderedItem(2, "", 1, None)),
        **dict.fromkeys(("order_id", "bill_id", "shipment_id"), 7),
    }  # fmt: skip
    event = kind(**{field.name: given.get(field.name, "x") for field in fields(kind)})
    data = json.loads(json.dumps(event_data(event)))
    assert (data["event"], data["version"]) == (kind.name, kind.version)
    assert event_from(data) == event
    assert event_from({**data, "no_longer": 1}) == event
    with pytest.raises(UnknownEvent):
        event_from({**data, "event": "order.vanished"})
