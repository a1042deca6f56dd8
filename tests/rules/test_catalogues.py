"""The gate of the catalogues: what ships is complete and right in every language, and the gate itself works."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))  # the tools are scripts, not a package

import catalogues  # noqa: E402
from babel.messages.catalog import Catalog  # noqa: E402

from storefront.cli.kit import catalogue_checks, han_variants  # noqa: E402

DOMAINS = {domain.name: domain for domain in catalogues.domains(ROOT)}


@pytest.mark.req("SHOP-4")
@pytest.mark.parametrize("name", DOMAINS)
def test_the_catalogues_of_a_domain_are_complete_and_right(name):
    faults = catalogues.check(DOMAINS[name], ROOT)
    assert not faults, "\n" + "\n".join(faults)


# --- the gate itself ------------------------------------------------------------------------------------------------

GLOSSARY = """
[cart]
match = ["cart"]
unless = ["cart horse"]
ja = "カート"
zh_Hans = "购物车"
zh_Hant = ["購物車", "購物袋"]
"""


@pytest.fixture
def glossary(tmp_path):
    path = tmp_path / "glossary.toml"
    path.write_text(GLOSSARY, encoding="utf-8")
    return catalogue_checks.read_glossary(path)


def faults_of(locale, glossary, ident, string, **options):
    catalog = Catalog(locale=locale)
    catalog.add(ident, string, **options)
    return list(catalogue_checks.translation_faults(catalog, locale, glossary))


GOOD = [
    ("ja", "Your cart", "カート"),
    ("ja", "The cart horse", "荷馬"),
    ("ja", "Cart horses", "荷馬"),
    ("ja", "Cartography", "地図づくり"),
    ("zh_Hant", "Your carts", "您的購物袋"),
    ("ja", "Hello, <b>%(name)s</b>", "<b>%(name)s</b>さん"),
    ("ja", "PayPal Express Checkout", "PayPal Express Checkout"),
    ("ja", "10% discount", "10%引き"),
    ("ja", "%(rate)s%% off", "%(rate)s%%引き"),
    ("ja", ("One item", "%(num)s items"), ("%(num)s点",)),
    ("zh_Hant", "Choose a language", "請選擇語言。台灣、臺灣、裡面、咖啡、群、吃、麵"),
    ("zh_Hans", "Choose a language", "请选择语言。台湾、里面、咖啡、群、吃、面"),
]


@pytest.mark.parametrize(("locale", "ident", "string"), GOOD)
def test_a_good_translation_passes(locale, ident, string, glossary):
    assert faults_of(locale, glossary, ident, string) == []


BAD = [
    ("ja", "Save", "", "not translated"),
    ("ja", "Save", "  ", "not translated"),
    ("ja", ("%(num)s item", "%(num)s items"), ("",), "not translated"),
    ("ja", "Hello, %(name)s", "こんにちは、%(nmae)sさん", "placeholders"),
    ("ja", "Hello, %(name)s", "こんにちは", "placeholders"),
    ("ja", "Save", "保存 %(name)s", "placeholders"),
    ("ja", "Due %(amount)s", "支払 %(amount)d", "placeholders"),
    ("ja", ("One item", "%(num)s items"), ("一点",), "placeholders"),
    ("ja", "%(rate)s%% off", "%(rate)s%引き", "bare %"),
    ("ja", ("%(num)s item", "%(num)s items"), ("100%、%(num)s点",), "bare %"),
    ("ja", "<b>Now</b> or never", "いま", "tags"),
    ("ja", "Now or never", "<b>いま</b>", "tags"),
    ("ja", '<a href="%(url)s">Terms</a>', '<a href="%(url)s" target="_blank">規約</a>', "tags"),
    ("ja", "Please choose a country", "Please choose a country", "untranslated"),
    ("zh_Hans", "Hello, %(name)s, how are you", "Hello, %(name)s, how are you", "untranslated"),
    ("zh_Hant", "Choose", "请選擇", "simplified characters: 请"),
    ("zh_Hant", "Coupon", "优惠劵", "simplified characters: 优"),
    ("zh_Hant", "One piece", "一个", "simplified characters: 个"),
    ("zh_Hant", "Network", "網络机", "simplified characters: 络机"),
    ("zh_Hans", "Choose", "請选择", "traditional characters: 請"),
    ("zh_Hans", "Later", "以後", "traditional characters: 後"),
    ("ja", "Your cart", "買い物かご", "glossary"),
    ("ja", "Your carts", "買い物かご", "glossary"),
    ("zh_Hant", "Your cart", "您的推車", "購物車 or 購物袋"),
]


@pytest.mark.parametrize(("locale", "ident", "string", "word"), BAD)
def test_a_bad_translation_is_named(locale, ident, string, word, glossary):
    faults = faults_of(locale, glossary, ident, string)
    assert any(word in fault for fault in faults), faults


def test_a_fuzzy_translation_is_named(glossary):
    assert faults_of("ja", glossary, "Save", "保存", flags=("fuzzy",)) == ["“Save” is fuzzy"]


@pytest.mark.parametrize("ident", ["Hello %s", "%d left", "100% of %(name)s", ("one %(x)s", "50% %(x)s")])
def test_a_message_id_that_cannot_be_filled_safely_is_named(ident):
    catalog = Catalog()
    catalog.add(ident)
    assert list(catalogue_checks.source_faults(catalog))


@pytest.mark.parametrize("ident", ["100% cotton", "100% silk", "10% discount", "%(a)s%% of %(b)s", "Save"])
def test_a_percent_sign_alone_is_no_placeholder(ident):
    catalog = Catalog()
    catalog.add(ident)
    assert list(catalogue_checks.source_faults(catalog)) == []


def test_a_glossary_entry_of_another_shape_is_refused(tmp_path):
    path = tmp_path / "glossary.toml"
    path.write_text('[cart]\nmatch = ["cart"]\nzh_TW = "購物車"\n', encoding="utf-8")
    with pytest.raises(ValueError, match="zh_TW"):
        catalogue_checks.read_glossary(path)


def test_the_glossary_of_the_shop_keeps_its_own_scripts():
    for term in catalogue_checks.read_glossary(ROOT / "translations" / "glossary.toml"):
        assert set(term.translations) == set(catalogues.LOCALES), term.name
        assert not han_variants.simplified_only("".join(term.translations["zh_Hant"])), term.name
        assert not han_variants.traditional_only("".join(term.translations["zh_Hans"])), term.name


# --- the command, on a small shop of its own ------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path):
    files = {
        "storefront/cart.py": '_("From code")\nN_("Marked")\npgettext("verb", "Order")\nt.ngettext("%(num)s a", "%(num)s b", n)\n',
        "storefront/testing/fake.py": '_("For developers")\n',
        "templates/cart/page.html": "{{ _('From a page', a=b) }}{{ npgettext('c', '%(num)s d', '%(num)s e', n) }}",
        "templates/mail/text.txt": "{{ _('From code') }}",
        "translations/glossary.toml": GLOSSARY,
        "plugins/points/pyproject.toml": "",
        "plugins/points/storefront_points/plugin.py": '_("Points")\n',
        "plugins/points/storefront_points/templates/points/page.html": "{{ _('Balance') }}",
        "plugins/points/tests/test_it.py": '_("Not this")\n',
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path


def translate_all(shop):
    for domain in catalogues.domains(shop):
        for locale in catalogues.LOCALES:
            path = domain.po(locale)
            catalog = catalogues.read(path, locale)
            for message in catalog:
                if message.id:
                    message.string = "文" if isinstance(message.id, str) else ("%(num)s文",)
            path.write_bytes(catalogues.render(catalog, locale))


def test_messages_of_code_and_templates_are_found_by_domain(shop):
    core, points = catalogues.domains(shop)
    assert catalogue_checks.keys(catalogues.extract(core, shop)) == {
        ("", "From code"),
        ("", "Marked"),
        ("", "From a page"),
        ("verb", "Order"),
        ("", ("%(num)s a", "%(num)s b")),
        ("c", ("%(num)s d", "%(num)s e")),
    }
    assert points.name == "points"
    assert catalogue_checks.keys(catalogues.extract(points, shop)) == {("", "Points"), ("", "Balance")}


def test_update_then_translate_then_check_is_clean_and_compiles(shop, capsys):
    assert catalogues.main(["update"], shop) == 0
    assert catalogues.main(["check"], shop) == 1
    assert "not translated" in capsys.readouterr().out
    translate_all(shop)
    assert catalogues.main(["check"], shop) == 0
    assert catalogues.main(["compile", "--domain", "points"], shop) == 0
    assert (shop / "plugins/points/storefront_points/translations/ja/LC_MESSAGES/points.mo").exists()
    assert not (shop / "translations/ja/LC_MESSAGES/messages.mo").exists()


def test_the_files_do_not_change_without_a_change_of_messages(shop):
    catalogues.main(["update"], shop)
    translate_all(shop)
    files = {path: path.read_bytes() for path in shop.rglob("*.po*")}
    source = shop / "storefront" / "cart.py"
    source.write_text("\n\n\n" + source.read_text("utf-8"), encoding="utf-8")
    catalogues.main(["update"], shop)
    assert {path: path.read_bytes() for path in shop.rglob("*.po*")} == files
    assert not any(b"Date" in content or b"cart.py:" in content for content in files.values())


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("storefront/cart.py", "From code", "From new code", "“From new code” stands in the sources but not"),
        ("storefront/cart.py", 'N_("Marked")', "", "“Marked” no longer stands in the sources"),
        ("storefront/cart.py", '"verb"', '"noun"', "(context “noun”)"),
        ("templates/cart/page.html", "}}{{", "}}{% if %}{{", "templates/cart/page.html cannot be read"),
    ],
)
def test_a_source_that_moved_on_is_noticed(shop, name, old, new, fault):
    catalogues.main(["update"], shop)
    translate_all(shop)
    path = shop / name
    path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    core = catalogues.domains(shop)[0]
    faults = catalogues.check(core, shop)
    assert any(fault in text for text in faults), faults


def test_an_obsolete_entry_is_noticed_and_update_removes_it(shop):
    catalogues.main(["update"], shop)
    translate_all(shop)
    core = catalogues.domains(shop)[0]
    path = core.po("ja")
    path.write_text(path.read_text("utf-8") + '\n#~ msgid "Old"\n#~ msgstr "古い"\n', encoding="utf-8")
    assert any("obsolete" in fault for fault in catalogues.check(core, shop))
    catalogues.main(["update"], shop)
    assert catalogues.check(core, shop) == []


def test_a_template_with_an_error_stops_the_extraction_by_name(shop, capsys):
    (shop / "templates/cart/page.html").write_text("{% if %}", encoding="utf-8")
    assert catalogues.main(["extract"], shop) == 1
    assert "templates/cart/page.html cannot be read" in capsys.readouterr().out


def test_a_catalogue_that_is_not_well_formed_is_named(shop):
    catalogues.main(["update"], shop)
    core = catalogues.domains(shop)[0]
    core.po("ja").write_text('msgid "Cart"\nカート\n', encoding="utf-8")
    assert any("messages.po cannot be read" in fault for fault in catalogues.check(core, shop))


def test_an_unknown_domain_is_refused(shop, capsys):
    with pytest.raises(SystemExit):
        catalogues.main(["check", "--domain", "pionts"], shop)
    assert "messages, points" in capsys.readouterr().err
