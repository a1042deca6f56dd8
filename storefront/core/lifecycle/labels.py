"""Texts that are kept on an order: translated once, in its language."""

from collections.abc import Mapping

from storefront.core.i18n.formats import format_money
from storefront.core.i18n.translate import domain_gettext, use_language
from storefront.core.orders.writing import Translate
from storefront.core.values.money import Money


def labels_in(lang: str) -> Translate:
    """``translate(source, msgid, params)`` in ``lang``, in the domain of the plugin ``source``."""

    def translate(source: str, message: str, params: Mapping[str, object]) -> str:
        if not message:
            return ""
        shown = {k: format_money(v.amount, v.currency, lang) if isinstance(v, Money) else v for k, v in params.items()}
        with use_language(lang):
            return str(domain_gettext(source).gettext(message, **shown))

    return translate
