"""Japan's prefectures and the regions by which domestic parcels are priced."""

from collections.abc import Mapping

# ISO 3166-2:JP numbers.
REGIONS: Mapping[str, tuple[str, ...]] = {
    "hokkaido": ("01",),
    "tohoku": ("02", "03", "04", "05", "06", "07"),
    "kanto": ("08", "09", "10", "11", "12", "13", "14", "19"),
    "shinetsu": ("15", "20"),
    "hokuriku": ("16", "17", "18"),
    "tokai": ("21", "22", "23", "24"),
    "kinki": ("25", "26", "27", "28", "29", "30"),
    "chugoku": ("31", "32", "33", "34", "35"),
    "shikoku": ("36", "37", "38", "39"),
    "kyushu": ("40", "41", "42", "43", "44", "45", "46"),
    "okinawa": ("47",),
}
PREFECTURES = (
    "hokkaido", "aomori", "iwate", "miyagi", "akita", "yamagata", "fukushima", "ibaraki", "tochigi", "gunma", "saitama",
    "chiba", "tokyo", "kanagawa", "niigata", "toyama", "ishikawa", "fukui", "yamanashi", "nagano", "gifu", "shizuoka",
    "aichi", "mie", "shiga", "kyoto", "osaka", "hyogo", "nara", "wakayama", "tottori", "shimane", "okayama", "hiroshima",
    "yamaguchi", "tokushima", "kagawa", "ehime", "kochi", "fukuoka", "saga", "nagasaki", "kumamoto", "oita", "miyazaki",
    "kagoshima", "okinawa",
)  # fmt: skip
_REGION_OF = {number: region for region, numbers in REGIONS.items() for number in numbers}


def prefecture_of(region: str) -> str:
    """The name of the prefecture of an ISO 3166-2 suffix ("13", "JP-13"); "" for anything else."""
    number = region.upper().removeprefix("JP-")
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= len(PREFECTURES)):
        return ""
    return PREFECTURES[int(number) - 1]


def regions_in(zone: str) -> frozenset[str]:
    """The regions or the prefecture a zone of a domestic table names ("kanto_shinetsu", "aichi"); empty when one of its
    words is neither."""
    words = zone.split("_")
    known = all(word in REGIONS or word in PREFECTURES for word in words)
    return frozenset(words) if known and len(set(words)) == len(words) else frozenset()


def zone_of(prefecture: str, zones: Mapping[str, object]) -> str:
    """The zone a prefecture is in: one that names the prefecture itself goes before one that names its region; "" when
    none does."""
    region = _REGION_OF[f"{PREFECTURES.index(prefecture) + 1:02d}"]
    for word in (prefecture, region):
        found = next((zone for zone in zones if word in regions_in(zone)), "")
        if found:
            return found
    return ""
