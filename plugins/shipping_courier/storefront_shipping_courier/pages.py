"""The price table abroad as a page of the back office: a row per zone."""

from collections.abc import Mapping, Sequence
from typing import Any

from storefront.plugin import (
    N_,
    BadValue,
    Column,
    Field,
    FormRefused,
    FormSpec,
    Kind,
    ListSpec,
    ManagePage,
    Problem,
    RowsSource,
    Section,
    Show,
    change_settings,
)
from storefront_shipping_courier.settings import settings
from storefront_shipping_courier.zones import COUNTRY_CODE, Zone

NAME = "shipping_courier"


def _rows() -> Sequence[Zone]:
    return settings().zones


def _find(name: str) -> Zone | None:
    return next((zone for zone in settings().zones if zone.name == name), None)


def _load(name: str) -> Mapping[str, Any] | None:
    zone = _find(name)
    if zone is None:
        return None
    steps = tuple({"id": str(grams), "weight": grams, "price": price} for grams, price in zone.steps)
    return {
        "name": zone.name,
        "countries": ", ".join(zone.countries),
        "least": zone.days[0],
        "most": zone.days[1],
        "steps": steps,
    }


def _codes(text: str) -> list[str]:
    return text.upper().replace(",", " ").split()


def _check_countries(text: str) -> None:
    for code in _codes(text):
        if not COUNTRY_CODE.match(code):
            raise BadValue(N_("%(code)s is no country code. Use two letters each, such as TW, HK."), code=code[:20])


def _stored(zone: Zone) -> dict[str, Any]:
    return {
        "name": zone.name,
        "countries": list(zone.countries),
        "days": list(zone.days),
        "steps": [list(step) for step in zone.steps],
    }


def _save(name: str | None, values: Mapping[str, Any], actor: str) -> str:
    steps = sorted((step["weight"] or 0, step["price"] or 0) for step in values["steps"])
    changed = {
        "name": values["name"],
        "countries": _codes(values["countries"]),
        "days": [values["least"], values["most"]],
        "steps": [list(step) for step in steps],
    }
    zones = settings().zones
    if values["name"] != name and _find(values["name"]) is not None:
        raise FormRefused(Problem(N_("There is a zone of this name already."), field_name="name", code="name_taken"))
    rows = [changed if zone.name == name else _stored(zone) for zone in zones]
    change_settings(NAME, {"zones": rows if name is not None else [*rows, changed]}, actor)
    return str(values["name"])


def _remove(name: str, actor: str) -> None:
    change_settings(NAME, {"zones": [_stored(zone) for zone in settings().zones if zone.name != name]}, actor)


ZONES = ManagePage(
    key="zones",
    title=N_("Courier zones"),
    view="settings.view",
    edit="settings.edit",
    intro=N_("Where the courier goes abroad, and at which price. A country that stands in no zone is not served."),
    new_label=N_("New zone"),
    rows=ListSpec(
        columns=(
            Column("name", N_("Zone"), link=True),
            Column("countries", N_("Countries"), Show.TAGS),
            Column("days", N_("Days on the way"), value=lambda zone: f"{zone.days[0]}–{zone.days[1]}"),
            Column("limit", N_("Up to"), Show.WEIGHT, value=lambda zone: zone.steps[-1][0]),
        ),
        source=RowsSource(_rows),
        row_id=lambda zone: str(zone.name),
        empty=N_("The courier goes nowhere abroad yet."),
    ),
    form=FormSpec(
        sections=(
            Section(
                "",
                (
                    Field("name", N_("Zone"), required=True, max_length=60),
                    Field("countries", N_("Countries"), Kind.LINES, help=N_("Codes of two letters, such as TW, HK."), required=True, check=_check_countries),
                    Field("least", N_("Days on the way, at least"), Kind.NUMBER, maximum=200, required=True),
                    Field("most", N_("Days on the way, at most"), Kind.NUMBER, maximum=200, required=True),
                ),
            ),
            Section(
                N_("Prices"),
                (
                    Field(
                        "steps",
                        N_("By weight"),
                        Kind.ROWS,
                        help=N_("A parcel pays the price of the first row it is not heavier than; above the last it is not sent."),
                        fields=(
                            Field("weight", N_("Up to"), Kind.WEIGHT, maximum=1_000_000),
                            Field("price", N_("Price"), Kind.MONEY),
                        ),
                        at_most=100,
                    ),
                ),
            ),
        ),
        load=_load,
        save=_save,
        new=lambda: {"least": 3, "most": 7, "steps": ()},
        remove=_remove,
        heading=lambda values: str(values["name"]),
    ),
)  # fmt: skip
