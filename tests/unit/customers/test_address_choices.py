import re
import subprocess
import sys
from pathlib import Path

import pytest

from storefront.core.customers.addresses import (
    address_form,
    country_choices,
    country_name,
    is_country,
    region_choices,
    region_name,
    wording,
)
from storefront.core.customers.addresses.formats import country_format, own_format_countries
from storefront.core.customers.addresses.library import library_regions

pytestmark = pytest.mark.req("CHK-3")

LANGS = ("en", "ja", "zh-hans", "zh-hant")
COUNTS = {"JP": 47, "TW": 22, "CN": 31, "HK": 3, "KR": 17, "US": 51, "CA": 13, "AU": 8}
NOT_IN_BIG5 = {"栃"}
"""Characters of Japanese place names that Traditional Chinese writes the same way."""
NOT_IN_GB2312 = {"栃", "埼", "潟"}


@pytest.mark.parametrize("country", COUNTS)
def test_regions_are_complete_and_named_in_four_languages(country: str) -> None:
    codes = [code for code, _ in region_choices(country, "en")]
    assert len(codes) == len(set(codes)) == COUNTS[country]
    for lang in LANGS:
        names = region_choices(country, lang)
        assert [code for code, _ in names] == codes
        assert len({name for _, name in names}) == len(codes)
        assert all(name.strip() == name and name for _, name in names)
        if lang == "en":
            assert all(name.isascii() for _, name in names)
        else:
            assert not any(re.search("[A-Za-z]", name) for _, name in names)


def test_traditional_names_hold_no_simplified_characters_and_the_reverse() -> None:
    for country in COUNTS:
        traditional = "".join(name for _, name in region_choices(country, "zh-hant"))
        simplified = "".join(name for _, name in region_choices(country, "zh-hans"))
        assert {c for c in traditional if not _fits(c, "big5")} <= NOT_IN_BIG5
        # Level 2 of Big5 holds some characters that are simplified forms too.
        assert not set("广东县岛冈兰宁归庄为义云湾国区").intersection(traditional)
        assert {c for c in simplified if not _fits(c, "gb2312")} <= NOT_IN_GB2312
    countries = "".join(name for _, name in country_choices("zh-hant"))
    assert {c for c in countries if not _fits(c, "big5")} == set()


def _fits(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("country", "code", "lang", "name"),
    [
        ("JP", "13", "en", "Tokyo"), ("JP", "13", "ja", "東京都"), ("JP", "13", "zh-hans", "东京都"),
        ("JP", "47", "zh-hant", "沖繩縣"), ("TW", "TPE", "zh-hant", "台北市"), ("US", "CA", "ja", "カリフォルニア州"),
        ("CN", "GD", "zh-hant", "廣東省"), ("KR", "11", "ko", "서울특별시"), ("IT", "RM", "ja", "Roma"),
        ("JP", "99", "ja", "99"), ("DE", "Bayern", "ja", "Bayern"), ("", "x", "", "x"),
    ],
)  # fmt: skip
def test_a_region_is_named_in_the_language_asked_for(country: str, code: str, lang: str, name: str) -> None:
    assert region_name(country, code, lang) == name


def test_regions_of_the_library_agree_with_ours_where_both_know_the_country() -> None:
    library = {code: name for code, (name, _) in library_regions("JP").items()}
    assert library == dict(region_choices("JP", "en"))


@pytest.mark.parametrize("lang", LANGS)
def test_countries_begin_with_the_main_destinations_and_name_each_once(lang: str) -> None:
    choices = country_choices(lang)
    codes = [code for code, _ in choices]
    assert codes[:7] == ["JP", "TW", "HK", "CN", "US", "KR", "SG"]
    assert len(codes) == len(set(codes)) > 230
    assert len({name for _, name in choices}) == len(codes)
    assert all(name != code for code, name in choices)
    assert all(is_country(code) for code in codes)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("TW", ("Taiwan", "台湾", "台湾", "台灣")),
        ("HK", ("Hong Kong", "香港", "香港", "香港")),
        ("MO", ("Macao", "マカオ", "澳门", "澳門")),
    ],
)
def test_names_of_countries_are_those_a_shop_uses(code: str, names: tuple[str, ...]) -> None:
    assert tuple(country_name(code, lang) for lang in LANGS) == names


