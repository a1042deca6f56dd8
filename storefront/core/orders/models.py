"""Orders, their lines, charges and history; the tally behind purchase limits (DESIGN B5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base, Json, UtcDateTime, utcnow

AWAITED = "item_state IN ('ordered','awaiting_release','awaiting_supplier','awaiting_arrival')"
AWAITING_RELEASE = "item_state = 'awaiting_release'"


class Order(Base):
    """``state``: see ``orders/states.py``; only ``orders.service.transition`` writes it. ``address``: an ``Address`` as
    JSON. ``rate``/``rate_step``: the currency's at placing; an order never changes currency. ``inputs``: what was typed
    into adjusters' forms. ``secret``: of the private link. ``placed_at``: when the draft was promoted."""

    __tablename__ = "order"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft','pending','processing','shipped','completed','cancelled')",
            name="state",
        ),
        CheckConstraint("(state = 'cancelled') = (cancel_reason <> '')", name="cancel_reason"),
        # The order list: newest or oldest first, by what is asked most (PERFORMANCE: a page costs the same everywhere).
        Index(None, "placed_at", "id"),
        # The last columns let two questions at once be answered from an index, also when hardly any order fits both.
        Index(None, "state", "placed_at", "id", "country", "method"),
        Index(None, "country", "placed_at", "id", "state", "method"),
        Index(None, "carrier", "placed_at", "id"),
        Index(None, "method", "placed_at", "id", "state", "country"),
        # a cart has one live draft
        Index(
            "uq_order_draft_cart",
            "cart_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    secret: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12), default="draft")
    cancel_reason: Mapped[str] = mapped_column(String(20), default="")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    cart_id: Mapped[int | None] = mapped_column(ForeignKey("cart.id", ondelete="SET NULL"))
    checkout_token: Mapped[str | None] = mapped_column(String(40), unique=True)
    email: Mapped[str] = mapped_column(String(320), index=True)
    address: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    country: Mapped[str] = mapped_column(String(2))
    locale: Mapped[str] = mapped_column(String(10))
    currency: Mapped[str] = mapped_column(String(3))
    base_currency: Mapped[str] = mapped_column(String(3))
    rate: Mapped[str] = mapped_column(String(24), default="1")
    rate_step: Mapped[int] = mapped_column(default=1)
    billing_mode: Mapped[str] = mapped_column(String(16), default="pay_now")
    carrier: Mapped[str] = mapped_column(String(80), default="")
    service: Mapped[str] = mapped_column(String(80), default="")
    shipping_quote: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    method: Mapped[str] = mapped_column(String(80), default="")
    inputs: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    revision: Mapped[int] = mapped_column(default=1)
    split_from_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    placed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow, onupdate=utcnow)


