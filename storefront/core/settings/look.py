"""What the owner decides about the look: colours, corners, cards, density. The shop's own sheet (``static/shop.css``) holds
the default; here stands only what differs from it, or from the theme in use. Tokens: names of the sheet without ``--c-``.

Every colour that carries text passes WCAG AA on every ground it can stand on, or it is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from storefront.core.i18n.translate import N_
from storefront.core.settings.service import set_policies, set_policy
from storefront.core.values.colours import contrast, nearest, read_colour
from storefront.core.values.types import Problem

SCHEMES = ("light", "dark")
COLOURS = ("surface", "surface-2", "text", "muted", "accent", "on-accent")
# The default of each token; a test compares them with the tokens layer of static/shop.css.
DEFAULT_COLOURS: Mapping[str, Mapping[str, str]] = {
    "light": {
        "surface": "#fffefb",
        "surface-2": "#f5f3ec",
        "text": "#22201c",
        "muted": "#67625a",
        "accent": "#b2371b",
        "on-accent": "#ffffff",
    },
    "dark": {
        "surface": "#181714",
        "surface-2": "#22201c",
        "text": "#ece8de",
        "muted": "#a9a296",
        "accent": "#f18d6c",
        "on-accent": "#220d05",
    },
}
MAX_RADIUS = 24
SIZES = ("small", "medium", "large")
DENSITIES = ("compact", "medium", "airy")
KEYS = ("look.light", "look.dark", "look.radius", "look.cards", "look.density", "look.theme")

TEXT_LEAST, CONTROL_LEAST = 4.5, 3.0


class Pair(NamedTuple):
    """``over`` stands on ``ground``; a failing pair is mended at ``over``."""

    over: str
    ground: str


PAIRS = (
    Pair("text", "surface"),
    Pair("text", "surface-2"),
    Pair("muted", "surface"),
    Pair("muted", "surface-2"),
    Pair("accent", "surface"),
    Pair("accent", "surface-2"),
    Pair("on-accent", "accent"),
)
SENTENCES: Mapping[tuple[str, str], str] = {
    ("light", "near"): N_("In the light: %(ratio)s to 1 on %(ground)s, and text needs 4.5. The nearest that passes is %(nearest)s."),
    ("light", "none"): N_("In the light: %(ratio)s to 1 on %(ground)s, and text needs 4.5. No lightness of it passes: please change the ground."),
    ("dark", "near"): N_("In the dark: %(ratio)s to 1 on %(ground)s, and text needs 4.5. The nearest that passes is %(nearest)s."),
    ("dark", "none"): N_("In the dark: %(ratio)s to 1 on %(ground)s, and text needs 4.5. No lightness of it passes: please change the ground."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """``light``, ``dark``: the colours the owner chose, by token; those that are missing are the default's. ``radius``:
    pixels, ``None`` as the theme has it. ``theme``: name of the folder in use, "" for none."""

    light: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    dark: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    radius: int | None = None
    cards: str = "medium"
    density: str = "medium"
    theme: str = ""

    def of(self, scheme: str) -> Mapping[str, str]:
        return self.light if scheme == "light" else self.dark


class BadLook(ValueError):
    """Colours that cannot be read on each other; each problem's ``field_name`` is ``<scheme>_<token>``."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message % problem.params for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair as it is: ``nearest`` is the colour that would pass in place of ``over``, "" where it passes, or none would."""

    scheme: str
    pair: Pair
    over: str
    ground: str
    ratio: float
    passes: bool
    nearest: str = ""


def field_name(scheme: str, token: str) -> str:
    return f"{scheme}_{token.replace('-', '_')}"


def look_of(policies: Mapping[str, Any]) -> Look:
    """The look among the owner's decisions. What cannot be read any more counts as not decided."""
    cards, density = policies["look.cards"], policies["look.density"]
    return Look(
        light=_readable(policies["look.light"]),
        dark=_readable(policies["look.dark"]),
        radius=_pixels(policies["look.radius"]),
        cards=cards if cards in SIZES else "medium",
        density=density if density in DENSITIES else "medium",
        theme=str(policies["look.theme"]),
    )


