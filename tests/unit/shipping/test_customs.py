"""Customs papers: which form, which value, and what is missing. Pure."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.core.contracts.shipping import CustomsLabel
from storefront.core.shipping.customs import (
    CustomsFacts,
    CustomsForm,
    Gap,
    SdrRate,
    form_for,
    line_gaps,
    read_sdr_rate,
    receiver_gaps,
    share,
)
from storefront.core.shipping.customs_notices import (
    CN_CODE,
    EZ_WAY,
    EZ_WAY_STAFF,
    PERMIT,
    TARIC,
    US_DUTY,
    US_SALE,
    notice_for_shopper,
    notices_for_staff,
)
from storefront.core.values.customs import hs_digits, is_hs_code, is_latin, is_vague
from storefront.testing.world import TAIPEI

RATE = SdrRate(Fraction(200), date(2026, 11, 1))
TEA = CustomsFacts(1, "Green tea", "0902.10", "JP", 100)


@pytest.mark.req("SHP-7")
@pytest.mark.parametrize(
    ("value", "base", "label", "rate", "form"),
    [
        (59_999, "JPY", CustomsLabel.BY_VALUE, RATE, CustomsForm.CN22),
        (60_000, "JPY", CustomsLabel.BY_VALUE, RATE, CustomsForm.CN23),
        (1, "JPY", CustomsLabel.BY_VALUE, None, CustomsForm.CN23),  # no rate is invented
        (1, "JPY", CustomsLabel.CN23, RATE, CustomsForm.CN23),
        (1_000_000, "JPY", CustomsLabel.NONE, RATE, CustomsForm.INVOICE),
        (40_049, "USD", CustomsLabel.BY_VALUE, SdrRate(Fraction("1.335"), None), CustomsForm.CN22),
        (40_050, "USD", CustomsLabel.BY_VALUE, SdrRate(Fraction("1.335"), None), CustomsForm.CN23),
    ],
)
def test_form_by_value_by_carrier_and_without_a_rate(
    value: int, base: str, label: CustomsLabel, rate: SdrRate | None, form: CustomsForm
) -> None:
    assert form_for(value, base, label, rate) is form


def test_a_rate_is_a_positive_number_or_none() -> None:
    assert read_sdr_rate("198.5", "2026-11-20") == SdrRate(Fraction("198.5"), date(2026, 11, 20))
    assert read_sdr_rate(" 198.5 ", "soon") == SdrRate(Fraction("198.5"), None)
    for text in ("", "0", "-1", "nan", "inf", "1,5", "about 200"):
        assert read_sdr_rate(text, "2026-11-20") is None


@pytest.mark.req("SHP-7")
@pytest.mark.parametrize(
    ("facts", "gaps"),
    [
        (TEA, ()),
        (replace(TEA, description=""), (Gap.DESCRIPTION,)),
        (replace(TEA, description="緑茶"), (Gap.DESCRIPTION,)),
        (replace(TEA, description="Daily necessities"), (Gap.VAGUE,)),
        (replace(TEA, hs_code="0902"), (Gap.HS_CODE,)),
        (replace(TEA, hs_code="", origin="", weight=None), (Gap.HS_CODE, Gap.ORIGIN, Gap.WEIGHT)),
        (replace(TEA, weight=0, valued=False), (Gap.WEIGHT, Gap.VALUE)),
    ],
)
def test_what_is_missing_of_a_line(facts: CustomsFacts, gaps: tuple[Gap, ...]) -> None:
    assert line_gaps(facts) == gaps


@pytest.mark.req("SHP-7")
def test_the_receiver_has_a_name_in_latin_letters_and_a_telephone() -> None:
    assert receiver_gaps(TAIPEI) == ()
    assert receiver_gaps(replace(TAIPEI, latin_name="")) == (Gap.NAME,)
    assert receiver_gaps(replace(TAIPEI, latin_name="林", phone="")) == (Gap.NAME, Gap.PHONE)
    assert receiver_gaps(replace(TAIPEI, latin_name="", family_name="Müller", given_name="Łucja")) == ()


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("gift", True), ("Gifts and other items", True), ("Daily necessities", True), ("123", True), ("goods (2)", True),
        ("Gift box of green tea", False), ("Household scissors", False), ("", False), ("Tea", False),
    ],
)  # fmt: skip
def test_words_that_name_no_goods(text: str, vague: bool) -> None:
    assert is_vague(text) is vague


def test_codes_and_letters() -> None:
    assert all(is_hs_code(code) for code in ("0902", "0902.10", "090210", "0902.10.00", "0902100010"))
    assert not any(is_hs_code(code) for code in ("", "902", "09021", "0902.1", "09 02", "abcd", "0902.10.00.10.10"))
    assert hs_digits("0902.10") == "090210"
    assert is_latin("Café 100 %") and not is_latin("") and not is_latin("tea\n") and not is_latin("茶")


@given(st.integers(-(10**6), 10**9), st.lists(st.integers(1, 50), min_size=1, max_size=8))
def test_the_parts_of_a_price_add_up_to_it(total: int, parts: list[int]) -> None:
    whole, before, found = sum(parts), 0, []
    for pieces in parts:
        found.append(share(total, before, pieces, whole))
        assert abs(found[-1] - total * pieces / whole) <= 1
        before += pieces
    assert sum(found) == total
    assert share(total, whole, parts[0], whole) == total * parts[0] // whole  # sent once more


@pytest.mark.req("SHP-7")
def test_what_destinations_ask_for() -> None:
    def told(country: str, code: str = "0902.10", value: int = 1000, from_japan: bool = True) -> tuple[str, ...]:
        return notices_for_staff(country, [code], value, from_japan=from_japan)

    assert told("DE") == () and told("DE", value=199_999) == ()
    assert told("DE", value=200_000) == (PERMIT,) and told("DE", value=200_000, from_japan=False) == ()
    assert told("IE") == (TARIC,) and told("IE", "0902.10.00.10") == ()
    assert told("FR") == told("RE") == (CN_CODE,) and told("FR", "0902.10.00") == ()
    assert told("US") == (US_SALE,) and told("TW") == (EZ_WAY_STAFF,)
    assert (notice_for_shopper("TW"), notice_for_shopper("US"), notice_for_shopper("DE")) == (EZ_WAY, US_DUTY, "")
