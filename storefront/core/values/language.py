"""The four languages of the shop: their tags, their names, and the choice among them.

A language is written everywhere (URL, rows, code) by its lower-case tag from ``LANGUAGES``. Only the two functions
here know how other systems spell it."""

import re
from collections.abc import Iterable

LANGUAGES = ("en", "ja", "zh-hans", "zh-hant")

OWN_NAMES = {"en": "English", "ja": "日本語", "zh-hans": "简体中文", "zh-hant": "繁體中文"}

# What is shown, marked with its own ``lang``, when a text does not exist in the reader's language.
FALLBACKS: dict[str, tuple[str, ...]] = {
    "en": ("en", "ja", "zh-hant", "zh-hans"),
    "ja": ("ja", "en", "zh-hant", "zh-hans"),
    "zh-hans": ("zh-hans", "zh-hant", "ja", "en"),
    "zh-hant": ("zh-hant", "zh-hans", "ja", "en"),
}

_HTML = {"en": "en", "ja": "ja", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}
_BABEL = {"en": "en", "ja": "ja", "zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}

MAX_HEADER_BYTES = 200
MAX_TAGS = 10

# CLDR's likely script of Chinese by region: everywhere not named here it is the simplified one.
_HANT_REGIONS = frozenset(["tw", "hk", "mo", "au", "bn", "gb", "gf", "id", "pa", "pf", "ph", "sr", "th", "us", "vn"])
_DEFAULT_SCRIPT = {"en": "latn", "ja": "jpan"}
_SUBTAG = re.compile(r"[a-z0-9]{1,8}\Z")
_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\Z")


def html_lang(lang: str) -> str:
    """The BCP 47 spelling for ``<html lang>``: ``"zh-hant" -> "zh-Hant"``. ``KeyError`` for no language of the shop."""
    return _HTML[lang]


def babel_id(lang: str) -> str:
    """The spelling of Babel and of catalogue folders: ``"zh-hant" -> "zh_Hant"``. ``KeyError`` as above."""
    return _BABEL[lang]


def negotiate(header: str, available: Iterable[str] = LANGUAGES, *, bare_zh: str = "zh-hans") -> str | None:
    """The best of ``available`` for an ``Accept-Language`` header, by language and script, or ``None``.

    Never raises, whatever the header holds: at most 10 tags within the first 200 bytes are read, anything malformed
    is passed over. ``bare_zh`` answers a ``zh`` that names neither script nor region. Only when nothing fits exactly
    does a reader of one Chinese script get the other."""
    offered = tuple(available)
    wanted = [match for tag in _preferred_tags(header) if (match := _match(tag, bare_zh))]
    for lang in wanted:
        if lang in offered:
            return lang
    if any(lang.startswith("zh-") for lang in wanted):
        return next((lang for lang in offered if lang.startswith("zh-")), None)
    return None


def _preferred_tags(header: str) -> list[str]:
    if len(header) > MAX_HEADER_BYTES:
        # Cut at a comma: half a tag ("zh-T") would mean another language.
        header = header[:MAX_HEADER_BYTES].rpartition(",")[0]
    weighted: list[tuple[float, str]] = []
    for item in header.split(",")[:MAX_TAGS]:
        tag, *parameters = (part.strip() for part in item.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = (part.strip() for part in parameter.partition("="))
            if name.lower() == "q":
                quality = float(value) if _QUALITY.match(value) else 0.0
        if quality > 0:
            weighted.append((quality, tag.lower().replace("_", "-")))
    # The sort is stable: equal weights keep the order of the header.
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]


def _match(tag: str, bare_zh: str) -> str | None:
    language, script, region, cantonese = _parse(tag)
    if language == "zh":
        if script:
            return f"zh-{script}" if script in ("hans", "hant") else None
        if region:
            hant = region in _HANT_REGIONS or (cantonese and region != "cn")
            return "zh-hant" if hant else "zh-hans"
        return "zh-hant" if cantonese else bare_zh
    if script and script != _DEFAULT_SCRIPT.get(language):
        return None
    return language or None


def _parse(tag: str) -> tuple[str, str, str, bool]:
    """Language, script, region (each may be ``""``) and whether the tag names Cantonese."""
    subtags = tag.split("-")
    if not all(_SUBTAG.match(subtag) for subtag in subtags):
        return "", "", "", False
    language, cantonese = subtags[0], subtags[0] == "yue"
    if language in ("cmn", "yue"):
        language = "zh"
    script = region = ""
    for subtag in subtags[1:]:
        if len(subtag) == 1:
            break  # extensions and private use follow
        if len(subtag) == 4 and subtag.isalpha() and not script and not region:
            script = subtag
        elif (len(subtag) == 2 and subtag.isalpha()) or (len(subtag) == 3 and subtag.isdigit()):
            region = region or subtag
        elif subtag == "yue" and not script and not region:
            cantonese = True
    return language, script, region, cantonese
