"""The boxes of the shop. Verbs run inside the caller's unit, write an audit row and move the version."""

from dataclasses import asdict

from sqlalchemy import select

from storefront.core.audit.service import record
from storefront.core.db import lock_for_update, session
from storefront.core.i18n.translate import N_
from storefront.core.settings.errors import BadPolicy
from storefront.core.settings.models import ShippingBox
from storefront.core.settings.service import touch
from storefront.core.values.boxes import Box
from storefront.core.values.types import Dimensions

MAX_NAME = 60
MOST_SIDE = 5_000  # mm; a typing error, not a box
MOST_WEIGHT = 1_000_000  # g


def find_box(box_id: int, *, lock: bool = False) -> ShippingBox | None:
    statement = select(ShippingBox).where(ShippingBox.id == box_id)
    statement = lock_for_update(statement) if lock else statement
    return session.scalars(statement.execution_options(populate_existing=True)).first()


def save_box(box_id: int | None, box: Box, actor: str, *, active: bool = True) -> int:
    """Keep a box, or change one; its id. Raises ``BadPolicy``."""
    _check(box_id, box)
    row = ShippingBox() if box_id is None else find_box(box_id, lock=True)
    if row is None:
        raise BadPolicy(N_("This entry is gone already."))
    row.name, row.weight, row.most, row.active = box.name.strip(), box.weight, box.most, active
    row.inner_length, row.inner_width, row.inner_height = box.inner.length, box.inner.width, box.inner.height
    row.outer_length, row.outer_width, row.outer_height = box.outer.length, box.outer.width, box.outer.height
    session.add(row)
    session.flush()
    record(actor, "box.save", ("shipping_box", row.id), **{**asdict(box), "active": active})
    touch()
    return row.id


def remove_box(box_id: int, actor: str) -> None:
    row = find_box(box_id, lock=True)
    if row is not None:
        session.delete(row)
        record(actor, "box.remove", ("shipping_box", box_id), name=row.name)
        touch()


def _check(box_id: int | None, box: Box) -> None:
    if not box.name.strip() or len(box.name.strip()) > MAX_NAME:
        raise BadPolicy(N_("A box needs a name of at most %(most)d characters."), most=MAX_NAME)
    inner, outer = _sides(box.inner), _sides(box.outer)
    if not all(0 < side <= MOST_SIDE for side in (*inner, *outer)):
        raise BadPolicy(N_("The sides of a box are between 1 mm and 5 m."))
    if any(within > outside for within, outside in zip(inner, outer, strict=True)):
        raise BadPolicy(N_("A box is not smaller outside than inside."))
    if not 0 <= box.weight <= MOST_WEIGHT or not (box.most is None or 0 < box.most <= MOST_WEIGHT):
        raise BadPolicy(N_("The weight must be between 1 g and 1,000 kg. Nothing was changed."))
    same = select(ShippingBox.id).where(ShippingBox.name == box.name.strip(), ShippingBox.id != (box_id or 0))
    if session.scalar(same) is not None:
        raise BadPolicy(N_("Another box has this name already."))


def _sides(size: Dimensions) -> tuple[int, int, int]:
    return size.length, size.width, size.height
