"""No page weighs more than it may, in any language (DESIGN B9). ``make budgets`` weighs the pictures too."""

import pytest
from flask import Flask

from storefront.core.db import session
from storefront.core.values.language import LANGUAGES
from tools.budgets import BUDGET, HTML, KINDS, PICTURES, SCRIPTS, Weight, prepare, weigh_all
from tools.page_parts import Parts, chosen, points_wide
from tools.tour import kinds_of_pages


@pytest.fixture
def database_kind() -> str:
    """A page weighs the same on both."""
    return "sqlite"


def test_every_page_there_is_stays_within_its_budget_in_every_language(app: Flask) -> None:
    with app.app_context():
        prepare(app, pictures=False)
        session.rollback()
    weights = list(weigh_all(app))
    assert [words for weight in weights for words in weight.over()] == []
    for lang in LANGUAGES:
        seen = {weight.kind.partition(",")[0].partition(" ")[0] for weight in weights if weight.lang == lang}
        # A new page comes into tools/tour.py, by a link that leads to it or by what has to be done first.
        assert kinds_of_pages(app) - seen == set(), lang


def weight(kind: str, *, prepared: bool = True, **sizes: int) -> Weight:
    return Weight(kind, "ja", {name: sizes.get(name.lower(), 0) for name in KINDS}, prepared)


def test_what_is_too_heavy_is_named() -> None:
    most = {name.lower(): size for name, size in BUDGET.items()}
    assert weight("cart.show", **most).over() == []
    assert weight("cart.show", html=18_001).over() == [f"cart.show (ja): {HTML} 18,001 > 18,000"]
    assert weight("cart.show", other=1).over() == ["cart.show (ja): other 1 > 0"]
    both = weight("checkout.confirm", **{SCRIPTS: 18_001, PICTURES: 50_000}).over()
    assert both == [
        "checkout.confirm (ja): scripts 18,001 > 18,000",
        "checkout.confirm (ja): everything 68,001 > 60,000",
    ]
    assert weight("catalog.category", pictures=250_001).over() and not weight("home.home", pictures=250_001).over()
    assert weight("catalog.category", pictures=250_001, prepared=False).over() == []


def test_what_a_page_loads_is_read_from_its_html() -> None:
    parts = Parts(
        '<link rel="stylesheet" href="/a.css"><link rel="preload" href="/font.woff2"><script src="/a.js"></script>'
        '<script type="application/ld+json">{}</script><svg><use href="/icons.svg#x"></use></svg>'
        '<picture><source type="image/avif" srcset="/p/200.avif 200w,/p/800.avif 800w" sizes="(min-width:50em) 44rem,100vw">'
        '<img src="/p/800.jpg" srcset="/p/200.jpg 200w,/p/800.jpg 800w"></picture><img src="/q.webp"><video src="/v.mp4">'
    )
    assert (parts.styles, parts.scripts, parts.other) == (["/a.css"], ["/a.js"], ["/font.woff2", "/v.mp4"])
    sprite, picture, plain = parts.pictures
    assert (chosen(*sprite), chosen(*plain)) == ({"/icons.svg"}, {"/q.webp"})
    assert picture[0] == [("/p/200.avif", 200), ("/p/800.avif", 800)]
    assert chosen(*picture) == {"/p/800.avif"}


@pytest.mark.parametrize(
    ("sizes", "screen", "points"),
    [
        ("4.5rem", 360, 72), ("(min-width:56.25em) 44rem,100vw", 360, 360), ("(min-width:56.25em) 44rem,100vw", 1280, 704),
        ("(min-width:400px) 30px", 360, 360), ("50vw", 1280, 640),
    ],
)  # fmt: skip
def test_how_wide_a_picture_is_shown(sizes: str, screen: int, points: float) -> None:
    assert points_wide(sizes, screen) == points


def test_an_attribute_that_cannot_be_read_stops_the_scales() -> None:
    with pytest.raises(ValueError, match="calc"):
        points_wide("calc(100vw - 2rem)", 360)
