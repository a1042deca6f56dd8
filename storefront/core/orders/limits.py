"""Purchase limits per person over all live orders (CAT-6), as one guarded statement per product and holder."""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping

from sqlalchemy import delete, select, update

from storefront.core.db import new_secret, session
from storefront.core.i18n.translate import N_
from storefront.core.orders.errors import LimitExceeded
from storefront.core.orders.models import PurchaseTally, PurchaseTallyShare
from storefront.core.settings.models import Policy
from storefront.core.upsert import insert_for

HASH_KEY = "secret.purchase_tally"


def _hash_key() -> bytes:
    """The shop's own key for these hashes, made when first needed: it must outlive a rotated SECRET_KEY."""
    session.execute(insert_for(Policy).values(key=HASH_KEY, value=new_secret()).on_conflict_do_nothing())
    return str(session.scalars(select(Policy.value).where(Policy.key == HASH_KEY)).one()).encode()


def holders_of(*, customer_id: int | None, email: str, phone: str) -> tuple[str, ...]:
    """Who buys, as keyed hashes of account, mail and phone (sorted, so that locks are taken in one order)."""
    known = {"mail": unicodedata.normalize("NFKC", email).strip().casefold(), "phone": phone.strip()}
    if customer_id is not None:
        known["account"] = str(customer_id)
    key = _hash_key()
    return tuple(
        sorted(
            f"{kind}:{hmac.new(key, f'{kind}:{value}'.encode(), hashlib.sha256).hexdigest()[:48]}"
            for kind, value in known.items()
            if value
        )
    )


def claim(order_id: int, wanted: Mapping[int, tuple[int, int, str]], holders: tuple[str, ...]) -> None:
    """Count ``{product_id: (quantity, limit, title)}`` for every holder, inside the placing transaction. Raises
    ``LimitExceeded`` when one of them would pass the limit; nothing is then kept, since the unit rolls back."""
    for product_id, (quantity, limit, title) in sorted(wanted.items()):
        for holder in holders:
            if quantity > limit or not _count_up(product_id, holder, quantity, limit):
                raise LimitExceeded(
                    N_(
                        "%(title)s: at most %(limit)d per customer, earlier orders included. Please lower the quantity."
                    ),
                    title=title,
                    limit=limit,
                )
            session.add(PurchaseTallyShare(order_id=order_id, product_id=product_id, holder=holder, quantity=quantity))


def _count_up(product_id: int, holder: str, quantity: int, limit: int) -> bool:
    insert = insert_for(PurchaseTally).values(product_id=product_id, holder=holder, quantity=quantity)
    statement = insert.on_conflict_do_update(
        index_elements=["product_id", "holder"],
        set_={"quantity": PurchaseTally.quantity + quantity},
        where=PurchaseTally.quantity + quantity <= limit,
    ).returning(PurchaseTally.quantity)
    return session.execute(statement).first() is not None


def give_back(order_id: int, product_id: int | None = None, quantity: int | None = None) -> None:
    """Take an order's pieces off the tally: all of it, one product, or ``quantity`` pieces of one product."""
    statement = select(PurchaseTallyShare).where(PurchaseTallyShare.order_id == order_id)
    if product_id is not None:
        statement = statement.where(PurchaseTallyShare.product_id == product_id)
    for share in session.scalars(statement.order_by(PurchaseTallyShare.product_id, PurchaseTallyShare.holder)):
        less = share.quantity if quantity is None else min(quantity, share.quantity)
        session.execute(
            update(PurchaseTally)
            .where(PurchaseTally.product_id == share.product_id, PurchaseTally.holder == share.holder)
            .values(quantity=PurchaseTally.quantity - less)
        )
        if less == share.quantity:
            session.execute(
                delete(PurchaseTallyShare).where(
                    PurchaseTallyShare.order_id == order_id,
                    PurchaseTallyShare.product_id == share.product_id,
                    PurchaseTallyShare.holder == share.holder,
                )
            )
        else:
            share.quantity -= less
