"""What the page of components shows them with: goods and choices that are in no database, in each language."""

from collections.abc import Mapping
from typing import NamedTuple

from storefront.core.catalog.views import Card, ProductList
from storefront.core.values.types import SaleStatus

RELEASE = "2027-01"
NAMES: Mapping[str, tuple[str, str, str, str]] = {
    "en": (
        "Three-Colour Dango, 5 skewers",
        "Octagonal Lacquered Chopsticks, vermilion, a pair in a box of paulownia wood",
        "Tin-Style Robot, 1/12 scale",
        "Maker of Things",
    ),
    "ja": (
        "三色だんご 5本入",
        "朱塗りの八角箸 夫婦箸 桐箱入り 名入れはできません",
        "ブリキ調ロボット 1/12",
        "つくる堂",
    ),
    "zh-hans": ("三色团子 5串", "朱漆八角筷 夫妻筷 桐木盒装 不可刻名", "铁皮风机器人 1/12", "造物堂"),
    "zh-hant": ("三色糰子 5串", "朱漆八角筷 夫妻筷 桐木盒裝 不可刻名", "鐵皮風機器人 1/12", "造物堂"),
}
SERVICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("Courier", "3–5 days, tracked"),
        ("Surface mail", "1–2 months"),
        ("Express", "Not for this parcel: it is too long."),
    ),
    "ja": (("宅配便", "3〜5日・追跡つき"), ("船便", "1〜2か月"), ("速達", "長すぎるため、この荷物には使えません。")),
    "zh-hans": (("快递", "3–5 天，可追踪"), ("海运", "1–2 个月"), ("特快", "包裹过长，无法使用。")),
    "zh-hant": (("宅配", "3–5 天，可追蹤"), ("海運", "1–2 個月"), ("特快", "包裹過長，無法使用。")),
}


class Choice(NamedTuple):
    key: str
    title: str
    hint: str
    offered: bool
    chosen: bool
    price: int | None


def cards(lang: str) -> tuple[Card, ...]:
    """Few words and many; one price, a list price, several prices; with a maker and without."""
    short, long, robot, maker = NAMES[lang]
    return (
        Card(1, "dango", short, lang, maker, lang, 648, None, False, "", "", 2, SaleStatus.IN_STOCK, 40, ""),
        Card(2, "hashi", long, lang, maker, lang, 5500, 6600, False, "", "", 1, SaleStatus.LOW_STOCK, 3, ""),
        Card(3, "robot", robot, lang, "", "", 8800, None, True, "", "", 4, SaleStatus.PRE_ORDER, None, RELEASE),
        # A name that is only there in another language says so to a screen reader.
        Card(4, "tokkuri", "徳利と猪口", "ja", "", "", 3300, None, False, "", "", 8, SaleStatus.CLOSED, 0, ""),
    )


def statuses() -> tuple[tuple[SaleStatus, int, str], ...]:
    """Each with what is available and its release month."""
    return tuple((status, 3, RELEASE) for status in SaleStatus)


def choices(lang: str) -> tuple[Choice, ...]:
    (courier, tracked), (surface, slow), (express, reason) = SERVICES[lang]
    return (
        Choice("courier", courier, tracked, True, True, 1800),
        Choice("surface", surface, slow, True, False, 1250),
        Choice("express", express, reason, False, False, None),
    )


def long_list() -> ProductList:
    """In the midst of many pages."""
    return ProductList((), total=312, page=5, pages=13)
