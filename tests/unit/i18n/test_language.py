import pytest
from babel.core import Locale, get_global
from hypothesis import example, given
from hypothesis import strategies as st

from storefront.core.values.language import (
    FALLBACKS,
    LANGUAGES,
    MAX_TAGS,
    OWN_NAMES,
    babel_id,
    html_lang,
    negotiate,
)

HANT, HANS = "zh-hant", "zh-hans"

# Every region CLDR knows Chinese to be written in otherwise than simplified, straight from its data.
CLDR_REGIONS = {
    tag.split("_")[1].lower(): likely.split("_")[1].lower()
    for tag, likely in get_global("likely_subtags").items()
    if tag.startswith("zh_") and len(tag) == 5
}


@pytest.mark.req("SHOP-4")
@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("zh-TW", HANT), ("zh-HK", HANT), ("zh-MO", HANT), ("zh-CN", HANS), ("zh-SG", HANS), ("zh-MY", HANS),
        ("zh", HANS), ("zh-Hant", HANT), ("zh-Hans", HANS), ("ZH_tw", HANT), ("zh-hant-cn", HANT),
        ("zh-Hans-HK", HANS), ("zh-Hans-TW", HANS), ("zh-Hant-TW", HANT), ("zh-158", HANS), ("zh-Latn-TW", None),
        ("zh-Bopo", None), ("zh-yue", HANT), ("zh-yue-HK", HANT), ("yue", HANT), ("yue-CN", HANS),
        ("yue-Hans", HANS), ("cmn-Hant", HANT), ("zh-cmn-Hans-CN", HANS), ("zh-min-nan-TW", HANT),
        ("zh-TW-u-co-stroke", HANT), ("zh-u-rg-twzzzz", HANS), ("zh-x-tw", HANS), ("zh-", None), ("zhx", None),
        ("ja", "ja"), ("ja-JP", "ja"), ("ja-Jpan-JP", "ja"), ("ja-Latn", None), ("en", "en"), ("en-GB", "en"),
        ("en-US-posix", "en"), ("en-Shaw", None), ("ko", None), ("*", None), ("", None), ("english", None),
    ],
)  # fmt: skip
def test_a_single_tag_is_matched_by_language_and_script(tag, expected):
    assert negotiate(tag) == expected


@pytest.mark.parametrize(("region", "script"), sorted(CLDR_REGIONS.items()))
def test_every_region_with_its_own_chinese_script_in_cldr_gets_that_script(region, script):
    assert negotiate(f"zh-{region.upper()}") == f"zh-{script}"


def test_the_cldr_table_really_covers_taiwan_and_hong_kong():
    assert {"tw", "hk", "mo"} <= set(CLDR_REGIONS)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("zh-TW,zh;q=0.9,en;q=0.8", HANT),
        ("fr-FR,fr;q=0.9,ja;q=0.5,en;q=0.7", "en"),
        ("en;q=0.3, ja;q=0.3", "en"),
        ("en;q=0, ja;q=0.1", "ja"),
        ("en;q=nan, ja;q=0.1", "ja"),
        ("en;q=1e9, ja;q=0.1", "ja"),
        ("en;q=-1", None),
        ("ja ; Q = 0.9 , en;q=0.8", "ja"),
        (";;;,,,=q;en", None),
        ("日本語, ja;q=0.2", "ja"),
    ],
)
def test_weights_decide_and_malformed_ones_take_the_tag_out(header, expected):
    assert negotiate(header) == expected


def test_a_bare_zh_follows_the_shops_setting():
    assert negotiate("zh", bare_zh="zh-hant") == HANT
    assert negotiate("zh-CN", bare_zh="zh-hant") == HANS


def test_the_other_chinese_script_is_taken_only_when_nothing_fits_exactly():
    assert negotiate("zh-TW,en;q=0.5", ("en", "zh-hans")) == "en"
    assert negotiate("zh-TW", ("en", "zh-hans")) == HANS
    assert negotiate("ko", ("en", "zh-hans")) is None


def test_only_what_the_shop_offers_is_answered():
    assert negotiate("ja,en;q=0.1", ("en",)) == "en"
    assert negotiate("ja", ()) is None


def test_the_eleventh_tag_and_everything_past_200_bytes_is_not_read():
    assert negotiate(",".join(["ko"] * (MAX_TAGS - 1) + ["ja"])) == "ja"
    assert negotiate(",".join(["ko"] * MAX_TAGS + ["ja"])) is None
    assert negotiate("x" * 300 + ",ja") is None
    # Cut inside "zh-TW", what is left must not be read as simplified Chinese.
    assert negotiate("x" * 195 + ",zh-TW") is None
    assert negotiate("x" * 194 + ",zh-TW") == HANT


@given(st.text(max_size=400))
@example("\x00\ud800,zh")
@example("zh-" * 100)
@example("en;q=" + "9" * 190)
def test_no_header_makes_it_raise(header):
    assert negotiate(header) in (None, *LANGUAGES)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["zh", "zh-TW", "zh-Hans", "ja", "en", "*", "yue", "zh-", "", "-", "q"]),
            st.sampled_from(["", ";q=0.5", ";q=0", ";q=", ";", ";q=1.000", ";q=2", ";level=1"]),
        ),
        max_size=14,
    )
)
def test_no_header_of_plausible_pieces_makes_it_raise(pieces):
    assert negotiate(",".join(tag + weight for tag, weight in pieces)) in (None, *LANGUAGES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_its_names_and_a_whole_fallback_chain(lang):
    assert Locale.parse(babel_id(lang)).language == html_lang(lang).split("-")[0]
    assert html_lang(lang).lower() == lang
    assert OWN_NAMES[lang]
    assert FALLBACKS[lang][0] == lang
    assert sorted(FALLBACKS[lang]) == sorted(LANGUAGES)


def test_the_fallback_of_traditional_chinese_is_simplified_then_japanese_then_english():
    assert FALLBACKS["zh-hant"] == ("zh-hant", "zh-hans", "ja", "en")
