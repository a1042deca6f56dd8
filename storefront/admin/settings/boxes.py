"""The boxes that goods are packed into."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from storefront.core.contracts.manage import Column, Field, Filter, FormSpec, Kind, ListSpec, ManagePage, Section, Show
from storefront.core.db import in_unit_of_work
from storefront.core.i18n.translate import N_
from storefront.core.paging import QuerySource, row_number
from storefront.core.settings.boxes import MAX_NAME, MOST_SIDE, MOST_WEIGHT, find_box, remove_box, save_box
from storefront.core.settings.models import ShippingBox
from storefront.core.values.boxes import Box
from storefront.core.values.types import Dimensions

SIDES = (("length", N_("Length")), ("width", N_("Width")), ("height", N_("Height")))


def _rows() -> Select[Any]:
    return select(*(column for column in ShippingBox.__table__.columns))


def _size(row: Any, which: str) -> str:
    return " × ".join(f"{getattr(row, f'{which}_{side}')}" for side, _label in SIDES)


def _load(row_id: str) -> Mapping[str, Any] | None:
    number = row_number(row_id)
    row = find_box(number, lock=in_unit_of_work()) if number else None
    if row is None:
        return None
    return {name: getattr(row, name) for name in FIELDS}


def _save(row_id: str | None, values: Mapping[str, Any], actor: str) -> str:
    inner, outer = (
        Dimensions(*(values[f"{which}_{side}"] or 0 for side, _label in SIDES)) for which in ("inner", "outer")
    )
    box = Box(values["name"], inner, outer, values["weight"] or 0, values["most"])
    return str(save_box(None if row_id is None else int(row_id), box, actor, active=values["active"]))


def _side(which: str) -> tuple[Field, ...]:
    return tuple(
        Field(f"{which}_{side}", label, Kind.LENGTH, minimum=1, maximum=MOST_SIDE, required=True)
        for side, label in SIDES
    )


BOXES = ManagePage(
    key="boxes",
    title=N_("Boxes"),
    view="settings.view",
    edit="settings.edit",
    intro=N_("Postage is quoted for the lightest of these that takes the goods; without a box, by weight alone."),
    new_label=N_("Add a box"),
    rows=ListSpec(
        columns=(
            Column("name", N_("Name of the box"), link=True, sort=True),
            Column("inner", N_("Inside, mm"), value=lambda row: _size(row, "inner")),
            Column("outer", N_("Outside, mm"), value=lambda row: _size(row, "outer")),
            Column("weight", N_("Its own weight"), Show.WEIGHT, sort=True),
            Column("most", N_("Holds at most"), Show.WEIGHT),
            Column("active", N_("In use"), Show.YES),
        ),
        source=QuerySource(
            _rows,
            ShippingBox.id,
            sorts={"name": ShippingBox.name, "weight": ShippingBox.weight},
            filters={"active": lambda value: ShippingBox.active.is_(value == "yes")},
        ),
        filters=(Filter("active", N_("In use"), {"yes": N_("Yes"), "no": N_("No")}),),
        empty=N_("No box yet. Postage is quoted by weight alone."),
    ),
    form=FormSpec(
        sections=(
            Section(
                "",
                (
                    Field("name", N_("Name of the box"), required=True, max_length=MAX_NAME, help=N_("As the packers call it.")),
                    Field("active", N_("In use"), Kind.YES),
                ),
            ),
            Section(N_("Inside"), _side("inner"), N_("The room for the goods.")),
            Section(N_("Outside"), _side("outer"), N_("What the carrier measures.")),
            Section(
                N_("Weight"),
                (
                    Field(
                        "weight", N_("Its own weight"), Kind.WEIGHT, minimum=0, maximum=MOST_WEIGHT, required=True,
                        help=N_("The empty box; filling and papers are a setting of the shop."),
                    ),
                    Field("most", N_("Holds at most"), Kind.WEIGHT, minimum=1, maximum=MOST_WEIGHT, help=N_("Weight of the goods. Empty: as much as fits.")),
                ),
            ),
        ),
        load=_load,
        save=_save,
        new=lambda: {"active": True},
        remove=lambda row_id, actor: remove_box(int(row_id), actor),
        heading=lambda values: str(values["name"]),
        subject=lambda row_id: ("shipping_box", row_id),
    ),
)  # fmt: skip
FIELDS = ("name", "active", *(f"{w}_{s}" for w in ("inner", "outer") for s, _label in SIDES), "weight", "most")
