"""What may not go where, how large it may be, what cover costs, and the owner's say about all of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storefront_shipping_japanpost.carrier import JapanPost
from storefront_shipping_japanpost.facts import COUNTRIES
from storefront_shipping_japanpost.rules import read_countries, read_rules
from storefront_shipping_japanpost.services import SERVICES
from storefront_shipping_japanpost.settings import DECLARATION, NAME

from storefront.plugin import BadSetting, Destination, NotServed, ShippingQuote, use_language
from storefront.testing.plugins import settings_bound, settings_from

from .asking import DAY, answer, parcel, price, rows

BY_AIR = ("ems", "air_packet", "small_packet_air", "parcel_air")


# --- worked examples ----------------------------------------------------------------------------------------------------


@pytest.mark.req("SHP-2", "SHP-3")
def test_two_kilos_and_a_bit_to_taiwan_outgrow_the_packet() -> None:
    found = rows("TW", parcel(2100))
    assert found["air_packet"].code == "too_heavy" and found["air_packet"].params == {"weight": 2100, "most": 2000}
    assert found["parcel_air"].price.amount == 3450 and found["ems"].price.amount == 3900
    assert found["parcel_air"].speed == "air" and found["ems"].speed == "express"


@pytest.mark.parametrize(
    ("value", "more"), [(20_001, 50), (50_000, 100), (100_000, 200), (300_000, 700), (2_000_000, 4950)]
)
def test_cover_of_ems_by_its_steps(value: int, more: int) -> None:
    found = rows("TW", parcel(500, value))
    assert found["ems"].cover.amount == 20_000 and found["ems"].price.amount == 1450
    covered = found["ems_cover"]
    assert covered.variant_of == "ems" and covered.price.amount == 1450 + more
    assert value <= covered.cover.amount < value + 20_000


def test_cover_ends_where_the_carrier_says() -> None:
    assert "ems_cover" not in rows("TW", parcel(500, 20_000)), "covered anyway"
    assert rows("TW", parcel(500, 2_000_001))["ems_cover"].code == "too_valuable"
    assert "parcel_air_insured" not in rows("TW", parcel(500, 30_000)), "no source gives the country's ceiling"
    told = {"countries": [{"country": "TW", "insured": 100_000}]}
    plain = rows("TW", parcel(500, 30_000), **told)
    assert plain["parcel_air_insured"].price.amount == plain["parcel_air"].price.amount + 450
    assert rows("TW", parcel(500, 20_000), **told)["parcel_air_insured"].price.amount == 2050 + 400
    assert rows("TW", parcel(500, 100_001), **told)["parcel_air_insured"].code == "too_valuable"
    assert rows("TW", parcel(500, 100_000), **told)["parcel_air_insured"].cover.amount == 100_000


@pytest.mark.req("SHP-7")
def test_parcels_and_ems_carry_the_longer_customs_label() -> None:
    label = JapanPost().customs_label
    assert {label(key) for key in ("ems", "ems_cover", "parcel_air", "parcel_surface_insured", "parcel_sal")} == {
        "cn23"
    }
    assert {label(key) for key in ("air_packet", "small_packet_surface", "epacket", "unknown")} == {"by_value"}


# --- goods -------------------------------------------------------------------------------------------------------------


@pytest.mark.req("SHP-6")
@pytest.mark.parametrize(
    ("goods", "country", "open_ways", "shut_ways"),
    [
        ("lithium_in_device", "DE", (), (*BY_AIR, "parcel_surface")),
        ("lithium_in_device", "TH", (), (*BY_AIR, "parcel_surface")),
        ("lithium_in_device", "GB", ("parcel_surface",), BY_AIR),
        ("lithium_in_device", "HK", (*BY_AIR, "parcel_surface"), ()),
        ("lithium_in_device", "AU", BY_AIR, ("parcel_surface",)),
        ("lithium_in_device", "IT", (), BY_AIR),
        ("lithium_in_device", "PH", (), BY_AIR),
        ("lithium_loose", "HK", (), (*BY_AIR, "parcel_surface")),
        ("flammable", "TW", ("parcel_surface",), BY_AIR),
        ("aerosol", "TW", ("parcel_surface",), BY_AIR),
        ("magnet", "TW", ("parcel_surface",), BY_AIR),
        ("alcohol", "TW", ("parcel_surface",), BY_AIR),
        ("plant_seed", "TW", (), (*BY_AIR, "parcel_surface")),
        ("medicine", "TW", (), (*BY_AIR, "parcel_surface")),
        ("no_international", "TW", (), (*BY_AIR, "parcel_surface")),
        ("food", "TW", (*BY_AIR, "parcel_surface"), ()),
    ],
)
def test_goods_by_service_and_country(goods: str, country: str, open_ways: Any, shut_ways: Any) -> None:
    found = rows(country, parcel(400), parcel(400, 1000, None, goods))
    for service in open_ways:
        assert isinstance(found[service], ShippingQuote), service
    for service in shut_ways:
        assert (found[service].code, found[service].restriction) == ("restricted", goods), service
        assert found[service].reason.endswith(".")
    at_home = rows("JP", parcel(400, 1000, (200, 150, 5), goods))
    assert isinstance(at_home["letter_pack_plus"], ShippingQuote)


def test_the_owner_knows_better() -> None:
    battery = parcel(400, 1000, None, "lithium_in_device")
    for way, air, surface in (
        ("both", True, True),
        ("air", True, False),
        ("surface", False, True),
        ("none", False, False),
    ):
        found = rows("DE", battery, countries=[{"country": "DE", "lithium": way}])
        assert (isinstance(found["ems"], ShippingQuote), isinstance(found["parcel_surface"], ShippingQuote)) == (
            air,
            surface,
        )
    sake = parcel(400, 1000, None, "alcohol")
    assert isinstance(rows("TW", sake, alcohol_by_air=True)["ems"], ShippingQuote)


# --- where -------------------------------------------------------------------------------------------------------------


def test_the_usa_needs_duty_paid_in_advance() -> None:
    for country, region in (("US", ""), ("US", "CA"), ("US", "PR"), ("PR", "")):
        assert answer(country, parcel(), region=region).code == "duty_prepaid"
    ready = {"us_duty_prepaid": True}
    assert price("ems", "US", parcel(500), **ready) == 3900
    assert price("ems", "US", parcel(500), region="PR", **ready) == "no_service"
    assert price("air_packet", "US", parcel(100), region="US-PR", **ready) == price(
        "air_packet", "US", parcel(100), **ready
    )
    assert answer("US", parcel(1, 50_001), **ready, us_most_value=50_000).code == "too_valuable"
    assert price("ems", "US", parcel(500, 50_000), **ready, us_most_value=50_000) == 3900


def test_territories_are_places_of_their_own() -> None:
    reunion, france = rows("FR", parcel(), region="RE"), rows("FR", parcel(), region="75")
    assert (reunion["air_packet"].breakdown["zone"], france["air_packet"].breakdown["zone"]) == ("5", "3")


def test_what_nobody_knows_is_not_served() -> None:
    for country in ("AQ", "AX", "BL", "EH", "PS", "SJ", "XX", "", "CC"):
        assert answer(country, parcel()).code == "no_country"
    assert price("ems", "RU", parcel()) == "suspended"
    assert price("ems", "AF", parcel()) == "no_service"
    assert price("air_packet", "AF", parcel()) == price("parcel_air", "AF", parcel()) == "not_confirmed"
    assert price("small_packet_surface", "TW", parcel()) == "no_price", "zone 1 by sea: no source"
    assert price("small_packet_air", "BR", parcel()) == "no_price", "zone 5 by air: no source"


def test_suspensions_openings_and_notices_hold_on_their_days() -> None:
    first, last = DAY, DAY + timedelta(days=7)
    shut = {"id": "a", "service": "", "country": "TW", "state": "closed", "from": str(first), "until": str(last),
            "text": {"en": "A typhoon.", "ja": "台風のため。"}}  # fmt: skip
    for day, open_then in ((first - timedelta(1), True), (first, False), (last, False), (last + timedelta(1), True)):
        assert (price("ems", "TW", parcel(), day=day, rules=[shut]) == 1450) is open_then, day
    with use_language("ja"):
        assert rows("TW", parcel(), rules=[shut])["parcel_air"].reason == "台風のため。"
    with use_language("en"):
        assert rows("TW", parcel(), rules=[shut])["ems"].reason == "A typhoon."
    assert price("ems", "HK", parcel(), rules=[shut]) == 1900
    reopened = {"id": "b", "service": "ems", "country": "RU", "state": "open"}
    assert price("ems", "RU", parcel(), rules=[reopened]) == 3150
    assert price("parcel_air", "RU", parcel(), rules=[reopened]) == "not_confirmed"
    assert price("ems", "AF", parcel(), rules=[{**reopened, "country": "AF"}]) == "no_service", (
        "there is no zone to price by"
    )
    told = {"id": "c", "service": "ems", "country": "", "state": "notice", "text": {"en": "Slow before Christmas."}}
    found = rows("TW", parcel(), rules=[told])
    assert (found["ems"].note, found["parcel_air"].note) == ("Slow before Christmas.", "")
    at_home = {"id": "d", "service": "click_post", "country": "JP", "state": "closed"}
    assert price("click_post", "JP", parcel(100, 1, (200, 150, 5)), rules=[at_home]) == "closed"


@pytest.mark.parametrize(
    "rule",
    [1, {}, {"state": "maybe"}, {"state": "closed", "service": "pigeon"}, {"state": "closed", "country": "tw"},
     {"state": "closed", "from": "soon"}, {"state": "closed", "from": "2026-12-02", "until": "2026-12-01"}],
)  # fmt: skip
def test_rules_that_cannot_be_meant_are_refused(rule: Any) -> None:
    with pytest.raises(BadSetting):
        read_rules([rule])
    for entry in (
        {"country": "tw"},
        {"country": "TW", "weight": -1},
        {"country": "TW", "standard": "C"},
        {"country": 1},
    ):
        with pytest.raises(BadSetting):
            read_countries([entry])


# --- edges and properties ------------------------------------------------------------------------------------------------

EDGES = [
    ("air_packet", "TW", {}, (600, 290, 10), (601, 290, 9)),
    ("small_packet_air", "TW", {}, (600, 200, 100), (600, 200, 101)),
    ("small_packet_surface", "DE", {}, (300, 300, 300), (301, 300, 300)),
    ("ems", "TW", {}, (1500, 600, 150), (1500, 600, 151)),
    ("ems", "TW", {}, (1500, 100, 100), (1501, 100, 100)),
    ("ems", "US", {"us_duty_prepaid": True}, (1250, 400, 350), (1250, 400, 351)),
    ("parcel_air", "DE", {}, (1050, 375, 100), (1050, 375, 101)),
    ("parcel_air", "TW", {}, (1500, 600, 150), (1501, 600, 149)),
    ("parcel_surface", "PH", {}, (1050, 375, 100), (1051, 375, 99)),
    ("letter_pack_light", "JP", {}, (340, 248, 30), (340, 248, 31)),
    ("letter_pack_plus", "JP", {}, (340, 248, 200), (341, 248, 200)),
    ("letter_pack_plus", "JP", {}, (340, 248, 200), (340, 249, 200)),
    ("smart_letter", "JP", {}, (250, 170, 10), (250, 170, 11)),
    ("click_post", "JP", {}, (300, 200, 30), (300, 200, 31)),
]  # fmt: skip


@pytest.mark.parametrize(("service", "country", "stored", "fits", "does_not"), EDGES)
def test_one_millimetre_more_is_too_large(service: str, country: str, stored: Any, fits: Any, does_not: Any) -> None:
    assert isinstance(price(service, country, parcel(500, 1, fits), **stored), int)
    assert price(service, country, parcel(500, 1, does_not), **stored) == "too_large"
    assert isinstance(price(service, country, parcel(500, 1, fits[::-1]), **stored), int), "however it is turned"


def test_one_gram_more_than_the_limits_say_is_too_heavy() -> None:
    for country in COUNTRIES:
        with settings_bound({NAME: settings_from(DECLARATION, {"us_duty_prepaid": True})}):
            limits = JapanPost().limits(Destination(country), DAY)
        for service in limits.keys() & SERVICES.keys():
            most = limits[service].weight
            assert most is not None
            assert isinstance(price(service, country, parcel(most), us_duty_prepaid=True), int), (country, service)
            assert price(service, country, parcel(most + 1), us_duty_prepaid=True) == "too_heavy", (country, service)
    assert price("parcel_air", "PH", parcel(20_001)) == "too_heavy", "20 kg where nothing is known"
    told = {"countries": [{"country": "PH", "weight": 25_000, "standard": "B"}]}
    assert isinstance(price("parcel_air", "PH", parcel(25_000, 1, (1500, 600, 150)), **told), int)
    assert price("parcel_air", "PH", parcel(25_001), **told) == "too_heavy"


@given(
    country=st.sampled_from(sorted(code for code, country in COUNTRIES.items() if country.zones)),
    weights=st.lists(st.integers(1, 31_000), min_size=2, max_size=6).map(sorted),
    value=st.integers(0, 3_000_000),
    day=st.dates(date(2026, 10, 1), date(2028, 1, 1)),
)
def test_more_weight_never_costs_less_and_nothing_is_free(
    country: str, weights: list[int], value: int, day: date
) -> None:
    last: dict[str, int] = {}
    gone: set[str] = set()
    for grams in weights:
        found = answer(country, parcel(grams, value), day=day, us_duty_prepaid=True)
        for one in () if isinstance(found, NotServed) else found:
            if isinstance(one, NotServed):
                gone.add(one.service)
                continue
            assert one.price.amount >= max(1, last.get(one.key, 1)), (country, one)
            assert one.key not in gone, "what is too heavy does not fit again with more weight"
            last[one.key] = one.price.amount