def _pixels(stored: Any) -> int | None:
    found = stored.get("pixels") if isinstance(stored, Mapping) else None
    return min(max(found, 0), MAX_RADIUS) if isinstance(found, int) else None


def _readable(stored: Any) -> Mapping[str, str]:
    found = {}
    for token, colour in stored.items() if isinstance(stored, Mapping) else ():
        try:
            if token in COLOURS:
                found[token] = read_colour(str(colour))
        except ValueError:
            continue
    return MappingProxyType(found)


def colours_of(look: Look, scheme: str, base: Mapping[str, Mapping[str, str]] = DEFAULT_COLOURS) -> dict[str, str]:
    """Every colour of a scheme as it will be seen. ``base``: what holds where the owner chose none (of the theme)."""
    return {**DEFAULT_COLOURS[scheme], **base.get(scheme, {}), **look.of(scheme)}


def judge(look: Look, base: Mapping[str, Mapping[str, str]] = DEFAULT_COLOURS) -> Iterator[Judged]:
    """The contrast of every pair in both schemes."""
    for scheme in SCHEMES:
        colours = colours_of(look, scheme, base)
        for pair in PAIRS:
            over, ground = colours[pair.over], colours[pair.ground]
            ratio = contrast(over, ground)
            good = ratio >= TEXT_LEAST
            grounds = [colours[each.ground] for each in PAIRS if each.over == pair.over]
            mended = "" if good else nearest(over, grounds, TEXT_LEAST)
            yield Judged(scheme, pair, over, ground, ratio, good, mended)


def check_look(look: Look, base: Mapping[str, Mapping[str, str]] = DEFAULT_COLOURS) -> None:
    """Raises ``BadLook``, one problem for each colour that cannot be read on one of its grounds."""
    found: dict[str, Problem] = {}
    for judged in judge(look, base):
        name = field_name(judged.scheme, judged.pair.over)
        if not judged.passes and name not in found:
            params = {"ratio": shown_ratio(judged.ratio), "ground": judged.ground, "nearest": judged.nearest}
            sentence = SENTENCES[judged.scheme, "near" if judged.nearest else "none"]
            found[name] = Problem(sentence, params, field_name=name, code="contrast")
    if found:
        raise BadLook(*found.values())


def shown_ratio(ratio: float) -> str:
    """Cut, never rounded up: 4.49 does not pass."""
    return f"{int(ratio * 10) / 10:.1f}"


def save_look(look: Look, actor: str, base: Mapping[str, Mapping[str, str]] = DEFAULT_COLOURS) -> tuple[str, ...]:
    """Store the look; the keys that changed, each with its audit row. ``base``: the colours of ``look.theme``. Inside the
    caller's unit. Raises ``BadLook``."""
    check_look(look, base)
    return set_policies(
        {
            "look.light": dict(look.light),
            "look.dark": dict(look.dark),
            "look.radius": {} if look.radius is None else {"pixels": look.radius},
            "look.cards": look.cards,
            "look.density": look.density,
            "look.theme": look.theme,
        },
        actor,
    )


def use_theme(name: str, actor: str) -> None:
    """The theme called ``name`` is in use from now on, "" for none; again for the same, so that every process reads its
    files anew. Inside the caller's unit."""
    set_policy("look.theme", name, actor)


def reset_look(actor: str) -> tuple[str, ...]:
    """Back to the default, the theme apart; the keys that changed. Inside the caller's unit."""
    default = Look()
    return set_policies(
        {
            "look.light": {},
            "look.dark": {},
            "look.radius": {},
            "look.cards": default.cards,
            "look.density": default.density,
        },
        actor,
    )
