"""One test per hook: what it is asked for, and what becomes of the answer."""

from dataclasses import dataclass

import click
import pytest

from storefront.core.contracts.hookspecs import hookimpl
from storefront.core.contracts.manage import ListSpec, ManagePage
from storefront.core.contracts.plugin_settings import PluginSettings, setting
from storefront.core.contracts.pricing import Lane
from storefront.core.contracts.slots import OrderPanels, Placement, Slot
from storefront.core.paging import RowsSource
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
