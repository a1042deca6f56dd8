"""Two writings of one word fold to the same characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.core.search.folding import fold
from storefront.core.search.queries import MAX_WORDS, words_of


@pytest.mark.req("CAT-7")
@pytest.mark.parametrize(
    "writings",
    [
        ("ﾏｯﾁｬ", "マッチャ", "まっちゃ"),
        ("ｶﾞﾗｽ", "ガラス", "がらす", "か\u3099らす"),
        ("綠茶", "緑茶", "绿茶"),
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


def test_a_question_has_few_different_words() -> None:
    assert words_of("  朝もや　煎茶 朝もや ") == ("朝もや", "煎茶")
    assert words_of(" \x00\u3000") == ()
    assert len(words_of(" ".join("abcdefghijklmnop"))) == MAX_WORDS
