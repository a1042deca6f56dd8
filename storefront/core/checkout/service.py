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


def save_address(cart_id: int, typed: Mapping[str, str], address: Address | None) -> None:
    """Keep the form as typed, good or bad, and the checked ``address``; ``None`` takes an earlier one away: nothing is
    sent to an address that the form no longer shows. Makes the checkout of the cart when there is none, once however
    many ask at the same time. The cart's estimate follows the country."""
    now = utcnow()
    kept = {
        "typed": {name: kept_text(typed.get(name, "")) for name in TYPED_FIELDS},
        "address": address.to_json() if address else {},
        "updated_at": now,
    }
    session.execute(
        insert_for(Checkout)
        .values(cart_id=cart_id, token=new_secret(), delivery="", method="", inputs={}, **kept)
        .on_conflict_do_update(index_elements=["cart_id"], set_=kept)
    )
    if address is not None:
        session.execute(
            update(Cart)
            .where(Cart.id == cart_id, Cart.country != address.country)
            .values(country=address.country)
            .execution_options(synchronize_session=False)
        )


def save_choices(
    cart_id: int,
    *,
    delivery: str | None = None,
    method: str | None = None,
    inputs: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Keep what was chosen; ``None`` leaves that choice as it is. The caller checked that it is offered. Nothing is kept
    where there is no checkout (any more)."""
    given = {"delivery": delivery, "method": method, "inputs": inputs}
    chosen = {name: value for name, value in given.items() if value is not None}
    if chosen:
        session.execute(
            update(Checkout)
            .where(Checkout.cart_id == cart_id)
            .values(**chosen, updated_at=utcnow())
            .execution_options(synchronize_session=False)
        )


def kept_text(text: str) -> str:
    """Text as both databases can hold it: PostgreSQL knows no NUL."""
    return text.replace("\0", "")[:KEPT_LENGTH]
