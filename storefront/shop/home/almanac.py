"""The day as an almanac writes it: in the numerals of the script, with the solar term it falls into."""

from datetime import date, datetime, time, timedelta
from math import radians, sin
from zoneinfo import ZoneInfo

from storefront.core.i18n.formats import format_date
from storefront.core.i18n.translate import N_, gettext

# From the ecliptic longitude of 315 degrees on, fifteen degrees each.
SOLAR_TERMS = (
    N_("Start of Spring"), N_("Rain Water"), N_("Awakening of Insects"), N_("Spring Equinox"), N_("Clear and Bright"),
    N_("Grain Rain"), N_("Start of Summer"), N_("Grain Buds"), N_("Grain in Ear"), N_("Summer Solstice"),
    N_("Minor Heat"), N_("Major Heat"), N_("Start of Autumn"), N_("End of Heat"), N_("White Dew"),
    N_("Autumn Equinox"), N_("Cold Dew"), N_("Frost’s Descent"), N_("Start of Winter"), N_("Minor Snow"),
    N_("Major Snow"), N_("Winter Solstice"), N_("Minor Cold"), N_("Major Cold"),
)  # fmt: skip
FIRST_TERM_AT, TERM_DEGREES = 315, 15
J2000 = datetime(2000, 1, 1, 12, tzinfo=ZoneInfo("UTC"))
NUMERALS = "〇一二三四五六七八九"


def day_of(day: date, zone: str, lang: str) -> str:
    """``day`` of a shop in ``zone`` and its solar term, in ``lang``. A term counts from the day it begins in."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    degrees = (sun_longitude(midnight) - FIRST_TERM_AT) % 360
    term = gettext(SOLAR_TERMS[int(degrees // TERM_DEGREES)])
    return f"{format_date(day, lang)}, {term}" if lang == "en" else f"{numeral(day.month)}月{numeral(day.day)}日 {term}"


def sun_longitude(moment: datetime) -> float:
    """Apparent ecliptic longitude in degrees, right to about 0.01: a quarter of an hour. ``moment`` is aware."""
    days = (moment - J2000) / timedelta(days=1)
    mean = 280.460 + 0.9856474 * days
    anomaly = radians(357.528 + 0.9856003 * days)
    return (mean + 1.915 * sin(anomaly) + 0.020 * sin(2 * anomaly)) % 360


def numeral(number: int) -> str:
    """1 to 99 in Chinese numerals: 25 is 二十五."""
    tens, ones = divmod(number, 10)
    return (NUMERALS[tens] if tens > 1 else "") + ("十" if tens else "") + (NUMERALS[ones] if ones else "")
