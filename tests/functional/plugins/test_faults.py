"""Whatever a plugin does wrong, the shop goes on selling; who it was is known, and it is stopped when it goes on."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from storefront.core.audit.models import AuditEntry
from storefront.core.db import session
from storefront.core.outbox.models import OutboxRow, OutboxState
from storefront.core.settings.models import PluginFault, PluginState
from storefront.core.settings.plugins import MIGRATION, hold
from storefront.plugin import (
    Adjuster,
    Adjustment,
    Lane,
    NotOffered,
    Offered,
    PaymentMethod,
    ShippingCarrier,
)
from storefront.plugin_host.watching import IN_A_ROW
from storefront.testing.factories import make_product
from storefront.testing.plugins import FakeCarrier, fake_plugin
from storefront.testing.visitor import TOKYO, Visitor

ILL = "ill"
SOMEBODY = "taro@example.com lives in Tokyo"


class Boom(Exception):
    pass


def boom(*_given: Any, **_named: Any) -> Any:
    raise Boom(SOMEBODY)


class IllCarrier(ShippingCarrier):
    key, title = ILL, "Ill carrier"

    def __init__(self, answer: Callable[..., Any]) -> None:
        self.answer, self.asked = answer, 0

    def quote(self, request: Any) -> Any:
        self.asked += 1
        return self.answer(request)


class IllMethod(PaymentMethod):
    key, title = ILL, "Ill payment"

    def __init__(self, answer: Callable[..., Any] = boom) -> None:
        self.answer = answer

    def availability(self, context: Any) -> Offered | NotOffered:
        return self.answer(context)  # type: ignore[no-any-return]

    def begin(self, attempt: Any) -> Any:
        return self.answer(attempt)


class IllAdjuster(Adjuster):
    """A discount of nothing that breaks off where it is told to."""

    key, lane = ILL, Lane.ORDER

    def __init__(self, at: str) -> None:
        self.at = at

    def adjust(self, quote: Any, context: Any) -> list[Adjustment]:
        if self.at == "adjust":
            boom()
        return [Adjustment(ILL, -1, "Off")]

    def reserve(self, order_id: int, adjustment: Any) -> None:
        if self.at == "reserve":
            session.execute(text("SELECT * FROM no_such_table"))

    def commit(self, order_id: int, key: str) -> None:
        if self.at == "commit":
            session.execute(text("SELECT * FROM no_such_table"))


def faults(app: Flask) -> list[tuple[str, str, int]]:
    with app.app_context():
        rows = session.scalars(select(PluginFault).order_by(PluginFault.id))
        return [(row.act, row.kind, row.times) for row in rows if row.plugin == ILL]


def buys(visitor: Visitor, method: str = "payments_cod") -> str:
    """A whole purchase in Japan; the number of the order."""
    visitor.adds("TEA-1")
    visitor.comes_to_confirm(TOKYO, method)
    visitor.places()
    assert visitor.last.status_code == 200, visitor.last.text[-400:]
    return visitor.page.text("order-number")


@pytest.fixture(autouse=True)
def goods(unit: Callable[[], Any], selling: None) -> None:
    with unit():
        make_product(code="TEA", price=1200, weight=200)


CONTAINED = {
    "carrier raises": (lambda: {"storefront_shipping_carriers": [IllCarrier(boom)]}, ("quote", "raised")),
    "carrier ends the process": (
        lambda: {"storefront_shipping_carriers": [IllCarrier(lambda _: (_ for _ in ()).throw(SystemExit(1)))]},
        ("quote", "raised"),
    ),
    "carrier answers nonsense": (
        lambda: {"storefront_shipping_carriers": [IllCarrier(lambda _: "free!")]},
        ("quote", "nonsense"),
    ),
    "method raises": (lambda: {"storefront_payment_methods": [IllMethod()]}, ("availability", "raised")),
    "method answers nonsense": (
        lambda: {"storefront_payment_methods": [IllMethod(lambda _: True)]},
        ("availability", "nonsense"),
    ),
}


@pytest.mark.req("SHOP-6", "REL-11")
class TestContained:
    @pytest.fixture(params=CONTAINED)
    def case(self, request: pytest.FixtureRequest) -> Any:
        return CONTAINED[request.param]

    @pytest.fixture
    def ill(self, case: Any) -> ModuleType:
        return fake_plugin(ILL, **case[0]())

    def test_a_purchase_goes_through_and_the_plugin_is_named(
        self, app: Flask, visitor: Visitor, case: Any, noted: Callable[[], None]
    ) -> None:
        assert buys(visitor)
        noted()
        found = faults(app)
        assert {(act, kind) for act, kind, _ in found} == {case[1]}
        assert sum(times for *_, times in found) > 0


class TestBroken:
    """What cannot even be loaded, or has no tables as it needs them."""

    @pytest.fixture(params=["import", "migration"])
    def how(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture
    def ill(self, how: str) -> ModuleType:
        carrier = ImportError("No module named 'stripe'") if how == "import" else [FakeCarrier(ILL, 1)]
        return fake_plugin(ILL, storefront_shipping_carriers=carrier)

    def test_the_shop_sells_without_it(
        self, how: str, unit: Callable[[], Any], visitor: Visitor, owner: Visitor
    ) -> None:
        if how == "migration":
            with unit():
                hold(ILL, MIGRATION, "Its tables could not be brought up to date.", "Traceback …")
        assert buys(visitor)
        owner.gets(f"/manage/plugins/{ILL}")
        assert next(owner.page.attributes("plugin"))["data-status"] == "broken"
        assert owner.page.form("plugin-retry")


class TestStopped:
    """A carrier that always raises: it rests in one process, then it is stopped in all, then the owner lets it run."""

    @pytest.fixture
    def carrier(self) -> IllCarrier:
        return IllCarrier(boom)

    @pytest.fixture
    def ill(self, carrier: IllCarrier) -> ModuleType:
        return fake_plugin(ILL, storefront_shipping_carriers=[carrier])

    @pytest.mark.req("SHOP-6")
    def test_it_rests_is_stopped_everywhere_and_runs_again(
        self,
        app: Flask,
        carrier: IllCarrier,
        visitor: Visitor,
        another_visitor: Visitor,
        owner: Visitor,
        decided: Callable[[], PluginState],
        noted: Callable[[], None],
    ) -> None:
        visitor.adds("TEA-1")
        for _ in range(IN_A_ROW + 3):
            visitor.gets("cart?country=JP")
        assert carrier.asked == IN_A_ROW, "it is left alone after five failures in a row"
        noted()
        assert decided().held == "", "five are too few to stop it for all"
        # The other processes count too: failures are added up in the database.
        watch = app.extensions["storefront"].host.watch
        for _ in range(5):
            watch.blame(ILL, "quote", _raised())
        noted()
        state = decided()
        assert (state.held, state.enabled) == ("quarantine", True)
        assert "10 times within 10 minutes" in state.held_reason
        assert buys(another_visitor)

        owner.gets("/manage/")
        assert "Plugins that failed and were stopped" in owner.last.text
        owner.gets(f"/manage/plugins/{ILL}")
        assert next(owner.page.attributes("plugin"))["data-status"] == "quarantined"
        assert "Boom in boom()" in owner.page.text("plugin-report")
        assert SOMEBODY not in owner.last.text
        owner.submits("plugin-retry", reason="Mended by its author")
        assert decided().held == ""
        visitor.gets("cart?country=JP")
        assert carrier.asked == IN_A_ROW + 1, "nothing of it rests any more"
        noted()
        assert decided().held == "", "what was before does not count"
        with app.app_context():
            acts = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == ILL).order_by(AuditEntry.id)).all()
            assert [(a.act, a.actor.partition(":")[0]) for a in acts] == [
                ("plugin.quarantine", "system"),
                ("plugin.release", "staff"),
            ]
            assert acts[1].reason == "Mended by its author"

    def test_one_that_does_not_come_back_is_stopped_at_once(
        self, app: Flask, decided: Callable[[], PluginState], noted: Callable[[], None]
    ) -> None:
        watch = app.extensions["storefront"].host.watch
        watch.budgets["quote"] = 0.0
        found = watch.ask(ILL, "quote", watch.note_hung, ())
        assert found is True
        noted()
        assert decided().held == "quarantine"
        assert "did not come back" in decided().held_reason
        assert "note_hung" in decided().held_trace, "where it hangs is shown"

    def test_the_owner_may_say_never(
        self, app: Flask, unit: Callable[[], Any], decided: Callable[[], PluginState], noted: Callable[[], None]
    ) -> None:
        from storefront.core.settings.service import set_policy

        with unit():
            set_policy("plugins.most_failures", 0, "owner")
        for _ in range(50):
            app.extensions["storefront"].host.watch.blame(ILL, "quote", _raised())
        noted()
        assert decided().held == ""


class TestSlow:
    @pytest.fixture
    def ill(self) -> ModuleType:
        return fake_plugin(ILL, storefront_shipping_carriers=[FakeCarrier(ILL, 700)])

    def test_a_late_answer_is_used_and_counted(self, app: Flask, visitor: Visitor, noted: Callable[[], None]) -> None:
        watch = app.extensions["storefront"].host.watch
        watch.budgets["quote"] = -1.0
        visitor.adds("TEA-1")
        visitor.gets("checkout/address")
        visitor.fills_in(TOKYO)
        visitor.gets("checkout/delivery")
        assert "Standard" in visitor.last.text and "700" in visitor.last.text
        noted()
        assert {(act, kind) for act, kind, _ in faults(app) if act == "quote"} == {("quote", "slow")}


class TestPrice:
    """A broken price closes the checkout; nobody pays a wrong one. Once its plugin is stopped the shop sells again."""

    @pytest.fixture
    def ill(self) -> ModuleType:
        return fake_plugin(ILL, storefront_adjusters=[IllAdjuster("adjust")])

    def test_the_shop_sells_again_once_it_is_stopped(
        self, visitor: Visitor, decided: Callable[[], PluginState], noted: Callable[[], None]
    ) -> None:
        visitor.adds("TEA-1")
        for _ in range(12):
            assert visitor.gets("cart?country=JP").status_code == 200
        noted()
        assert decided().held == "quarantine"
        assert buys(visitor)


class TestReserve:
    @pytest.fixture
    def ill(self) -> ModuleType:
        return fake_plugin(ILL, storefront_adjusters=[IllAdjuster("reserve")])

    def test_nothing_is_ordered_and_the_reason_is_said(self, visitor: Visitor) -> None:
        visitor.adds("TEA-1")
        visitor.comes_to_confirm(TOKYO, "payments_cod")
        visitor.places()
        assert visitor.last.status_code == 422 or visitor.last.request.path.endswith("/delivery")
        assert "could not be put aside" in visitor.last.text


class TestSettle:
    @pytest.fixture
    def adjuster(self) -> IllAdjuster:
        return IllAdjuster("commit")

    @pytest.fixture
    def ill(self, adjuster: IllAdjuster) -> ModuleType:
        return fake_plugin(ILL, storefront_adjusters=[adjuster])

    def test_money_is_taken_and_what_is_owed_is_tried_again(
        self, app: Flask, visitor: Visitor, adjuster: IllAdjuster, owner: Visitor
    ) -> None:
        from storefront.jobs.relay import run_due

        number = buys(visitor, "payments_bank_transfer")
        owner.gets(f"/manage/orders/{number}")
        owner.submits("act-pay", amount="1699", reference="A1")
        assert owner.last.status_code == 200
        with app.app_context():
            owed = session.scalars(select(OutboxRow).where(OutboxRow.name == "plugins.effect")).one()
            assert owed.subject == f"plugin:{ILL}"
        adjuster.at = ""
        run_due(app)
        with app.app_context():
            row = session.scalars(select(OutboxRow).where(OutboxRow.name == "plugins.effect")).one()
            assert row.state == OutboxState.DONE


class TestPayment:
    """The method is offered, and fails when the money is due: the attempt stays open, to be asked about again."""

    @pytest.fixture
    def ill(self) -> ModuleType:
        return fake_plugin(ILL, storefront_payment_methods=[IllMethod(lambda _: Offered())])

    def test_an_outcome_that_is_none_is_no_outcome(
        self, app: Flask, visitor: Visitor, noted: Callable[[], None]
    ) -> None:
        visitor.adds("TEA-1")
        visitor.comes_to_confirm(TOKYO, ILL)
        visitor.places()
        assert visitor.last.status_code < 500
        noted()
        assert ("outcome", "nonsense", 1) in faults(app)


def _raised() -> Exception:
    try:
        boom()
    except Boom as error:
        return error
    raise AssertionError