class OrderRevision(Base):
    """What an order cost at each revision, and how that came about. ``total`` ``None`` while a part is unknown."""

    __tablename__ = "order_revision"

    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    items: Mapped[int] = mapped_column()
    total: Mapped[int | None] = mapped_column()
    trace: Mapped[list[Any]] = mapped_column(Json, default=list)
    actor: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class OrderLine(Base):
    """A snapshot: nothing here follows the catalogue. ``unit_price`` ``None`` = unknown (``unknown_reason``), minor
    units of the order's currency. ``customs_value``: base currency a piece. Grams and millimetres. Live quantity = quantity - cancelled."""

    __tablename__ = "order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("cancelled_quantity >= 0 AND cancelled_quantity <= quantity", name="cancelled"),
        CheckConstraint("kind IN ('goods','request','forwarded','service')", name="kind"),
        CheckConstraint(
            "item_state IN ('ordered','awaiting_release','awaiting_supplier','awaiting_arrival','in_hand','packed',"
            "'shipped','cancelled')",
            name="item_state",
        ),
        # What waits is little beside what was sent: these hold only that.
        Index("ix_order_line_awaited", "order_id", sqlite_where=text(AWAITED), postgresql_where=text(AWAITED)),
        Index(
            "ix_order_line_release",
            "release",
            "order_id",
            sqlite_where=text(AWAITING_RELEASE),
            postgresql_where=text(AWAITING_RELEASE),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    position: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(10), default="goods")
    sku_id: Mapped[int | None] = mapped_column(ForeignKey("sku.id", ondelete="SET NULL"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id", ondelete="SET NULL"))
    sku_code: Mapped[str] = mapped_column(String(120), default="")
    title: Mapped[str] = mapped_column(String(300))
    title_locale: Mapped[str] = mapped_column(String(10), default="")
    options: Mapped[str] = mapped_column(String(300), default="")
    picture: Mapped[str] = mapped_column(String(200), default="")
    quantity: Mapped[int] = mapped_column()
    cancelled_quantity: Mapped[int] = mapped_column(default=0)
    unit_price: Mapped[int | None] = mapped_column()
    unknown_reason: Mapped[str] = mapped_column(String(200), default="")
    list_price: Mapped[int | None] = mapped_column()
    tax_class: Mapped[str] = mapped_column(String(20), default="standard")
    customs_value: Mapped[int | None] = mapped_column()
    customs_description: Mapped[str] = mapped_column(String(200), default="")
    weight: Mapped[int | None] = mapped_column()
    length: Mapped[int | None] = mapped_column()
    width: Mapped[int | None] = mapped_column()
    height: Mapped[int | None] = mapped_column()
    origin: Mapped[str] = mapped_column(String(2), default="")
    hs_code: Mapped[str] = mapped_column(String(12), default="")
    restrictions: Mapped[list[str]] = mapped_column(Json, default=list)
    release: Mapped[str] = mapped_column(String(10), default="")
    mode: Mapped[str] = mapped_column(String(20), default="stock")
    item_state: Mapped[str] = mapped_column(String(20), default="ordered")
    cancel_reason: Mapped[str] = mapped_column(String(20), default="")


class Charge(Base):
    """What an order costs beside its lines. ``kind``: discount (negative), shipping, fee, tax. Live while
    ``superseded_at`` is empty. ``label``/``label_params``: msgid; ``label_text``: as shown, in the order's language."""

    __tablename__ = "charge"
    __table_args__ = (
        CheckConstraint("kind IN ('discount','shipping','fee','tax')", name="kind"),
        Index(None, "order_id", "revision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    revision: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int] = mapped_column()
    label: Mapped[str] = mapped_column(String(300), default="")
    label_params: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    label_text: Mapped[str] = mapped_column(String(300), default="")
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class ChargeShare(Base):
    """A charge's share per line; the shares of a charge that has any add up to it."""

    __tablename__ = "charge_share"

    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), primary_key=True, index=True)
    amount: Mapped[int] = mapped_column()


class OrderEvent(Base):
    """Append-only history (ORD-9). Transitions have ``from_state``/``to_state``; other acts leave them empty."""

    __tablename__ = "order_event"
    __table_args__ = (Index(None, "order_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    name: Mapped[str] = mapped_column(String(60))
    from_state: Mapped[str] = mapped_column(String(12), default="")
    to_state: Mapped[str] = mapped_column(String(12), default="")
    actor: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class OrderFlag(Base):
    """Why somebody should look at an order; gone once they did (its history keeps it). ``kind``: see ``FlagKind``."""

    __tablename__ = "order_flag"
    __table_args__ = (Index(None, "raised_at", "order_id"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    words: Mapped[str] = mapped_column(Text, default="")
    actor: Mapped[str] = mapped_column(String(120), default="")
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class PurchaseTally(Base):
    """Pieces of a product one person has in live orders (CAT-6). ``holder``: keyed hash of an account, mail or phone,
    prefixed with its kind (``mail:…``). Guarded update; a shared address only flags."""

    __tablename__ = "purchase_tally"
    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity"),)

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80), primary_key=True)
    quantity: Mapped[int] = mapped_column(default=0)


class PurchaseTallyShare(Base):
    """What one order contributes to the tally, so that a cancellation gives back just that."""

    __tablename__ = "purchase_tally_share"

    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80), primary_key=True)
    quantity: Mapped[int] = mapped_column()
