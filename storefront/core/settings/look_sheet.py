"""The owner's look as a sheet in layer ``theme``: the tokens that differ from the default, and those that follow from them,
so that no edge, warning or tile becomes unreadable on a ground it was not made for."""

from collections.abc import Mapping

from storefront.core.settings.look import (
    CONTROL_LEAST,
    DEFAULT_COLOURS,
    SCHEMES,
    TEXT_LEAST,
    Look,
    colours_of,
)
from storefront.core.values.colours import blended, drawn_towards, luminance, nearest

LAYERS = "@layer reset,tokens,base,layout,components,plugin,utilities,theme;"
# Tokens nobody chooses, as static/shop.css has them on light and on dark paper (a test compares).
FOLLOWING: Mapping[str, Mapping[str, str]] = {
    "light": {
        "line": "#dfdbd0",
        "edge": "#8b8578",
        "danger": "#a3103f",
        "danger-bg": "#fbeef1",
        "ok": "#2c6a3f",
        "warn": "#7d5600",
    },
    "dark": {
        "line": "#3a3731",
        "edge": "#7c766a",
        "danger": "#ff97ad",
        "danger-bg": "#331a20",
        "ok": "#8fca9d",
        "warn": "#e2b862",
    },
}
TINTS: Mapping[str, tuple[str, ...]] = {
    "light": ("#f2ede0", "#f6e8e5", "#ebf0e0", "#e3edef", "#ece9f2", "#f7edd5", "#ebebe8", "#e2ece4"),
    "dark": ("#2d2a23", "#302624", "#282b22", "#232a2c", "#29272f", "#302a1d", "#292927", "#232b26"),
}
TINT_NAMES = tuple(f"tint-{number}" for number in range(1, 9))
# The colours that the others follow.
GROUNDWORK = frozenset({"surface", "surface-2", "text", "muted"})
# Paper below this is dark, whichever scheme it is for: black text has as much contrast on it as white.
MIDDLE = 0.18
# --card-min by width of the window, in rem; the phone keeps two cards in a row unless they are to be large.
CARDS: Mapping[str, tuple[str, str, str, str]] = {
    "small": ("7.5", "8", "8.75", "9.5"),
    "large": ("11", "12", "13.5", "15"),
}
WIDTHS = ("", "37.5em", "56.25em", "80em")
# --space-3 … --space-8 in rem, and what the lines of text are set apart by. Targets of a finger keep their size.
SPACES: Mapping[str, tuple[str, ...]] = {
    "compact": (".5", ".75", "1.125", "1.75", "2.75", "4"),
    "airy": ("1", "1.25", "2", "3.25", "5.5", "8"),
}
LEADINGS: Mapping[str, Mapping[str, str]] = {
    "compact": {":root": "1.45", "[lang|=ja]": "1.6", "[lang|=zh-Hans],[lang|=zh-Hant]": "1.6"},
    "airy": {":root": "1.65", "[lang|=ja]": "1.9", "[lang|=zh-Hans],[lang|=zh-Hant]": "1.85"},
}


def sheet(look: Look, base: Mapping[str, Mapping[str, str]] = DEFAULT_COLOURS) -> str:
    """The rules, "" where nothing differs from the default. ``base``: the colours of the theme in use."""
    rules = [*_colour_rules(look, base), *_size_rules(look)]
    return f"{LAYERS}@layer theme{{{''.join(rules)}}}\n" if rules else ""


def following(colours: Mapping[str, str]) -> dict[str, str]:
    """The other colours of a scheme, made for these: those of the shop as long as they pass, else the nearest."""
    surfaces = (colours["surface"], colours["surface-2"])
    paper = _paper(colours)
    own = FOLLOWING[paper]
    found = {"line": blended(colours["surface"], colours["text"], 0.15)}
    found["edge"] = edge_of(colours)
    for token in ("danger", "ok", "warn"):
        found[token] = nearest(own[token], surfaces, TEXT_LEAST) or colours["text"]
    for token, tint in zip(TINT_NAMES, TINTS[paper], strict=True):
        found[token] = drawn_towards(tint, colours["surface"], (colours["text"], colours["muted"]), TEXT_LEAST)
    found["danger-bg"] = drawn_towards(
        own["danger-bg"], colours["surface"], (found["danger"], colours["text"]), TEXT_LEAST
    )
    return found


def edge_of(colours: Mapping[str, str]) -> str:
    """Of a field or button on these surfaces: the shop's own as long as it is seen on both, else the nearest."""
    surfaces = (colours["surface"], colours["surface-2"])
    return nearest(FOLLOWING[_paper(colours)]["edge"], surfaces, CONTROL_LEAST) or colours["text"]


def _paper(colours: Mapping[str, str]) -> str:
    return "light" if luminance(colours["surface"]) >= MIDDLE else "dark"


def _unchanged(scheme: str, base: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    own = {**FOLLOWING[scheme], **dict(zip(TINT_NAMES, TINTS[scheme], strict=True))}
    return own | {token: colour for token, colour in base.get(scheme, {}).items() if token in own}


def _colour_rules(look: Look, base: Mapping[str, Mapping[str, str]]) -> list[str]:
    if not (look.light or look.dark):
        return []
    schemes = {scheme: colours_of(look, scheme, base) for scheme in SCHEMES}
    wanted = {token for scheme in SCHEMES for token in look.of(scheme)}
    if wanted & GROUNDWORK:
        for scheme in SCHEMES:
            touched = look.of(scheme).keys() & GROUNDWORK
            schemes[scheme] |= following(schemes[scheme]) if touched else _unchanged(scheme, base)
        wanted |= {*FOLLOWING["light"], *TINT_NAMES}
    order = [token for token in schemes["light"] if token in wanted]
    plain = ";".join(f"{_property(token)}:{schemes['light'][token]}" for token in order)
    both = ";".join(
        f"{_property(token)}:light-dark({schemes['light'][token]},{schemes['dark'][token]})" for token in order
    )
    return [f":root{{{plain}}}", f"@supports (color:light-dark(#000,#fff)){{:root{{{both}}}}}"]


def _property(token: str) -> str:
    return f"--{token}" if token.startswith("tint-") else f"--c-{token}"


def _size_rules(look: Look) -> list[str]:
    rules = []
    if look.radius is not None:
        rules.append(f":root{{--radius:{look.radius}px}}")
    if look.cards in CARDS:
        for width, least in zip(WIDTHS, CARDS[look.cards], strict=True):
            rule = f":root{{--card-min:{least}rem}}"
            rules.append(f"@media (min-width:{width}){{{rule}}}" if width else rule)
    if look.density in SPACES:
        spaces = ";".join(f"--space-{number}:{rem}rem" for number, rem in enumerate(SPACES[look.density], 3))
        rules.append(f":root{{{spaces}}}")
        rules += [f"{selector}{{--leading:{leading}}}" for selector, leading in LEADINGS[look.density].items()]
    return rules
