"""The countries and regions a parcel can be addressed to, and their names as a shop writes them."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from storefront.core.customers.addresses.formats import own_format_countries
from storefront.core.customers.addresses.library import library_countries
from storefront.core.values.language import LANGUAGES

_MAIN = ("JP", "TW", "HK", "CN", "US", "KR", "SG", "MO", "AU", "CA", "GB", "DE", "FR")
_WITHOUT_ADDRESSES = frozenset(["AQ", "BV", "HM", "TF", "GS", "UM"])
_NO_ISO_CODE = frozenset(["AC", "TA"])

_KANJI_READINGS = {
    "韓国": "カンコク",
    "北朝鮮": "キタチョウセン",
    "北": "キタ",
    "香港": "ホンコン",
    "赤道": "セキドウ",
    "台湾": "タイワン",
    "中央": "チュウオウ",
    "中国": "チュウゴク",
    "朝鮮": "チョウセン",
    "東": "ヒガシ",
    "西": "ニシ",
    "日本": "ニホン",
    "南": "ミナミ",
    "米領": "ベイリョウ",
    "英領": "エイリョウ",
    "仏領": "フツリョウ",
}
"""How the country names that begin with kanji are read, longer ones first; the others begin with kana."""


@cache
def _codes() -> frozenset[str]:
    return (library_countries() | own_format_countries()) - _WITHOUT_ADDRESSES - _NO_ISO_CODE


def is_country(code: str) -> bool:
    """Whether `code` (ISO alpha-2, capitals) is a country a parcel can be addressed to."""
    return code in _codes()


@cache
def _names(lang: str) -> Mapping[str, str]:
    # Babel takes longer to import than this module may; a worker that shows no address never pays for it.
    from storefront.core.i18n import formats

    return MappingProxyType({code: formats.country_name(code, lang) for code in _codes()})


def country_name(code: str, lang: str) -> str:
    """The country's short name in `lang`, English for a language the shop does not have; the code if unknown."""
    return _names(lang if lang in LANGUAGES else "en").get(code, code)


def _latin_order(name: str) -> bytes:
    decomposed = unicodedata.normalize("NFD", name.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).encode()


def _kana_order(name: str) -> bytes:
    for kanji, reading in _KANJI_READINGS.items():
        if name.startswith(kanji):
            name = reading + name
            break
    # Readers look ガ up beside カ and pass over ー; the full form decides only between equals.
    decomposed = unicodedata.normalize("NFKD", name)
    return (_KANA_MARKS.sub("", decomposed) + "\0" + decomposed).encode()


_KANA_MARKS = re.compile("[\u3099\u309aー・]")
_COMMON_HOMOPHONES = str.maketrans("瑙梵斐", "脑饭肥")
"""GB 2312 orders only its common characters by pinyin; these three begin country names and are not among them."""

_SORT_KEYS: Mapping[str, Callable[[str], bytes]] = {
    "en": _latin_order,
    "ja": _kana_order,
    # These two encodings are laid out by pinyin and by stroke count: the order readers know, without ICU.
    "zh-hans": lambda name: name.translate(_COMMON_HOMOPHONES).encode("gb18030"),
    "zh-hant": lambda name: name.encode("big5", "replace"),
}


@cache
def _choices(lang: str) -> tuple[tuple[str, str], ...]:
    names = _names(lang)
    key = _SORT_KEYS[lang]
    others = sorted((code for code in names if code not in _MAIN), key=lambda code: (key(names[code]), code))
    return tuple((code, names[code]) for code in (*_MAIN, *others))


def country_choices(lang: str) -> tuple[tuple[str, str], ...]:
    """(code, name) of every country, the main destinations first, the rest in the order of the language."""
    return _choices(lang if lang in LANGUAGES else "en")
