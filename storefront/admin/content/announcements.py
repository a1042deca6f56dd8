"""Announcements (SHOP-3)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from storefront.core.contracts.manage import Column, Field, FormSpec, Kind, ListSpec, ManagePage, Section, Show
from storefront.core.db import in_unit_of_work
from storefront.core.i18n.translate import N_, current_language, gettext
from storefront.core.paging import QuerySource, row_number
from storefront.core.settings.announcements import find_announcement, remove_announcement, save_announcement
from storefront.core.settings.models import Announcement
from storefront.core.settings.policies import in_language

PLACES = {"all": N_("On every page"), "checkout": N_("At checkout"), "product": N_("On product pages")}


def _rows() -> Select[Any]:
    return select(Announcement.id, Announcement.text, Announcement.places, Announcement.starts_at, Announcement.ends_at)


def _load(row_id: str) -> Mapping[str, Any] | None:
    number = row_number(row_id)
    row = find_announcement(number, lock=in_unit_of_work()) if number else None
    if row is None:
        return None
    return {"text": row.text, "places": tuple(row.places), "starts_at": row.starts_at, "ends_at": row.ends_at}


def _save(row_id: str | None, values: Mapping[str, Any], actor: str) -> str:
    saved = save_announcement(
        None if row_id is None else int(row_id),
        values["text"],
        values["places"],
        actor,
        starts_at=values["starts_at"],
        ends_at=values["ends_at"],
    )
    return str(saved)


def _words(row: Any) -> str:
    return in_language(row.text, current_language())


def _places(row: Any) -> Sequence[str]:
    return [gettext(PLACES.get(place, place)) for place in row.places]


ANNOUNCEMENTS = ManagePage(
    key="announcements",
    title=N_("Announcements"),
    view="pages.view",
    edit="pages.edit",
    new_label=N_("New announcement"),
    rows=ListSpec(
        columns=(
            Column("text", N_("Text"), value=_words, link=True),
            Column("places", N_("Where"), Show.TAGS, value=_places),
            Column("starts_at", N_("From"), Show.MOMENT),
            Column("ends_at", N_("Until"), Show.MOMENT),
        ),
        source=QuerySource(_rows, Announcement.id),
        empty=N_("Tell shoppers here when a country or a service is suspended, or the shop is closed."),
    ),
    form=FormSpec(
        sections=(
            Section("", (Field("text", N_("Text"), per_language=True, max_length=300),)),
            Section(
                N_("Where and when"),
                (
                    Field("places", N_("Where it is shown"), Kind.CHOICES, choices=PLACES, required=True),
                    Field("starts_at", N_("From"), Kind.MOMENT, help=N_("In the shop's time zone; empty: at once.")),
                    Field("ends_at", N_("Until"), Kind.MOMENT, help=N_("Empty: until it is removed.")),
                ),
            ),
        ),
        load=_load,
        save=_save,
        new=lambda: {"places": ("all",)},
        remove=lambda row_id, actor: remove_announcement(int(row_id), actor),
        heading=lambda values: in_language(values["text"], current_language()),
        subject=lambda row_id: ("announcement", row_id),
    ),
)
