import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storefront.core.customers.addresses import render_address
from storefront.core.values.address import Address

pytestmark = pytest.mark.req("CHK-3")

TOKYO = Address("JP", family_name="山田", given_name="太郎", postal_code="100-0001", region="13", city="千代田区",
                line1="千代田1-1", line2="メゾン霞301")  # fmt: skip
TOKYO_LATIN = Address("JP", family_name="Smith", given_name="Ann", postal_code="100-0001", region="13",
                      city="Chiyoda-ku", line1="1-1 Chiyoda", line2="Maison 301")  # fmt: skip
TAIPEI = Address("TW", family_name="林", given_name="怡君", latin_name="LIN YI-CHUN", postal_code="106", region="TPE",
                 city="大安區", line1="和平東路一段12號", line2="3樓")  # fmt: skip
SPRINGFIELD = Address("US", name="José O'Neil", line1="1 Main St", city="Springfield", region="CA",
                      postal_code="90210-1234")  # fmt: skip


@pytest.mark.parametrize(
    ("address", "lang", "latin", "lines"),
    [
        (TOKYO, "ja", False, "日本/〒100-0001/東京都千代田区/千代田1-1/メゾン霞301/山田太郎"),
        (TOKYO, "zh-hans", False, "日本/〒100-0001/東京都千代田区/千代田1-1/メゾン霞301/山田太郎"),
        (TOKYO_LATIN, "en", False, "Ann Smith/Maison 301/1-1 Chiyoda/Chiyoda-ku, Tokyo 100-0001/Japan"),
        (TOKYO_LATIN, "ja", True, "Ann Smith/Maison 301/1-1 Chiyoda/Chiyoda-ku, Tokyo 100-0001/日本"),
        (TAIPEI, "zh-hant", False, "台灣/106 台北市大安區/和平東路一段12號/3樓/林怡君"),
        (TAIPEI, "en", True, "LIN YI-CHUN/3樓/和平東路一段12號/大安區, Taipei City 106/Taiwan"),
        (SPRINGFIELD, "en", False, "José O'Neil|1 Main St|Springfield, CA 90210-1234|United States"),
        (SPRINGFIELD, "ja", False, "José O'Neil|1 Main St|Springfield, CA 90210-1234|アメリカ合衆国"),
        (Address("GB", name="Ann", line1="1 Elm St", city="London", postal_code="SW1A 1AA"), "zh-hant", False,
         "Ann/1 Elm St/London/SW1A 1AA/英國"),
        (Address("FI", name="Ann", line1="Katu 1", city="Oulu", postal_code="90100"), "en", False,
         "Ann/Katu 1/FI-90100 Oulu/Finland"),
        (Address("IT", name="Ann", line1="Via Roma 1", city="Roma", region="RM", postal_code="00118"), "en", False,
         "Ann/Via Roma 1/00118 Roma RM/Italy"),
        (Address("XX", name="Ann", line1="Way 1"), "en", False, "Ann/Way 1/XX"),
    ],
)  # fmt: skip
def test_lines_stand_in_the_countrys_own_order(address: Address, lang: str, latin: bool, lines: str) -> None:
    expected = tuple(lines.split("|" if "|" in lines else "/"))
    assert render_address(address, lang, latin=latin) == expected


def test_a_region_typed_again_in_the_city_is_written_once() -> None:
    twice = Address("JP", name="山田", region="13", city="東京都千代田区", line1="千代田1-1")
    assert "東京都千代田区" in render_address(twice, "ja")
    beijing = Address("CN", name="王", region="BJ", city="北京市", line1="建国路88号", postal_code="100020")
    assert "北京市" in render_address(beijing, "zh-hans")


def test_separators_vanish_with_what_they_separate() -> None:
    assert render_address(Address("US", name="Ann", region="CA"), "en") == ("Ann", "CA", "United States")
    assert render_address(Address("US", name="Ann", city="Reno"), "en") == ("Ann", "Reno", "United States")


@pytest.mark.parametrize(
    ("family", "given_name", "full"),
    [
        ("山田", "太郎", "山田太郎"),
        ("김", "민준", "김민준"),
        ("Smith", "Ann", "Ann Smith"),
        ("Smith", "", "Smith"),
    ],
)
def test_the_full_name_follows_the_script_it_is_written_in(family: str, given_name: str, full: str) -> None:
    assert Address("JP", family_name=family, given_name=given_name).full_name == full


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=3) | st.sampled_from(["JP", "TW", "BR", "CI"]),
    *[st.text(max_size=20)] * 5,
    st.text(max_size=8),
)
def test_rendering_never_raises(
    country: str, name: str, region: str, city: str, line: str, code: str, lang: str
) -> None:
    address = Address(country, name=name, region=region, city=city, line1=line, postal_code=code)
    for latin in (False, True):
        assert render_address(address, lang, latin=latin)
