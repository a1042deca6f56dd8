"""How an order was thought to be packed when its postage was quoted, as a proposal for the packer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storefront.core.desk.order import DeskOrder
from storefront.core.i18n.translate import gettext as _
from storefront.core.lifecycle.view import PlannedParcel


def proposed(planned: Sequence[PlannedParcel], ready: Mapping[int, int]) -> list[PlannedParcel]:
    """The planned parcels of which all is there to be packed; none when what is ready is not just some of them (an order
    that was changed, or packed otherwise)."""
    left, found = dict(ready), []
    for parcel in planned:
        if all(left.get(position, 0) >= pieces for position, pieces in parcel.lines):
            found.append(parcel)
            for position, pieces in parcel.lines:
                left[position] -= pieces
    return [] if any(left.values()) else found


@dataclass(frozen=True, slots=True)
class Proposed:
    """``size``: in words; ``lines``: title and pieces."""

    box: str
    weight: int | None
    size: str
    lines: tuple[tuple[str, int], ...]


def proposal(desk: DeskOrder) -> list[Proposed]:
    titles = {line.position: line.title for line in desk.view.lines}
    return [
        Proposed(
            one.box,
            one.weight,
            _("%(sides)s mm", sides=" × ".join(map(str, one.size))) if one.size else "",
            tuple((titles[position], pieces) for position, pieces in one.lines if position in titles),
        )
        for one in proposed(desk.view.planned, desk.to_pack)
    ]
