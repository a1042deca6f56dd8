"""The contrast of every pair of colours, in numbers and words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storefront.core.i18n.translate import N_
from storefront.core.i18n.translate import gettext as _
from storefront.core.settings.look import (
    CONTROL_LEAST,
    PAIRS,
    SCHEMES,
    TEXT_LEAST,
    Judged,
    Look,
    Pair,
    colours_of,
    judge,
    shown_ratio,
)
from storefront.core.settings.look_sheet import GROUNDWORK, edge_of
from storefront.core.values.colours import contrast
from storefront.shop.themes.previewing import draft

VERY_GOOD = 7.0
EDGES = tuple(Pair("edge", ground) for ground in ("surface", "surface-2"))
WORDS: Mapping[tuple[str, str], str] = {
    ("text", "surface"): N_("Text on paper"),
    ("text", "surface-2"): N_("Text on the second paper"),
    ("muted", "surface"): N_("Quiet text on paper"),
    ("muted", "surface-2"): N_("Quiet text on the second paper"),
    ("accent", "surface"): N_("Accent on paper"),
    ("accent", "surface-2"): N_("Accent on the second paper"),
    ("on-accent", "accent"): N_("Text on the accent"),
    ("edge", "surface"): N_("Edges of fields on paper"),
    ("edge", "surface-2"): N_("Edges of fields on the second paper"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """``over``, ``ground``: the colours; ``ratio``: as it is shown; ``nearest``: what would pass, "" where it does."""

    over: str
    ground: str
    ratio: str
    words: str
    passes: bool
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    verdicts: tuple[Verdict, ...]


def report(look: Look, base: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """For ``manage/look/_contrast.html``."""
    found: dict[Pair, list[Verdict]] = {pair: [] for pair in (*PAIRS, *EDGES)}
    for judged in judge(look, base):
        found[judged.pair].append(_verdict(judged))
    for scheme in SCHEMES:
        colours = colours_of(look, scheme, base)
        edge = edge_of(colours) if look.of(scheme).keys() & GROUNDWORK or "edge" not in colours else colours["edge"]
        for pair in EDGES:
            ratio = contrast(edge, colours[pair.ground])
            found[pair].append(_seen(edge, colours[pair.ground], ratio, CONTROL_LEAST))
    rows = tuple(Row(_(WORDS[pair]), tuple(verdicts)) for pair, verdicts in found.items())
    failing = sum(not verdict.passes for row in rows for verdict in row.verdicts)
    return {"rows": rows, "failing": failing, "previewing": draft() is not None}


def _verdict(judged: Judged) -> Verdict:
    return _seen(judged.over, judged.ground, judged.ratio, TEXT_LEAST, judged.nearest)


def _seen(over: str, ground: str, ratio: float, least: float, nearest: str = "") -> Verdict:
    if ratio < least:
        words = _("too little; %(least)s is needed", least=f"{least:g}")
    else:
        words = _("very good") if ratio >= VERY_GOOD else _("good")
    return Verdict(over, ground, shown_ratio(ratio), words, ratio >= least, nearest)
