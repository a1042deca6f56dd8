import pytest
from wtforms import Form, StringField
from wtforms.i18n import get_builtin_gnu_translations
from wtforms.validators import DataRequired, Length

from storefront.core.i18n.translate import lazy_gettext, use_language
from storefront.core.i18n.wtforms import UNTRANSLATED, form_translations, load_all, untranslated_plurals

from .conftest import write_catalogue


class ExampleForm(Form):
    class Meta:
        def get_translations(self, form):
            return form_translations()

    name = StringField(lazy_gettext("Cart"), [DataRequired()])
    code = StringField(validators=[Length(min=3)])


def errors_in(lang):
    with use_language(lang):
        form = ExampleForm(data={"name": "", "code": "a"})
        assert not form.validate()
        return form.errors


@pytest.mark.req("SHOP-4")
@pytest.mark.parametrize(
    ("lang", "required", "length"),
    [
        ("en", "This field is required.", "Field must be at least 3 characters long."),
        ("ja", "このフィールドは必須です。", "フィールドは 3 文字以上でなければなりません。"),
        ("zh-hans", "该字段是必填字段。", "字段长度必须至少 3 个字符。"),
        ("zh-hant", "此欄位是必需的。", "欄位長度必須至少為 3 個字元。"),
    ],
)
def test_wtforms_speaks_the_language_and_the_script_of_the_reader(lang, required, length):
    assert errors_in(lang) == {"name": [required], "code": [length]}


def test_the_shops_own_catalogue_goes_before_that_of_wtforms(domains):
    from storefront.core.i18n.catalogues import register_domain

    body = (
        '\nmsgid "This field is required."\nmsgstr "入力してください。"\n'
        '\nmsgid "Field must be at least %(min)d character long."\n'
        'msgid_plural "Field must be at least %(min)d characters long."\nmsgstr[0] "%(min)d文字以上"\n'
    )
    write_catalogue(domains / "own", "messages", body)
    register_domain("messages", domains / "own")
    assert errors_in("ja") == {"name": ["入力してください。"], "code": ["3文字以上"]}


def test_a_label_is_shown_in_the_language_of_the_page(domains):
    form = ExampleForm()
    with use_language("ja"):
        assert form.name.label() == '<label for="name">カート</label>'


def test_there_is_one_object_per_language_and_no_file_access_after_boot(monkeypatch):
    load_all()
    monkeypatch.setattr("builtins.open", lambda *_: pytest.fail("a file was opened"))
    assert form_translations("ja") is form_translations("ja")
    assert form_translations("ja") is not form_translations("zh-hant")


@pytest.mark.parametrize("message", UNTRANSLATED)
def test_what_we_list_as_untranslated_is_so_in_some_language_of_wtforms(message):
    theirs = (get_builtin_gnu_translations([name]) for name in ("ja", "zh", "zh_TW"))
    assert any(catalogue.gettext(message) == message for catalogue in theirs)


def test_the_counted_messages_are_listed_too():
    assert untranslated_plurals(2)[0] == "Field must be exactly 2 characters long."
