"""Two price tables side by side, step by step."""

from collections.abc import Iterable
from dataclasses import dataclass

from storefront.plugin import N_, plugin_gettext
from storefront_shipping_japanpost.regions import PREFECTURES
from storefront_shipping_japanpost.settings import NAME
from storefront_shipping_japanpost.tables import NATIONWIDE, Steps

_ = plugin_gettext(NAME)

WORDS = {
    NATIONWIDE: N_("All of Japan"),
    "hokkaido": N_("Hokkaido"),
    "tohoku": N_("Tohoku"),
    "kanto": N_("Kanto"),
    "shinetsu": N_("Shinetsu"),
    "hokuriku": N_("Hokuriku"),
    "tokai": N_("Tokai"),
    "kinki": N_("Kinki"),
    "chugoku": N_("Chugoku"),
    "shikoku": N_("Shikoku"),
    "kyushu": N_("Kyushu"),
    "okinawa": N_("Okinawa"),
    "aichi": N_("Aichi"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A price in both tables (yen), ``None`` where one has none."""

    old: int | None
    new: int | None

    @property
    def moved(self) -> bool:
        return self.old != self.new


@dataclass(frozen=True, slots=True)
class Compared:
    """``rows``: (top of the step, a cell per zone). The counts are of prices."""

    zones: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]

    def count(self, kind: str) -> int:
        return sum(_kind(cell) == kind for _top, cells in self.rows for cell in cells)

    @property
    def summary(self) -> tuple[tuple[str, int], ...]:
        """What changes, as (words, how many prices), those that happen."""
        named = (
            (_("Dearer"), self.count("dearer")),
            (_("Cheaper"), self.count("cheaper")),
            (_("New"), self.count("new")),
            (_("No longer there"), self.count("gone")),
            (_("As before"), self.count("same")),
        )
        return tuple(pair for pair in named if pair[1])


def compare(old: Steps, new: Steps) -> Compared:
    """Every step of either table, in each zone of either."""
    zones = tuple(dict.fromkeys((*old, *new)))
    before = {(zone, top): price for zone in old for top, price in old[zone]}
    after = {(zone, top): price for zone in new for top, price in new[zone]}
    tops = sorted({top for _zone, top in (*before, *after)})
    rows = tuple((top, tuple(Cell(before.get((zone, top)), after.get((zone, top))) for zone in zones)) for top in tops)
    return Compared(zones, rows)


def _kind(cell: Cell) -> str:
    if cell.old is None:
        return "new" if cell.new is not None else "empty"
    if cell.new is None:
        return "gone"
    return "same" if cell.new == cell.old else "dearer" if cell.new > cell.old else "cheaper"


def zone_words(zone: str) -> str:
    """The name of a zone for the owner."""
    if zone.isdigit():
        return _("Zone %(number)s", number=zone)
    parts: Iterable[str] = [zone] if zone == NATIONWIDE else zone.split("_")
    return " · ".join(
        _(WORDS[part]) if part in WORDS else part.capitalize() for part in parts if part in (*WORDS, *PREFECTURES)
    )
