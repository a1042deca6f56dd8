"""A small shop without web or plugins: shop decisions, a carrier, three payment methods, and a shopper who buys."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from storefront.core.cart import service as cart
from storefront.core.cart.queries import load_cart
from storefront.core.checkout.models import Checkout
from storefront.core.checkout.quote import CheckoutQuote, quote_cart
from storefront.core.contracts.payments import (
    Accepted,
    AttemptView,
    Instructions,
    MethodContext,
    NotOffered,
    Offered,
    Outcome,
    PaymentMethod,
)
from storefront.core.contracts.pricing import Adjuster, CurrencyRate
from storefront.core.contracts.providers import Registered, StaticProviders
from storefront.core.contracts.shipping import NotServed, ShippingCarrier, ShippingQuote, ShippingRequest
from storefront.core.db import new_secret, run_unit, session, unit_of_work
from storefront.core.lifecycle.outcome import Step
from storefront.core.lifecycle.pay import start_payment
from storefront.core.lifecycle.place import Placed, PlaceRequest, choices_of, place
from storefront.core.settings.snapshot import ShopSnapshot, load_snapshot
from storefront.core.values.address import Address
from storefront.core.values.money import Money
from storefront.testing.factories import make_session
from storefront.testing.gateway import FakeGateway

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PUBLIC_URL = "https://shop.test"

TAIPEI = Address(
    country="TW", family_name="林", given_name="怡君", latin_name="Lin Yi-chun", email="lin@example.com",
    phone="+886223456789", postal_code="106", region="TPE", city="大安區", line1="和平東路一段 1 號",
)  # fmt: skip
TOKYO = Address(
    country="JP", family_name="佐藤", given_name="花子", email="sato@example.com", phone="+81312345678",
    postal_code="100-0001", region="13", city="千代田区", line1="千代田1-1",
)  # fmt: skip


class FlatCarrier(ShippingCarrier):
    """500 yen in Japan, 1,500 to Taiwan, nowhere else."""

    key = "flat"
    title = "Flat"
    prices = {"JP": 500, "TW": 1500}

    def quote(self, request: ShippingRequest) -> tuple[ShippingQuote, ...] | NotServed:
        price = self.prices.get(request.destination.country)
        if price is None:
            return NotServed("This carrier does not go there.")
        return (ShippingQuote("standard", "Standard", Money(price, request.currency), days=(2, 5), tracked=True),)


class Transfer(PaymentMethod):
    key = "transfer"
    title = "Bank transfer"

    def availability(self, context: MethodContext) -> Offered | NotOffered:
        return Offered()

    def begin(self, attempt: AttemptView) -> Outcome:
        return Instructions()

    def instructions(self, attempt: AttemptView, lang: str) -> tuple[str, ...]:
        return (f"Pay {attempt.amount.major()} for {attempt.order_number}",)


class Cash(PaymentMethod):
    key = "cash"
    title = "Cash on delivery"

    def availability(self, context: MethodContext) -> Offered | NotOffered:
        if context.destination is None or context.destination.country != "JP":
            return NotOffered("Only within Japan.")
        return Offered()

    def begin(self, attempt: AttemptView) -> Outcome:
        return Accepted()


@dataclass
class World:
    """``gateway`` is the fake gateway offered as ``fake_gateway``."""

    shop: ShopSnapshot
    providers: StaticProviders
    gateway: FakeGateway
    rate: CurrencyRate = field(default_factory=lambda: CurrencyRate("JPY", "JPY"))
    now: datetime = NOW

    def reload(self) -> None:
        """Read the owner's decisions anew (after a policy changed)."""
        session.rollback()
        self.shop = load_snapshot(self.shop.version + 1)


def make_world(*, mode: str = "ok", adjusters: tuple[Registered[Adjuster], ...] = ()) -> World:
    gateway = FakeGateway(mode)
    providers = StaticProviders(
        methods={
            m.key: Registered(m.key, m)  # type: ignore[dict-item]
            for m in (Transfer(), Cash(), gateway)
        },
        carrier_map={"flat": Registered("flat", FlatCarrier())},
        adjuster_list=adjusters,
    )
    shop = load_snapshot(1)
    session.rollback()
    return World(shop, providers, gateway)


@dataclass
class Shopper:
    """One visitor with a session of their own. Every act is its own unit, as a request would be."""

    world: World
    session_id: int = 0
    lang: str = "en"

    def __post_init__(self) -> None:
        if not self.session_id:
            with unit_of_work():
                self.session_id = make_session().id

    def adds(self, sku: str, quantity: int = 1) -> None:
        run_unit(lambda: cart.add(self.session_id, sku, quantity, self.world.rate, 99))

    def fills_in(
        self, address: Address = TAIPEI, *, delivery: str = "flat:standard", method: str = "transfer", **inputs: Any
    ) -> str:
        """Address, delivery and payment; returns the confirm page's token."""

        def work() -> str:
            cart_id = cart.ensure_cart(self.session_id)
            row = session.query(Checkout).filter_by(cart_id=cart_id).one_or_none()
            if row is None:
                row = Checkout(cart_id=cart_id, token=new_secret())
                session.add(row)
            row.address, row.delivery, row.method, row.inputs = address.to_json(), delivery, method, inputs
            session.flush()
            return row.token

        return run_unit(work)

    def quote(self) -> CheckoutQuote:
        """What the confirm page shows now."""
        w = self.world
        view = load_cart(self.session_id, self.lang, w.rate, w.shop.policies)
        row = session.query(Checkout).filter_by(cart_id=view.id).one()
        quoted = quote_cart(view, choices_of(row), w.shop, w.providers, rate=w.rate, lang=self.lang, now=w.now)
        session.rollback()
        return quoted

    def places(self, token: str, shown_total: int | None = None, *, now: datetime | None = None) -> Placed:
        """The confirm POST's unit."""
        w = self.world
        total = self.quote().quote.due if shown_total is None else shown_total
        request = PlaceRequest(self.session_id, token, total or 0, self.lang, w.rate)
        return run_unit(lambda: place(request, w.shop, w.providers, now or w.now))

    def pays(self, placed: Placed, *, now: datetime | None = None) -> Step:
        """What follows the unit of placing."""
        assert placed.attempt_id is not None
        w = self.world
        return start_payment(placed.attempt_id, w.shop, w.providers, PUBLIC_URL, now=now or w.now)

    def buys(
        self,
        sku: str,
        quantity: int = 1,
        *,
        address: Address = TAIPEI,
        delivery: str = "flat:standard",
        method: str = "transfer",
    ) -> Placed:
        """From an empty cart to a started payment."""
        self.adds(sku, quantity)
        token = self.fills_in(address, delivery=delivery, method=method)
        placed = self.places(token)
        if placed.attempt_id is not None:
            self.pays(placed)
        return placed


def act(verb: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """The owner does ``verb`` in a unit of work of its own."""
    session.rollback()
    return run_unit(lambda: verb(*args, actor="cli:tanaka", now=NOW, **more))
