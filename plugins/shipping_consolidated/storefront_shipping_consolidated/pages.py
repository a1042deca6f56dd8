"""The lines as a page of the back office: a row per country."""

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
    country_name,
    current_language,
)
from storefront_shipping_consolidated.lines import COUNTRY_CODE, HOME, Line
from storefront_shipping_consolidated.settings import settings

NAME = "shipping_consolidated"


def _rows() -> Sequence[Line]:
    return settings().lines


def _find(country: str) -> Line | None:
    return next((line for line in settings().lines if line.country == country), None)


def _load(country: str) -> Mapping[str, Any] | None:
    line = _find(country)
    if line is None:
        return None
    return {
        "country": line.country,
        "least": line.days[0],
        "longest": line.days[1],
        "step": line.step,
        "first": line.first,
        "further": line.further,
        "most": line.most,
        "tracked": line.tracked,
    }


def _check_country(text: str) -> None:
    code = text.upper()
    if not COUNTRY_CODE.match(code) or code == HOME:
        raise BadValue(N_("%(code)s is no country abroad. Use its two letters, such as TW."), code=text[:20])


def _stored(line: Line) -> dict[str, Any]:
    return {
        "country": line.country,
        "days": list(line.days),
        "step": line.step,
        "first": line.first,
        "further": line.further,
        "most": line.most,
        "tracked": line.tracked,
    }


def _save(country: str | None, values: Mapping[str, Any], actor: str) -> str:
    code = str(values["country"]).upper()
    if code != country and _find(code) is not None:
        raise FormRefused(Problem(N_("There is a line to this country already."), field_name="country", code="taken"))
    changed = {
        "country": code,
        "days": [values["least"], values["longest"]],
        "step": values["step"],
        "first": values["first"],
        "further": values["further"] or 0,
        "most": values["most"],
        "tracked": bool(values["tracked"]),
    }
    lines = [changed if line.country == country else _stored(line) for line in settings().lines]
    change_settings(NAME, {"lines": lines if country is not None else [*lines, changed]}, actor)
    return code


def _remove(country: str, actor: str) -> None:
    change_settings(NAME, {"lines": [_stored(line) for line in settings().lines if line.country != country]}, actor)


LINES = ManagePage(
    key="lines",
    title=N_("Combined shipping"),
    view="settings.view",
    edit="settings.edit",
    intro=N_("Your own line to each country, priced by weight. A country without a line is not offered it."),
    new_label=N_("New line"),
    rows=ListSpec(
        columns=(
            Column("country", N_("Country"), link=True, value=lambda line: country_name(line.country, current_language())),
            Column("days", N_("Days on the way"), value=lambda line: f"{line.days[0]}–{line.days[1]}"),
            Column("step", N_("Weight step"), Show.WEIGHT),
            Column("most", N_("Up to"), Show.WEIGHT),
        ),
        source=RowsSource(_rows),
        row_id=lambda line: str(line.country),
        empty=N_("There is no combined shipping yet."),
    ),
    form=FormSpec(
        sections=(
            Section(
                "",
                (
                    Field("country", N_("Country"), help=N_("Its two letters, such as TW."), required=True, max_length=2, check=_check_country),
                    Field("least", N_("Days on the way, at least"), Kind.NUMBER, maximum=400, required=True),
                    Field("longest", N_("Days on the way, at most"), Kind.NUMBER, maximum=400, required=True),
                    Field("tracked", N_("With tracking"), Kind.YES),
                ),
            ),
            Section(
                N_("Prices"),
                (
                    Field("step", N_("Weight step"), Kind.WEIGHT, minimum=1, maximum=1_000_000, required=True),
                    Field("first", N_("Price of the first step"), Kind.MONEY, minimum=1, required=True),
                    Field("further", N_("Price of each further step"), Kind.MONEY, help=N_("For every one that is begun.")),
                    Field("most", N_("Heaviest parcel"), Kind.WEIGHT, minimum=1, maximum=1_000_000, required=True),
                ),
                help=N_("Shoppers are told that goods cannot be sent back through this line."),
            ),
        ),
        load=_load,
        save=_save,
        new=lambda: {"least": 7, "longest": 21, "step": 500, "tracked": False},
        remove=_remove,
        heading=lambda values: country_name(str(values["country"]).upper(), current_language()),
    ),
)  # fmt: skip
