import threading

import pytest

from storefront.core.i18n.catalogues import register_domain
from storefront.core.i18n.translate import (
    N_,
    current_language,
    domain_gettext,
    gettext,
    lazy_gettext,
    ngettext,
    npgettext,
    pgettext,
    use_language,
)

from .conftest import write_catalogue

pytestmark = pytest.mark.req("SHOP-4")


def test_the_language_holds_inside_the_block_and_not_after_it():
    assert current_language() == "en"
    with use_language("ja"):
        with use_language("zh-hant"):
            assert current_language() == "zh-hant"
        assert current_language() == "ja"
    assert current_language() == "en"


def test_the_language_ends_with_an_error_too():
    with pytest.raises(RuntimeError), use_language("ja"):
        raise RuntimeError
    assert current_language() == "en"


def test_another_thread_has_its_own_language():
    seen = []
    with use_language("ja"):
        thread = threading.Thread(target=lambda: seen.append(current_language()))
        thread.start()
        thread.join(5)
    assert seen == ["en"]


def test_a_language_the_shop_does_not_have_is_refused():
    with pytest.raises(ValueError, match="zh_Hant"), use_language("zh_Hant"):
        pass


def test_messages_are_translated_and_filled(domains):
    with use_language("ja"):
        assert gettext("Cart") == "カート"
        assert gettext("Hello, %(name)s", name="林") == "こんにちは、林さん"
        assert pgettext("verb", "Order") == "注文する"
        assert ngettext("%(num)s item", "%(num)s items", 1) == "1点"
        assert ngettext("%(num)s item", "%(num)s items", 3, num="1,003") == "1,003点"
        assert npgettext("volumes", "%(num)s piece", "%(num)s pieces", 2) == "2冊"


def test_a_missing_translation_shows_the_english_message(domains):
    with use_language("zh-hant"):
        assert gettext("Cart") == "Cart"
    with use_language("ja"):
        assert gettext("Unheard of") == "Unheard of"
        assert gettext("Order") == "Order"
        assert gettext("") == ""


def test_english_counts_without_a_catalogue():
    assert ngettext("%(num)s item", "%(num)s items", 1) == "1 item"
    assert ngettext("%(num)s item", "%(num)s items", 0) == "0 items"
    assert ngettext("one item", "%(n)s items", 1) == "one item"
    assert npgettext("volumes", "%(num)s piece", "%(num)s pieces", 5) == "5 pieces"


def test_a_percent_sign_stays_when_nothing_is_filled_in(domains):
    assert gettext("100% cotton") == "100% cotton"
    with use_language("ja"):
        assert gettext("100% cotton") == "綿100%"


def test_a_parameter_may_have_any_name():
    assert gettext("%(self)s %(msgid)s %(context)s", self=1, msgid=2, context=3) == "1 2 3"


@pytest.mark.parametrize(
    ("msgid", "params", "expected"),
    [
        ("Bye, %(name)s", {"name": "Ann"}, "Bye, Ann"),  # translation names another placeholder
        ("Due %(amount)s", {"amount": "¥5"}, "Due ¥5"),  # translation wants a number
        ("Hello, %(name)s", {"nome": "Ann"}, "Hello, %(name)s"),  # the caller is wrong: the text as it is
        ("50% of %(x)s", {"x": 1}, "50% of %(x)s"),
    ],
)
def test_placeholders_that_do_not_fit_never_raise_and_are_logged(domains, caplog, msgid, params, expected):
    with use_language("ja"):
        assert gettext(msgid, **params) == expected
    assert "placeholders" in caplog.text


def test_a_plugin_is_asked_first_and_the_core_after_it(domains):
    points = domain_gettext("points")
    with use_language("ja"):
        assert points("Save") == points.gettext("Save") == "ためる"
        assert gettext("Save") == "保存"
        assert points("Cart") == "カート"
        assert points.ngettext("%(num)s point", "%(num)s points", 2) == "2ポイント"
        assert points.ngettext("%(num)s item", "%(num)s items", 2) == "2点"
        assert points.pgettext("verb", "Order") == "注文する"
        assert ngettext("%(num)s point", "%(num)s points", 2) == "2 points"
        assert domain_gettext("never_registered")("Cart") == "カート"


def test_each_domain_counts_by_its_own_plural_rule(domains):
    two_forms = '\nmsgid "%(num)s box"\nmsgid_plural "%(num)s boxes"\nmsgstr[0] "一箱"\nmsgstr[1] "%(num)s箱"\n'
    folder = write_catalogue(domains / "boxes", "boxes", two_forms)
    path = folder / "boxes.po"
    path.write_text(path.read_text("utf-8").replace("nplurals=1; plural=0", "nplurals=2; plural=(n>1)"), "utf-8")
    register_domain("boxes", domains / "boxes")
    boxes = domain_gettext("boxes")
    with use_language("ja"):
        assert [boxes.ngettext("%(num)s box", "%(num)s boxes", n) for n in (0, 1, 2)] == [
            "一箱",
            "一箱",
            "2箱",
        ]
        assert boxes.ngettext("%(num)s item", "%(num)s items", 2) == "2点"


def test_a_lazy_text_speaks_the_language_of_its_reader(domains):
    lazy = lazy_gettext("Hello, %(name)s", name=lazy_gettext("Cart"))
    assert str(lazy) == f"{lazy}" == "Hello, Cart"
    with use_language("ja"):
        assert str(lazy) == "こんにちは、カートさん"
        assert lazy_gettext("Hello, %(name)s") % {"name": "林"} == "こんにちは、林さん"
        assert lazy_gettext("Bye, %(name)s") % {"name": "林"} == "Bye, 林"
        assert str(domain_gettext("points").lazy_gettext("Save")) == "ためる"


def test_lazy_texts_are_equal_by_message_and_domain():
    assert lazy_gettext("Cart") == lazy_gettext("Cart")
    assert hash(lazy_gettext("Cart", a=[1])) == hash(lazy_gettext("Cart"))
    assert lazy_gettext("Cart") != lazy_gettext("Save")
    assert lazy_gettext("Cart", a=1) != lazy_gettext("Cart")
    assert lazy_gettext("Cart") != domain_gettext("points").lazy_gettext("Cart")
    assert lazy_gettext("Cart") != "Cart"
    assert bool(lazy_gettext("Cart")) and not lazy_gettext("")


def test_marking_changes_nothing():
    assert N_("Cart") == "Cart"
