"""What may be a password."""

import pytest

from storefront.core.staff.errors import BadDetails
from storefront.core.staff.passwords import check_password, fold

NAMES = ("Tanaka Aya", "和茶堂 Wachado")


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("", "at least 12"),
        ("elevenchars", "at least 12"),
        ("ｅｌｅｖｅｎｃｈａｒｓ", "at least 12"),
        ("x" * 201, "At most 200"),
        ("aaaaaaaaaaaaaaaa", "well known"),
        ("abababababab", "well known"),
        ("password1234", "well known"),
        ("Ｐａｓｓｗｏｒｄ！２３４５", "well known"),
        ("qwertyuiop12", "well known"),
        ("123456789012", "well known"),
        ("Administrator1!", "well known"),
        ("aya.tanaka rides home", "mail addresses and names"),
        ("my TANAKA is rainy", "mail addresses and names"),
        ("the wachado roof leaks", "mail addresses and names"),
    ],
)
def test_a_password_that_would_be_guessed_is_refused(password: str, word: str) -> None:
    with pytest.raises(BadDetails) as refused:
        check_password(password, "aya.tanaka@example.com", NAMES)
    assert word in str(refused.value) and refused.value.problem.field_name == "password"


@pytest.mark.parametrize(
    "password", ["rain over kyoto", "雨の日に傘を忘れて走る人", "my password lives in the attic", "k7#pQ2!vX9zm"]
)
def test_a_good_password_is_taken_in_any_script(password: str) -> None:
    assert check_password(password, "aya@example.com", NAMES).hash.startswith("$argon2id$")


def test_full_width_and_half_width_are_one_password() -> None:
    assert fold("Ｒａｉｎ　ｏｖｅｒ　カﾅ") == fold("Rain over カナ")
    assert fold("caf\udce9 in the rain") == "caf? in the rain"
