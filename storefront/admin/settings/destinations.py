"""Closed countries, regions and classes of goods (CHK-4)."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Select, select

from storefront.admin.goods.words import RESTRICTIONS
from storefront.core.contracts.manage import Column, Field, Filter, FormSpec, Kind, ListSpec, ManagePage, Section, Show
from storefront.core.customers.addresses import country_choices, country_name, region_name
from storefront.core.db import in_unit_of_work
from storefront.core.i18n.translate import N_, current_language
from storefront.core.paging import QuerySource, row_number
from storefront.core.settings.destinations import find_closed, remove_closed, save_closed
from storefront.core.settings.models import ClosedDestination
from storefront.core.settings.policies import in_language


def _rows() -> Select[Any]:
    return select(
        ClosedDestination.id,
        ClosedDestination.country,
        ClosedDestination.region,
        ClosedDestination.restriction,
        ClosedDestination.message,
    )


def _countries() -> Iterable[tuple[str, str]]:
    return list(country_choices(current_language()))


def _load(row_id: str) -> Mapping[str, Any] | None:
    number = row_number(row_id)
    row = find_closed(number, lock=in_unit_of_work()) if number else None
    if row is None:
        return None
    return {"country": row.country, "region": row.region, "restriction": row.restriction, "message": row.message}


def _save(row_id: str | None, values: Mapping[str, Any], actor: str) -> str:
    saved = save_closed(
        None if row_id is None else int(row_id),
        values["country"],
        actor,
        region=values["region"].upper(),
        restriction=values["restriction"],
        message=values["message"],
    )
    return str(saved)


def _heading(values: Mapping[str, Any]) -> str:
    return country_name(values["country"], current_language())


DESTINATIONS = ManagePage(
    key="destinations",
    title=N_("Closed destinations"),
    view="settings.view",
    edit="settings.edit",
    intro=N_("What stands here is not served: a country, a region of it, or a class of goods to it."),
    new_label=N_("Close a destination"),
    rows=ListSpec(
        columns=(
            Column(
                "country",
                N_("Country"),
                value=lambda row: country_name(row.country, current_language()),
                link=True,
            ),
            Column(
                "region",
                N_("Region"),
                value=lambda row: region_name(row.country, row.region, current_language()) if row.region else "",
            ),
            Column("restriction", N_("Goods"), Show.CHOICE, words={**RESTRICTIONS, "": N_("All goods")}),
            Column("message", N_("Sentence for shoppers"), value=lambda row: in_language(row.message, current_language())),
        ),
        source=QuerySource(
            _rows,
            ClosedDestination.id,
            filters={"country": lambda value: ClosedDestination.country == value},
        ),
        filters=(Filter("country", N_("Country"), _countries),),
        empty=N_("Every country that a carrier serves is served."),
    ),
    form=FormSpec(
        sections=(
            Section(
                "",
                (
                    Field("country", N_("Country"), Kind.CHOICE, choices=_countries, required=True),
                    Field("region", N_("Region"), Kind.CODE, help=N_("Its code, such as CA for California; empty: the whole country."), max_length=10),
                    Field("restriction", N_("Goods"), Kind.CHOICE, choices={"": N_("All goods"), **RESTRICTIONS}),
                    Field("message", N_("Sentence for shoppers"), help=N_("Empty: the shop's own sentence."), per_language=True, max_length=500),
                ),
            ),
        ),
        load=_load,
        save=_save,
        new=dict,
        remove=lambda row_id, actor: remove_closed(int(row_id), actor),
        heading=_heading,
        subject=lambda row_id: ("closed_destination", row_id),
    ),
)  # fmt: skip