def test_countries_are_sorted_as_readers_of_the_language_look_them_up() -> None:
    def order(lang: str, *codes: str) -> bool:
        listed = [code for code, _ in country_choices(lang)]
        places = [listed.index(code) for code in codes]
        return places == sorted(places)

    assert order("en", "AF", "AX", "AL", "CI", "HR", "ZW")
    assert order("ja", "IS", "AT", "OM", "GA", "KP", "MK", "EH", "NZ", "RO")
    assert order("zh-hans", "AL", "BR", "DK", "VA", "FJ", "NR", "ZM")
    assert order("zh-hant", "TR", "BR", "IN", "NL", "LU")


def test_an_unknown_language_or_country_gets_an_answer() -> None:
    assert country_choices("xx") == country_choices("en")
    assert country_name("XX", "ja") == "XX"
    assert not is_country("XX")
    assert [field.name for field in address_form("\x00💥").fields if field.required] == [
        "name", "line1", "city", "phone", "email",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("country", "names"),
    [
        ("JP", ["family_name", "given_name", "postal_code", "region", "city", "line1", "line2", "is_hotel"]),
        ("US", ["name", "line1", "line2", "city", "region", "postal_code"]),
        ("HK", ["family_name", "given_name", "latin_name", "region", "city", "line1", "line2"]),
        ("DE", ["name", "line1", "line2", "postal_code", "city"]),
        ("BR", ["name", "line1", "line2", "city", "region", "postal_code"]),
    ],
)
def test_the_form_has_the_fields_of_the_country_in_its_order(country: str, names: list[str]) -> None:
    assert [field.name for field in address_form(country).fields] == [*names, "phone", "email"]


def test_labels_are_those_of_the_country() -> None:
    def label(country: str, name: str) -> str:
        return next(field.label for field in address_form(country).fields if field.name == name)

    assert label("JP", "region") == "Prefecture"
    assert label("US", "postal_code") == "ZIP code"
    assert label("IE", "postal_code") == "Eircode"
    assert label("AE", "region") == "Emirate"


@pytest.mark.parametrize("country", [code for code, _ in country_choices("en")])
def test_every_form_can_be_shown(country: str) -> None:
    for field in address_form(country).fields:
        assert field.label
        assert field.hint % {"example": field.example} == field.hint.replace("%(example)s", field.example)
        assert field.max_length > 0 or field.name == "is_hotel"
        assert field.choices == (field.name == "region" and bool(region_choices(country, "en")))


@pytest.mark.parametrize("country", sorted(own_format_countries()))
def test_our_tables_agree_with_themselves(country: str) -> None:
    layout = country_format(country)
    assert layout.required <= set(layout.fields)
    assert set(layout.labels.values()) <= set(wording.LABELS)
    assert layout.script_problem in wording.PROBLEMS
    if layout.postal:
        assert layout.postal.pattern.fullmatch(layout.postal.example)
        assert layout.postal.problem in wording.PROBLEMS
        assert "postal_code" in layout.fields
    written = " ".join(layout.western_lines)
    for name in set(layout.fields) & {"postal_code", "region", "city", "line1", "line2"}:
        assert f"{{{name}}}" in written
        assert not layout.native_lines or f"{{{name}}}" in " ".join(layout.native_lines)


def test_every_sentence_is_written_where_extraction_finds_it() -> None:
    source = Path(wording.__file__).read_text(encoding="utf-8")
    tables = [wording.LABELS, wording.HINTS, wording.MISSING, wording.PROBLEMS]
    marked = source.count("N_(") - source.count("def N_(")
    assert marked == sum(1 for table in tables for text in table.values() if text)


def test_importing_addresses_loads_no_heavy_library() -> None:
    code = (
        "import sys, storefront.core.customers.addresses as a; a.address_form('JP'); a.region_choices('JP', 'ja');"
        "print([m for m in ('babel', 'phonenumbers', 'email_validator', 'flask', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
