import pytest

from storefront.shop.paths import in_language, is_own_path, own_path

FOREIGN = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "https:evil.example",
    "https://evil.example",
    "//user@evil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "%2f%2fevil.example",
    "/%09/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "",
    "/en/\x00",
    "/en/\r\nSet-Cookie: a=b",
    "/注文",
    "/" + "a" * 3000,
]


@pytest.mark.parametrize("target", FOREIGN)
def test_an_address_outside_the_shop_is_never_gone_to(target: str) -> None:
    assert not is_own_path(target)
    assert own_path(target, "/en/") == "/en/"


@pytest.mark.parametrize("target", ["/", "/en/", "/en/products/?q=%E8%8C%B6&page=2", "/ja/products/a-b_c.d~e"])
def test_an_address_of_the_shop_is_kept(target: str) -> None:
    assert own_path(target, "/elsewhere") == target


def test_the_same_page_in_another_language_keeps_its_path_and_query() -> None:
    assert in_language("/ja/products/?q=a", "zh-hant") == "/zh-hant/products/?q=a"
    assert in_language("/nothing", "en") == "/en/"
