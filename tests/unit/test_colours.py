"""Colours: read, compared, mended; and the owner's sheet made of them."""

import re
from itertools import product
from pathlib import Path

import pytest

from storefront.core.settings.look import (
    COLOURS,
    DEFAULT_COLOURS,
    SCHEMES,
    BadLook,
    Look,
    check_look,
    colours_of,
    judge,
    look_of,
    shown_ratio,
)
from storefront.core.settings.look_sheet import FOLLOWING, TINT_NAMES, TINTS, following, sheet
from storefront.core.settings.policies import DEFAULTS
from storefront.core.values.colours import contrast, nearest, passes, read_colour

SHEET = Path(__file__).resolve().parents[2] / "static" / "shop.css"


@pytest.mark.parametrize(("typed", "read"), [("#FFF", "#ffffff"), ("b2371b", "#b2371b"), (" #00594F ", "#00594f")])
def test_a_colour_is_read_as_people_write_it(typed: str, read: str) -> None:
    assert read_colour(typed) == read


@pytest.mark.parametrize("typed", ["", "red", "#12", "#12345", "#1234567", "#gggggg", "rgb(1,2,3)", "#fff;}", "＃fff"])
def test_what_is_no_colour_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        read_colour(typed)


def test_the_contrast_is_that_of_wcag() -> None:
    # worked examples of the W3C's own techniques and of common checkers
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert shown_ratio(4.499) == "4.4"


def test_the_nearest_colour_passes_everywhere_keeps_its_hue_and_is_near() -> None:
    steps = ("00", "66", "bb", "ff")
    papers = [("#fffefb", "#f5f3ec"), ("#181714", "#22201c"), ("#ffdd00", "#fff0a0")]
    for grounds, (red, green, blue) in product(papers, product(steps, repeat=3)):
        colour = f"#{red}{green}{blue}"
        found = nearest(colour, grounds, 4.5)
        assert passes(found, grounds, 4.5), (colour, grounds, found)
        if passes(colour, grounds, 4.5):
            assert found == colour
    orange = nearest("#ff8800", papers[0], 4.5)
    assert 4.5 <= contrast(orange, papers[0][1]) < 5
    channels = [int(orange[i : i + 2], 16) for i in (1, 3, 5)]
    assert channels[0] > channels[1] > channels[2]
    assert nearest("#777777", ("#000000", "#ffffff"), 4.6) == ""


def test_the_default_passes_and_is_that_of_the_shops_own_sheet() -> None:
    assert all(judged.passes for judged in judge(Look()))
    text = SHEET.read_text("utf-8")
    plain = dict(re.findall(r"--(?:c-)?([a-z0-9-]+): (#[0-9a-f]{6});", text))
    both = {name: pair for name, *pair in re.findall(r"--(?:c-)?([a-z0-9-]+): light-dark\((#\w+), (#\w+)\);", text)}
    for number, scheme in enumerate(SCHEMES):
        tints = dict(zip(TINT_NAMES, TINTS[scheme], strict=True))
        for token, colour in {**DEFAULT_COLOURS[scheme], **FOLLOWING[scheme], **tints}.items():
            assert both[token][number] == colour, token
            if scheme == "light":
                assert plain[token] == colour, token
    assert sheet(Look()) == ""


def test_what_cannot_be_read_is_refused_by_name_with_the_nearest_that_can() -> None:
    with pytest.raises(BadLook) as refused:
        check_look(Look(light={"muted": "#aaaaaa"}, dark={"on-accent": "#f18d6c"}))
    assert [problem.field_name for problem in refused.value.problems] == ["light_muted", "dark_on_accent"]
    for problem, ground in zip(refused.value.problems, ("#fffefb", "#f18d6c"), strict=True):
        assert contrast(problem.params["nearest"], ground) >= 4.5
    # text between two papers that no lightness passes on
    with pytest.raises(BadLook, match="please change the ground"):
        check_look(Look(light={"surface": "#333333", "surface-2": "#cccccc"}))


@pytest.mark.parametrize("surface", ["#ffffff", "#ffe4b5", "#8a8a8a", "#1b2b4b", "#000000"])
def test_edges_warnings_and_tiles_follow_the_paper(surface: str) -> None:
    text = "#000000" if contrast("#000000", surface) > contrast("#ffffff", surface) else "#ffffff"
    colours = {**DEFAULT_COLOURS["light"], "surface": surface, "surface-2": surface, "text": text, "muted": text}
    found = following(colours)
    assert contrast(found["edge"], surface) >= 3
    assert all(contrast(found[token], surface) >= 4.5 for token in ("danger", "ok", "warn"))
    assert contrast(found["danger"], found["danger-bg"]) >= 4.5 or found["danger-bg"] == surface
    assert all(contrast(text, found[tint]) >= 4.5 for tint in TINT_NAMES)


def test_the_sheet_holds_what_differs_and_nothing_that_was_not_checked() -> None:
    made = sheet(Look(light={"accent": "#00594f"}, radius=8, cards="small", density="airy"))
    assert made.startswith("@layer reset,") and "--c-accent:light-dark(#00594f,#f18d6c)" in made
    assert "--c-surface" not in made and "--radius:8px" in made and "--card-min:7.5rem" in made
    # a dark scheme alone leaves the light one as it was, what follows included
    dark = sheet(Look(dark={"surface": "#101828"}))
    assert "--c-edge:light-dark(#8b8578," in dark and "--tint-1:light-dark(#f2ede0," in dark
    # what stands in the database and is no look is no look on the page either
    policies = {
        **DEFAULTS,
        "look.light": {"surface": "red", "accent": "#12", "nonsense": "#fff", "text": "#222222"},
        "look.radius": {"pixels": 10**6},
        "look.cards": "}",
        "look.dark": [],
    }
    look = look_of(policies)
    assert look == Look(light={"text": "#222222"}, radius=24)
    assert set(colours_of(look, "light")) == set(COLOURS)
