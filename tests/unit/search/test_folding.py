"""Two writings of one word fold to the same characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.core.search.ddl import TOKEN_SIGNS
from storefront.core.search.folding import fold
from storefront.core.search.romaji import readings, respell
from storefront.core.search.spelling import distance
from storefront.core.search.tokens import beginnings, chunks, document, ending_token, facet_token, singular


@pytest.mark.req("CAT-7")
@pytest.mark.parametrize(
    "writings",
    [
        ("ﾏｯﾁｬ", "マッチャ", "まっちゃ"),
        ("ｶﾞﾗｽ", "ガラス", "がらす", "か\u3099らす"),
        ("綠茶", "緑茶", "绿茶"),
        ("コ―ヒ―", "コーヒー", "ｺ-ﾋ-", "コ〜ヒ〜"),
        ("髙﨑", "高崎", "高﨑"),
        ("龍門", "竜門", "龙门"),
        ("澀", "渋", "涩"),
        ("囍", "囍"),
        ("國際", "国際", "国际"),
        ("渡邊", "渡辺"),
        ("ＡＢＣ１２", "abc12", "ABC12"),
        ("Crème Brûlée", "creme brulee"),
        ("Hiyori-dō", "hiyori-do", "HIYORI‐DO"),
        ("㍿", "株式会社"),
        ("a\u3000b", "a b", " a \t b\n"),
        ("a\x00b", "a b"),
        ("a\u200bb", "ab"),
    ],
)
def test_these_are_one(writings: tuple[str, ...]) -> None:
    assert len({fold(text) for text in writings}) == 1


@pytest.mark.parametrize(("one", "other"), [("はは", "ばば"), ("ぱん", "ばん"), ("コーヒ", "コーヒー"), ("茶", "菜")])
def test_these_stay_two(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once_and_never_fails(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert "\x00" not in fold(text)


@given(st.text(max_size=60))
def test_tokens_hold_nothing_that_a_database_would_take_apart(text: str) -> None:
    for token in document([text]):
        assert token and not token.isspace() and " " not in token and '"' not in token
        assert all(c.isalnum() or c in TOKEN_SIGNS for c in token if c.isascii()), token


@pytest.mark.req("CAT-7")
def test_what_becomes_of_a_text() -> None:
    assert document(["抹茶ラテ 100g"]) == ("抹茶", "茶ら", "らて", "て", "100g", "100", "rate")
    assert document(["Boxes, 220 g"]) == ("boxes", "220", "g", "box", "220g")
    assert document(["KRY-0130"], codes=["KRY-0130"]) == ("kry", "0130", "=kry0130")
    assert document(["Wi-Fi"]) == ("wi", "fi", "wifi")
    assert [part for _, part in chunks(fold("men's Wi-Fi、抹茶・煎茶"))] == ["men's", "wi-fi", "抹茶", "煎茶"]
    assert ending_token("+81 90-1234-5678") == "<8765432109" + "18"
    assert (singular("candles"), singular("boxes"), singular("berries"), singular("glass")) == (
        "candle",
        "box",
        "berry",
        "",
    )


@pytest.mark.req("CAT-7")
@pytest.mark.parametrize(
    ("kana", "latin"),
    [
        ("まっちゃ", "matcha"),
        ("ラーメン", "ramen"),
        ("プリン", "purin"),
        ("しょうゆ", "shoyu"),
        ("ティーバッグ", "tibaggu"),
    ],
)
def test_kana_is_read_in_latin_letters(kana: str, latin: str) -> None:
    assert latin in readings(kana)


def test_other_latin_spellings_lead_to_ours() -> None:
    assert {respell(word) for word in ("matcha", "mattya", "maccha")} == {"matcha"}
    assert [respell(word) for word in ("toufu", "susi", "tempura", "huton")] == ["tofu", "sushi", "tenpura", "futon"]


def test_words_are_known_by_their_first_character_and_marks_are_not() -> None:
    tokens = document(["茶碗 tea"], codes=["AB-1"], marks=[facet_token("s"), ending_token("090-1234")])
    assert set(beginnings(tokens)) == {">茶", ">碗", ">t"}


@pytest.mark.parametrize(("one", "other", "steps"), [("matca", "matcha", 1), ("senhca", "sencha", 1), ("tea", "tea", 0), ("abc", "xyz", 3)])  # fmt: skip
def test_distance_of_words(one: str, other: str, steps: int) -> None:
    assert distance(one, other, 2) == steps
    assert distance(one, other, 0) == (0 if not steps else 1)
