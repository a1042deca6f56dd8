"""The line of the season on the poster: the shop is a place with days."""

from datetime import date
from typing import NamedTuple

from storefront.core.i18n.translate import N_, gettext


class Season(NamedTuple):
    title: str
    text: str


# By the month it begins in. A title may break at \n.
SEASONS = (
    (3, N_("Spring is here.\nOpen the window."), N_("Light colours, young tea and things for a new start.")),
    (
        6,
        N_("The heat is coming.\nHang a wind chime."),
        N_("Glass, paper and cold tea: small things that make summer lighter."),
    ),
    (
        9,
        N_("The evenings grow.\nTime for good tools."),
        N_("Chestnuts, paper and ink for the long evenings of autumn."),
    ),
    (
        11,
        N_("Autumn ends.\nOne cup of steam."),
        N_("Tea from misty mountains, lacquer and wood for quiet winter days."),
    ),
)


def season_of(day: date) -> Season:
    """Title and text for ``day``, in the language of the page."""
    begun = [entry for entry in SEASONS if entry[0] <= day.month]
    _, title, text = begun[-1] if begun else SEASONS[-1]
    return Season(gettext(title), gettext(text))
