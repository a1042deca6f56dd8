"""Colours, corners, cards and density as one form, with the contrast of every pair beside it and a preview in the shop."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import after_this_request, has_request_context, request
from flask.wrappers import Response
from sqlalchemy import select

from storefront.admin.guard import current_member
from storefront.admin.look.contrast import report
from storefront.core.contracts.manage import BadValue, Field, FormSpec, Kind, ManagePage, Section, Trial, WayOn
from storefront.core.db import in_unit_of_work, lock_for_update, session
from storefront.core.i18n.translate import N_, gettext
from storefront.core.settings.look import (
    COLOURS,
    DENSITIES,
    MAX_RADIUS,
    SCHEMES,
    SIZES,
    Look,
    check_look,
    colours_of,
    field_name,
    look_of,
    save_look,
)
from storefront.core.settings.models import ShopVersion
from storefront.core.settings.snapshot import load_snapshot, read_version
from storefront.core.values.language import LANGUAGES
from storefront.shop.context import cookie_name, current_shop, extension
from storefront.shop.themes import previewing

LABELS: Mapping[str, str] = {
    "surface": N_("Paper"),
    "surface-2": N_("Second paper"),
    "text": N_("Letters"),
    "muted": N_("Quiet text"),
    "accent": N_("Accent"),
    "on-accent": N_("Text on the accent"),
}
HELPS: Mapping[str, str] = {
    "surface": N_("The ground of every page."),
    "surface-2": N_("Boxes, fields and strips."),
    "muted": N_("Hints, makers, dates."),
    "accent": N_("Seal and the next step: once on each page."),
}
SIZE_WORDS = {"small": N_("Small: more in a row"), "medium": N_("As it comes"), "large": N_("Large: fewer in a row")}
DENSITY_WORDS = {"compact": N_("Compact"), "medium": N_("As it comes"), "airy": N_("Airy")}

Colours = Mapping[str, Mapping[str, str]]


def theme_colours(name: str) -> Colours:
    """The colours a theme brings; none of the shop's own look, or of a theme that cannot be used."""
    found = extension().themes.get(name) if name else None
    return found.theme.colours if found is not None and found.theme is not None else {}


def _themes() -> Iterable[tuple[str, str]]:
    found = extension().themes.find().values() if has_request_context() else ()
    return [
        ("", gettext("The shop's own look")),
        *((each.name, each.theme.title) for each in found if each.theme is not None),
    ]


def _theme_known(name: str) -> None:
    found = extension().themes.get(name) if name else None
    if name and (found is None or found.theme is None):
        raise BadValue(N_("This theme cannot be used at the moment."))


def _colour_fields(scheme: str) -> tuple[Field, ...]:
    return tuple(
        Field(
            field_name(scheme, token),
            LABELS[token],
            Kind.COLOUR,
            help=HELPS.get(token, ""),
            max_length=20,
            needed=True,
        )
        for token in COLOURS
    )


def values_of(look: Look) -> dict[str, Any]:
    base = theme_colours(look.theme)
    found: dict[str, Any] = {
        "theme": look.theme,
        "radius": look.radius,
        "cards": look.cards,
        "density": look.density,
    }
    for scheme in SCHEMES:
        colours = colours_of(look, scheme, base)
        found |= {field_name(scheme, token): colours[token] for token in COLOURS}
    return found


def look_from(values: Mapping[str, Any], before: str) -> Look:
    """The look a form says. A colour as the theme has it (the one chosen now, or ``before``) was not chosen."""
    theme = values["theme"] or ""
    bases = [theme_colours(name) for name in {theme, before}]
    chosen: dict[str, dict[str, str]] = {}
    for scheme in SCHEMES:
        usual = [colours_of(Look(), scheme, base) for base in bases]
        typed = {token: values[field_name(scheme, token)] for token in COLOURS}
        chosen[scheme] = {
            token: colour
            for token, colour in typed.items()
            if colour and all(colour != colours[token] for colours in usual)
        }
    return Look(
        light=chosen["light"],
        dark=chosen["dark"],
        radius=values["radius"],
        cards=values["cards"] or "medium",
        density=values["density"] or "medium",
        theme=theme,
    )


def _load(_row_id: str) -> Mapping[str, Any]:
    if in_unit_of_work():
        # Two who save at once wait for each other here.
        session.execute(lock_for_update(select(ShopVersion.id).where(ShopVersion.id == 1))).all()
        return values_of(look_of(load_snapshot(read_version()).policies))
    return values_of(look_of(current_shop().policies))


def _save(_row_id: str | None, values: Mapping[str, Any], actor: str) -> str:
    before = look_of(load_snapshot(read_version()).policies)
    look = look_from(values, before.theme)
    save_look(look, actor, theme_colours(look.theme))
    end_preview()
    return ""


def end_preview() -> None:
    """What was tried out is saved, or given up: the browser forgets it with this answer."""
    if cookie_name(previewing.COOKIE) not in request.cookies:
        return

    @after_this_request
    def forget(response: Response) -> Response:
        previewing.end(response)
        return response


def _preview(values: Mapping[str, Any], _actor: str) -> str:
    look = look_from(values, str(current_shop().policy("look.theme")))
    check_look(look, theme_colours(look.theme))

    @after_this_request
    def show(response: Response) -> Response:
        previewing.begin(response, look)
        return response

    lang = current_member().locale
    return f"/{lang if lang in LANGUAGES else 'en'}/"


def _draft() -> Mapping[str, Any] | None:
    look = previewing.draft()
    return values_of(look) if look is not None else None


def _aside(values: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    look = look_from(values, str(current_shop().policy("look.theme")))
    return "manage/look/_contrast.html", report(look, theme_colours(look.theme))


def _ways(_row_id: str, _values: Mapping[str, Any]) -> Iterable[WayOn]:
    return (
        WayOn(N_("Logo and icon"), "/manage/look/pictures"),
        WayOn(N_("Themes"), "/manage/look/themes"),
        WayOn(N_("Back to the default"), "/manage/look/default", "settings.edit"),
    )


LOOK = ManagePage(
    key="look",
    title=N_("Look"),
    view="settings.view",
    edit="settings.edit",
    intro=N_("What you choose here holds for the shop's pages; the back office stays as it is. Edges, warnings and tiles follow your colours by themselves."),
    form=FormSpec(
        sections=(
            Section(N_("Theme"), (Field("theme", N_("Theme"), Kind.CHOICE, choices=_themes, check=_theme_known, needed=True),)),
            Section(N_("Colours in the light"), _colour_fields("light"), N_("Empty: as the theme has it.")),
            Section(N_("Colours in the dark"), _colour_fields("dark"), N_("For readers whose device is set to dark.")),
            Section(
                N_("Sizes"),
                (
                    Field("radius", N_("Rounded corners, in pixels"), Kind.NUMBER, minimum=0, maximum=MAX_RADIUS, needed=True, help=N_("0: square. Empty: as the theme has it.")),
                    Field("cards", N_("Cards of products"), Kind.CHOICE, choices={size: SIZE_WORDS[size] for size in SIZES}, required=True),
                    Field("density", N_("Space between things"), Kind.CHOICE, choices={each: DENSITY_WORDS[each] for each in DENSITIES}, required=True),
                ),
            ),
        ),
        load=_load,
        save=_save,
        single=True,
        ways=_ways,
        aside=_aside,
        trials=(Trial("contrast", N_("Check the contrast")), Trial("preview", N_("Preview"), _preview)),
        draft=_draft,
    ),
)  # fmt: skip
