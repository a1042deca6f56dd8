"""Sums, dates, weights and country names as the reader writes them. Integers only; nothing is rounded here.

The signs and digits are the shop's own, not CLDR's: with several currencies on one page "$" or "￥" would be guesses,
and nobody in Taiwan reads "NT$1,980.00"."""

from datetime import date, datetime
from functools import lru_cache
from operator import index
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_day_names, get_month_names, get_timezone_name

from storefront.core.values.language import babel_id
from storefront.core.values.money import exponent

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"

# "¥" means yen alone. Currencies not named here are written with their code.
_SIGNS = {"JPY": "¥", "TWD": "NT$", "HKD": "HK$", "CNY": "CN¥", "USD": "US$"}
_SUFFIXES = {("JPY", "ja"): "円"}

# Long names of zones that CLDR words otherwise than a shopper would.
_ZONES = {
    "Asia/Taipei": ("Taiwan time", "台湾時間", "台湾时间", "台灣時間"),
    "UTC": ("UTC", "協定世界時", "协调世界时", "世界協調時間"),
}
_ZONE_COLUMNS = {"en": 0, "ja": 1, "zh-hans": 2, "zh-hant": 3}

# CLDR's names of these are whole sentences in Chinese and Japanese.
_SHORT_COUNTRIES = {
    "TW": {"en": "Taiwan", "ja": "台湾", "zh-hans": "台湾", "zh-hant": "台灣"},
    "HK": {"en": "Hong Kong", "ja": "香港", "zh-hans": "香港", "zh-hant": "香港"},
    "MO": {"en": "Macao", "ja": "マカオ", "zh-hans": "澳门", "zh-hant": "澳門"},
}


def currency_exponent(currency: str) -> int:
    """Decimal digits of the minor unit (JPY 0, TWD 0, USD 2)."""
    return exponent(currency)


def money_parts(amount: int, currency: str, lang: str) -> tuple[str, str, str]:
    """Prefix, digits and suffix of ``amount`` minor units, so that a template can set 円 small:
    ``(1296, "JPY", "ja") -> ("", "1,296", "円")``. A minus stands first. ``TypeError`` unless ``amount`` is an int."""
    amount = index(amount)
    sign = MINUS if amount < 0 else ""
    digits = exponent(currency)
    major, minor = divmod(abs(amount), 10**digits)
    text = f"{major:,}.{minor:0{digits}d}" if digits else f"{major:,}"
    suffix = _SUFFIXES.get((currency, lang), "")
    prefix = "" if suffix else _SIGNS.get(currency, f"{currency}{NBSP}")
    return sign + prefix, text, suffix


def format_money(amount: int, currency: str, lang: str) -> str:
    """``amount`` minor units with an unambiguous sign: ``¥1,296``, ``1,296円``, ``NT$1,980``, ``−US$12.50``."""
    return "".join(money_parts(amount, currency, lang))


def format_number(number: int, lang: str) -> str:
    """Grouped by thousands, as all four languages do."""
    number = index(number)
    return f"{MINUS if number < 0 else ''}{abs(number):,}"


def format_weight(grams: int, lang: str) -> str:
    """``350 g``, from 1000 g on in kilograms without trailing zeros: ``1.25 kg``. No space in Chinese and Japanese."""
    grams = index(grams)
    kilos, rest = divmod(abs(grams), 1000)
    if kilos:
        text = f"{kilos:,}.{rest:03d}".rstrip("0").rstrip(".") if rest else f"{kilos:,}"
        unit = "kg"
    else:
        text, unit = str(rest), "g"
    return f"{MINUS if grams < 0 else ''}{text}{NBSP if lang == 'en' else ''}{unit}"


def format_date(day: date, lang: str, *, weekday: bool = False) -> str:
    """``29 November 2026`` / ``2026年11月29日``; with ``weekday`` (deliveries) ``(Sun)`` / ``(日)`` behind it."""
    text = _day(day, lang, with_year=True)
    if weekday:
        name = _day_names(lang)[day.weekday()]
        text += f"{NBSP}({name})" if lang == "en" else f"({name})"
    return text


def format_month(year: int, month: int, lang: str) -> str:
    """``January 2027`` / ``2027年1月``. ``ValueError`` for a month outside 1 to 12."""
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    return f"{_month_names()[month]} {year}" if lang == "en" else f"{year}年{month}月"


def format_datetime(moment: datetime, zone: str, lang: str, *, today: date | None = None) -> str:
    """A deadline in the shop's zone with the zone named: ``29 November, 23:59 (Japan time)``. The year is added when
    it is not that of ``today`` (default: now, in ``zone``). ``ValueError`` unless ``moment`` is
    timezone-aware, ``ZoneInfoNotFoundError`` unless ``zone`` is an IANA name."""
    if moment.tzinfo is None:
        raise ValueError("a moment without time zone cannot be shown; times are kept timezone-aware, in UTC")
    zone_info = ZoneInfo(zone)
    local = moment.astimezone(zone_info)
    year_now = (today or datetime.now(zone_info)).year
    day = _day(local, lang, with_year=local.year != year_now)
    name = _zone_name(zone, lang)
    if lang == "en":
        return f"{day}, {local:%H:%M} ({name})"
    return f"{day} {local:%H:%M}（{name}）"


def country_name(code: str, lang: str) -> str:
    """The country's name in ``lang``, in the short form shoppers use; the code itself when it is not known."""
    short = _SHORT_COUNTRIES.get(code)
    return short[lang] if short else _territories(lang).get(code, code)


def _day(day: date, lang: str, *, with_year: bool) -> str:
    if lang == "en":
        return f"{day.day} {_month_names()[day.month]}" + (f" {day.year}" if with_year else "")
    return (f"{day.year}年" if with_year else "") + f"{day.month}月{day.day}日"


@lru_cache
def _month_names() -> dict[int, str]:
    return {int(number): str(name) for number, name in get_month_names("wide", locale="en").items()}


@lru_cache
def _day_names(lang: str) -> dict[int, str]:
    names = get_day_names("abbreviated" if lang == "en" else "narrow", locale=babel_id(lang))
    return {int(number): str(name) for number, name in names.items()}


@lru_cache
def _zone_name(zone: str, lang: str) -> str:
    if zone in _ZONES:
        return _ZONES[zone][_ZONE_COLUMNS[lang]]
    name = get_timezone_name(ZoneInfo(zone), width="long", zone_variant="generic", locale=babel_id(lang))
    return name.removesuffix(" Time") + " time" if lang == "en" and name.endswith(" Time") else name


@lru_cache
def _territories(lang: str) -> dict[str, str]:
    return {str(code): str(name) for code, name in Locale.parse(babel_id(lang)).territories.items()}
