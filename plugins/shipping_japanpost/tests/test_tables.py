"""Every row of every rate file is what a shopper is charged, and nothing is charged that stands in none."""

import csv
from datetime import date
from typing import Any

import pytest
from storefront_shipping_japanpost.availability import unavailable
from storefront_shipping_japanpost.cash_on_delivery import FEE, MOST, stamp
from storefront_shipping_japanpost.facts import COUNTRIES, DATA, DUTY_PREPAID, FACTS, LITHIUM, STANDARD_DAYS, UNINSURED
from storefront_shipping_japanpost.regions import PREFECTURES, REGIONS, regions_in, zone_of
from storefront_shipping_japanpost.services import SERVICES
from storefront_shipping_japanpost.tables import BadTable, Tariff, read_table, write_table
from storefront_shipping_japanpost.tariffs import bundled, read_book, stored

from storefront.plugin import BadSetting, NotServed

from .asking import DAY, answer, parcel, price, rows

RATES = DATA / "rates"
ABROAD = ("ems", "air_packet", "small_packet_air", "small_packet_surface", "parcel_air", "parcel_surface")


def rate_rows(name: str) -> list[dict[str, str]]:
    with (RATES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def country_in(service: str, zone: str) -> str:
    """A country of the zone to which the service goes."""
    found = SERVICES[service]
    return next(
        code
        for code, country in sorted(COUNTRIES.items())
        if country.zones.get(found.scheme) == zone and unavailable(found, country, (), DAY) is None
    )


def settings_for(country: str) -> dict[str, Any]:
    # 30 kg for parcels, so that every row can be reached, and the USA open.
    return {"us_duty_prepaid": country in DUTY_PREPAID, "countries": [{"country": country, "weight": 30_000}]}


@pytest.mark.req("SHP-2")
@pytest.mark.parametrize("service", ABROAD)
def test_every_row_abroad_is_charged_at_both_its_edges(service: str) -> None:
    table = rate_rows(f"{service}.csv")
    zones = {row["zone"] for row in table}
    for zone in zones:
        country = country_in(service, zone)
        asked = settings_for(country)
        steps = [(int(row["max_weight_g"]), int(row["price_jpy"])) for row in table if row["zone"] == zone]
        least = 1
        for top, yen in steps:
            assert price(service, country, parcel(least), **asked) == yen, (country, least)
            assert price(service, country, parcel(top), **asked) == yen, (country, top)
            least = top + 1
        assert price(service, country, parcel(least), **asked) == "too_heavy", "nothing above the last step"


def test_the_uncertain_rows_are_charged_only_when_the_owner_says_so() -> None:
    country = country_in("parcel_surface", "5")
    asked = settings_for(country)
    for row in rate_rows("parcel_surface_zone5_uncertain.csv"):
        grams = int(row["max_weight_g"])
        assert price("parcel_surface", country, parcel(grams), **asked) == "no_price"
        assert price("parcel_surface", country, parcel(grams), **asked, unconfirmed_surface=True) == int(
            row["price_jpy"]
        )


def test_the_points_of_a_halted_service_are_never_charged() -> None:
    service = rate_rows("parcel_sal_suspended_zone4_points.csv")[0]["service"]
    for row in rate_rows("parcel_sal_suspended_zone4_points.csv"):
        grams = int(row["max_weight_g"])
        assert price(service, "US", parcel(grams), services=[service], us_duty_prepaid=True) == "no_service"


def test_every_flat_row_is_charged_at_its_edges() -> None:
    thick = {"yu_packet_1cm": 10, "yu_packet_2cm": 20, "yu_packet_3cm": 30}
    for row in rate_rows("domestic_flat.csv"):
        service, yen = row["service"], int(row["price_jpy"])
        if service in thick:
            asked = {"services": ["yu_packet"], "yu_packet_weight": 1000}
            for height in (thick[service] - 9, thick[service]):
                assert price("yu_packet", "JP", parcel(1000, 1, (200, 150, height)), **asked) == yen
            assert price("yu_packet", "JP", parcel(1001, 1, (200, 150, 5)), **asked) == "too_heavy"
            continue
        most = int(row["max_weight_g"])
        assert price(service, "JP", parcel(1, 1, (200, 150, 5))) == yen
        assert price(service, "JP", parcel(most, 1, (200, 150, 5))) == yen
        assert price(service, "JP", parcel(most + 1, 1, (200, 150, 5))) == "too_heavy"
    assert price("yu_packet", "JP", parcel(1, 1, (200, 150, 5)), services=["yu_packet"]) == "no_service"
    asked = {"services": ["yu_packet"], "yu_packet_weight": 1000}
    assert price("yu_packet", "JP", parcel(1, 1, (200, 150, 31)), **asked) == "too_large"


def test_every_row_of_yu_pack_is_charged_from_aichi_alone() -> None:
    table = rate_rows("domestic_yupack_from_aichi.csv")
    zones = list(dict.fromkeys(row["zone"] for row in table))
    least: dict[str, int] = dict.fromkeys(zones, 30)
    for row in table:
        top, yen, zone = int(row["size_class_cm"]) * 10, int(row["price_jpy"]), row["zone"]
        number = next(n for n, name in enumerate(PREFECTURES, 1) if zone_of(name, dict.fromkeys(zones)) == zone)
        for sides in (least[zone], top):
            asked = parcel(25_000, 1, (sides - 20, 10, 10))
            assert price("yu_pack", "JP", asked, region=f"{number:02d}", yu_pack_origin="aichi") == yen, (zone, sides)
            assert price("yu_pack", "JP", asked, region=f"{number:02d}") == "", "from elsewhere it is not spoken of"
        least[zone] = top + 1
    one = {"region": "JP-13", "yu_pack_origin": "aichi"}
    assert price("yu_pack", "JP", parcel(25_001, 1, (100, 100, 100)), **one) == "too_heavy"
    assert price("yu_pack", "JP", parcel(1, 1, (1681, 10, 10)), **one) == "too_large"
    assert price("yu_pack", "JP", parcel(1), **one) == "size_missing"
    assert price("yu_pack", "JP", parcel(1, 1, (10, 10, 10)), yu_pack_origin="aichi") == "no_prefecture"


def test_every_prefecture_is_in_one_region_and_one_zone() -> None:
    numbers = sorted(number for numbers in REGIONS.values() for number in numbers)
    assert numbers == [f"{n:02d}" for n in range(1, 48)]
    zones = {row["zone"]: None for row in rate_rows("domestic_yupack_from_aichi.csv")}
    assert all(zone_of(name, zones) for name in PREFECTURES)
    assert zone_of("aichi", zones) == "aichi" and zone_of("gifu", zones) == "kanto_shinetsu_hokuriku_tokai_kinki"
    assert not regions_in("kanto_atlantis") and not regions_in("kanto_kanto") and not regions_in("")


def test_every_row_about_cash_on_delivery_holds() -> None:
    for row in rate_rows("domestic_cod_fees.csv"):
        if row["item"] == "cod_fee":
            assert int(row["fee_jpy"]) == FEE
        elif row["item"] == "cod_revenue_stamp":
            assert stamp(int(row["max_amount_jpy"] or 10_000_000)) == int(row["fee_jpy"])
        else:
            assert row["item"] == "shop_cod_surcharge_example", "a figure of another shop, used nowhere"
    assert (stamp(49_999), stamp(50_000), stamp(1_000_000), stamp(1_000_001)) == (0, 200, 200, 400)
    found = rows("JP", parcel(1, 1, (100, 100, 100)), region="13", yu_pack_origin="aichi")["yu_pack"]
    assert found.breakdown["cash_on_delivery"] == {"fee": FEE, "most": MOST}


def test_no_rate_file_is_left_out() -> None:
    read_above = {f"{service}.csv" for service in ABROAD} | {
        "parcel_surface_zone5_uncertain.csv", "parcel_sal_suspended_zone4_points.csv", "domestic_flat.csv",
        "domestic_yupack_from_aichi.csv", "domestic_cod_fees.csv",
    }  # fmt: skip
    assert {path.name for path in RATES.iterdir()} == read_above


def test_the_other_files_are_read_to_the_last_row() -> None:
    with (DATA / "zones.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            country = COUNTRIES[row["country"]]
            assert [country.zones.get(SERVICES[key].scheme, "") for key in ("ems", "parcel_air", "air_packet")] == [
                row["ems_zone"], row["parcel_zone"], row["letter_post_zone"],
            ]  # fmt: skip
    assert len(COUNTRIES) == 248
    with (DATA / "parcel_cover_uninsured.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = rows("TW", parcel(int(row["max_weight_g"])))["parcel_air"]
            assert found.cover.amount == int(row["cover_jpy"])
    assert len(UNINSURED) == 6
    with (DATA / "transit_days.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known = STANDARD_DAYS[row["country"]]
            assert known["ems"] == int(row["ems_days"]) and known["parcel_air"] == int(row["parcel_air_days"])
    assert rows("TW", parcel())["ems"].days == (2, 18) and rows("US", parcel(), us_duty_prepaid=True)["ems"].days == (
        11,
        18,
    )
    assert rows("IE", parcel())["ems"].days == FACTS["ems"].days == (3, 18)
    assert len(LITHIUM) == 26


def test_a_parcel_by_parcel_price_is_the_sum() -> None:
    found = rows("TW", parcel(500), parcel(501))["air_packet"]
    assert found.price.amount == 1120 + 1220
    assert found.breakdown == {
        "zone": "1",
        "tariff": "air_packet-2026-01-01",
        "parcels": [{"grams": 500, "step": 500, "price": 1120}, {"grams": 501, "step": 600, "price": 1220}],
    }


# --- tables of the owner ------------------------------------------------------------------------------------------------

GOOD = "zone,max_weight_g,price_jpy\n1,500,1000\n1,1000,1500\n2,500,1200\n2,1000,1200\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("\n\n,,\n", "empty"),
        ("zone,price_jpy\n1,500\n", "max_weight_g"),
        (GOOD + "1,1500\n", "Line 6 does not have as many columns"),
        (GOOD.replace("1,500", "9,500", 1), "Line 2: there is no zone 9"),
        (GOOD.replace("1,500", "nationwide,500", 1), "Line 2: there is no zone"),
        (GOOD.replace("1500", "999"), "Line 3: in zone 1 the step 1000 costs 999"),
        (GOOD.replace("1500", "0"), "Line 3: price_jpy must be a whole number"),
        (GOOD.replace("1500", "15.5"), "15.5"),
        (GOOD.replace("1500", "１５００"), "whole number"),
        (GOOD.replace("1500", "-1"), "whole number"),
        (GOOD.replace("1,1000,1500\n", ""), "Zone 1 has no step 1000"),
        (GOOD + "2,1000,1300\n", "Line 6: zone 2 has the step 1000 already"),
        ("service," + GOOD.replace("\n1", "\nems,1").replace("\n2", "\nparcel_air,2"), "parcel_air, not of ems"),
        ('zone,max_weight_g,price_jpy\n"1,500,1000\n', "cannot be read as CSV"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(BadTable) as refused:
        read_table(text, SERVICES["ems"])
    assert says in str(refused.value)


def test_a_table_is_read_in_any_order_and_written_as_it_is_read() -> None:
    lines = GOOD.splitlines()
    mixed = "\n".join(["\ufeff" + lines[0].upper(), *reversed(lines[1:])])
    assert read_table(mixed, SERVICES["ems"]) == read_table(GOOD, SERVICES["ems"])
    for tariff in bundled():
        service = SERVICES[tariff.service]
        assert read_table(write_table(tariff, service), service) == tariff.steps


def test_the_table_of_the_day_is_read_and_kept_with_the_quote() -> None:
    later = Tariff("ems", date(2026, 12, 1), read_table(GOOD, SERVICES["ems"]), "Winter")
    own = {"tariffs": [stored(later)]}
    assert price("ems", "TW", parcel(500), day=date(2026, 11, 30), **own) == 1450
    assert rows("TW", parcel(500), day=date(2026, 12, 1), **own)["ems"].tariff == "ems-2026-12-01"
    assert price("ems", "TW", parcel(500), day=date(2026, 12, 1), **own) == 1000
    assert price("ems", "DE", parcel(500), day=date(2026, 12, 1), **own) == "no_price", "a zone it leaves out"
    assert price("air_packet", "TW", parcel(500), day=date(2025, 12, 31)) == "", "no table held then"


@pytest.mark.req("SHP-2")
def test_an_ended_service_needs_the_switch_and_a_table() -> None:
    own = {"tariffs": [stored(Tariff("epacket", DAY, read_table(GOOD, SERVICES["epacket"])))]}
    assert price("epacket", "TW", parcel(500)) == ""
    assert price("epacket", "TW", parcel(500), **own) == ""
    assert price("epacket", "TW", parcel(500), services=["epacket"]) == "no_service"
    assert price("epacket", "TW", parcel(500), services=["epacket"], **own) == 1000
    ended = [service for service in SERVICES.values() if service.ended]
    assert {service.key for service in ended} == {
        "parcel_sal", "small_packet_sal", "small_packet_sal_registered", "small_packet_air_registered", "epacket",
    }  # fmt: skip
    assert not any(service.offered for service in ended) and all(service.title for service in ended)


@pytest.mark.parametrize(
    "entry",
    [
        "ems", {"service": "pigeon"}, {"service": "ems"}, {"service": "ems", "from": "soon"},
        {"service": "ems", "from": "2026-12-01"}, {"service": "ems", "from": "2026-12-01", "rows": {"1": []}},
        {"service": "ems", "from": "2026-12-01", "rows": {"1": [[500, 900], [500, 1000]]}},
        {"service": "ems", "from": "2026-12-01", "rows": {"1": [[500, 900], [600, 800]]}},
        {"service": "ems", "from": "2026-12-01", "rows": {"1": [[500, 900]], "2": [[600, 900]]}},
        {"service": "ems", "from": "2026-12-01", "rows": {"9": [[500, 900]]}},
        {"service": "ems", "from": "2025-01-12", "rows": {"1": [[500, 900]]}},
    ],
)  # fmt: skip
def test_stored_tables_that_cannot_be_meant_are_refused(entry: Any) -> None:
    with pytest.raises(BadSetting):
        read_book([entry])


def test_a_refusal_is_a_sentence() -> None:
    for country in COUNTRIES:
        found = answer(country, parcel(30_001, 9_000_000, (2000, 1000, 1000)), us_duty_prepaid=True)
        for one in (found,) if isinstance(found, NotServed) else found:
            assert isinstance(one, NotServed) and (one.reason % one.params).endswith("."), (country, one)
