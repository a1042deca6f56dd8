"""The messages of WTForms itself ("This field is required.") in the shop's languages, with no file access per form.

WTForms calls its catalogues ``zh`` and ``zh_TW``. Asked for ``zh_Hant`` it silently answers in simplified characters,
hence the table of names here."""

from functools import cache
from gettext import NullTranslations

from wtforms.i18n import get_builtin_gnu_translations

from storefront.core.i18n.catalogues import CORE_DOMAIN, find, find_plural
from storefront.core.i18n.translate import N_, current_language, ngettext
from storefront.core.values.language import LANGUAGES

_WTFORMS_NAMES = {"en": "en", "ja": "ja", "zh-hans": "zh", "zh-hant": "zh_TW"}

# What WTForms 3.2 leaves in English in one of our languages: our own catalogues supply it.
UNTRANSLATED = (
    N_("Date must be at least %(min)s."),
    N_("Date must be at most %(max)s."),
    N_("Date must be between %(min)s and %(max)s."),
    N_("This field cannot be edited."),
    N_("This field is disabled and cannot have a value."),
    N_("Choices cannot be None."),
    N_("Not a valid week value."),
)


def untranslated_plurals(n: int) -> tuple[str, ...]:
    """As ``UNTRANSLATED``, for messages that count."""
    return (
        ngettext(
            "Field must be exactly %(max)d character long.",
            "Field must be exactly %(max)d characters long.",
            n,
            max=n,
        ),
        ngettext(
            "'%(value)s' is not a valid choice for this field.",
            "'%(value)s' are not valid choices for this field.",
            n,
            value="",
        ),
    )


class FormTranslations:
    """What WTForms wants of ``Meta.get_translations``. The shop's own catalogue goes before that of WTForms."""

    __slots__ = ("_lang", "_builtin")

    def __init__(self, lang: str, builtin: NullTranslations) -> None:
        self._lang = lang
        self._builtin = builtin

    def gettext(self, string: str) -> str:
        return find(CORE_DOMAIN, self._lang, string) or self._builtin.gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Unfilled: WTForms fills in the parameters itself."""
        own = find_plural(CORE_DOMAIN, self._lang, singular, n)
        return own or self._builtin.ngettext(singular, plural, n)


def form_translations(lang: str | None = None) -> FormTranslations:
    """The one object for ``lang``, the current language if ``None``. The ``Meta.get_translations`` of the shop's base
    form returns it, in the place of Flask-WTF's, which reads a file in every request."""
    return _of(lang or current_language())


@cache
def _of(lang: str) -> FormTranslations:
    return FormTranslations(lang, get_builtin_gnu_translations([_WTFORMS_NAMES[lang]]))


def load_all() -> None:
    """Read the catalogues of WTForms now. Called once at boot, so that no request does it."""
    for lang in LANGUAGES:
        _of(lang)
