"""What a shopper typed and chose on the way to an order. Verbs run inside the caller's unit and never commit."""

from collections.abc import Mapping

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


def find_checkout(cart_id: int | None) -> Checkout | None:
    """The checkout of a cart, inside or outside a unit; ``None`` before anything was typed."""
    if cart_id is None:
        return None
    return session.scalars(select(Checkout).where(Checkout.cart_id == cart_id)).first()


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
