"""What a shopper typed and chose on the way to an order. Verbs run inside the caller's unit and never commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update

from storefront.core.cart.models import Cart
from storefront.core.checkout.models import Checkout
from storefront.core.db import new_secret, session, utcnow
from storefront.core.upsert import insert_for
from storefront.core.values.address import Address

# More than any field of an address takes; what is longer is refused by the form, and not kept whole.
KEPT_LENGTH = 1000
TYPED_FIELDS = (
    "country",
    "name",
    "family_name",
    "given_name",
    "latin_name",
    "email",
    "phone",
    "postal_code",
    "region",
    "city",
    "line1",
    "line2",
    "is_hotel",
)


@dataclass(frozen=True, slots=True)
class CheckoutView:
    """A checkout as it is stored. ``token`` "": nothing was typed yet. ``address`` ``None``: none that passed."""

    token: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    address: Address | None = None
    delivery: str = ""
    method: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)


def read_checkout(cart_id: int | None) -> CheckoutView:
    """What is stored for a cart, inside or outside a unit: one statement, none without a cart."""
    if cart_id is None:
        return CheckoutView()
    row = session.execute(
        select(
            Checkout.token,
            Checkout.typed,
            Checkout.address,
            Checkout.delivery,
            Checkout.method,
            Checkout.inputs,
        ).where(Checkout.cart_id == cart_id)
    ).first()
    if row is None:
        return CheckoutView()
    address = Address.from_json(row.address) if row.address else None
    return CheckoutView(row.token, row.typed, address, row.delivery, row.method, row.inputs)


def open_checkout(cart_id: int) -> Checkout:
    """The checkout of a cart; made when there is none, once however many ask at the same time."""
    now = utcnow()
    session.execute(
        insert_for(Checkout)
        .values(
            cart_id=cart_id,
            token=new_secret(),
            typed={},
            address={},
            delivery="",
            method="",
            inputs={},
            updated_at=now,
        )
        .on_conflict_do_nothing(index_elements=["cart_id"])
    )
    return session.scalars(
        select(Checkout).where(Checkout.cart_id == cart_id).execution_options(populate_existing=True)
    ).one()


def save_address(checkout: Checkout, typed: Mapping[str, str], address: Address | None) -> None:
    """Keep the form as typed, good or bad, and the checked ``address``; ``None`` takes an earlier one away: nothing is
    sent to an address that the form no longer shows. The cart's estimate follows the country."""
    checkout.typed = {name: kept_text(typed.get(name, "")) for name in TYPED_FIELDS}
    checkout.address = address.to_json() if address else {}
    if address is not None:
        session.execute(
            update(Cart)
            .where(Cart.id == checkout.cart_id)
            .values(country=address.country)
            .execution_options(synchronize_session=False)
        )
    session.flush()


def save_choices(
    checkout: Checkout,
    *,
    delivery: str | None = None,
    method: str | None = None,
    inputs: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Keep what was chosen; ``None`` leaves that choice as it is. The caller checked that it is offered."""
    if delivery is not None:
        checkout.delivery = delivery
    if method is not None:
        checkout.method = method
    if inputs is not None:
        checkout.inputs = {source: dict(values) for source, values in inputs.items()}
    session.flush()


def kept_text(text: str) -> str:
    """Text as both databases can hold it: PostgreSQL knows no NUL."""
    return text.replace("\0", "")[:KEPT_LENGTH]
