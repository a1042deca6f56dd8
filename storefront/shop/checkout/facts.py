"""What a delivery is beside its price, in words: the same at the delivery step and in an estimate."""

from storefront.core.i18n.formats import format_money
from storefront.core.i18n.translate import gettext as _
from storefront.core.i18n.translate import ngettext
from storefront.core.shipping.deliveries import DeliveryChoice
from storefront.shop.checkout.words import say
from storefront.shop.context import current_lang


def days_words(choice: DeliveryChoice) -> str:
    """On the way; "" where the carrier does not say."""
    if choice.days is None:
        return ""
    least, most = choice.days
    if least == most:
        return ngettext("%(num)s day", "%(num)s days", most)
    return _("%(least)s–%(most)s days", least=least, most=most)


def cover_words(choice: DeliveryChoice) -> str:
    """The highest compensation, "" for none."""
    cover = choice.quote.cover if choice.quote is not None else None
    return format_money(cover.amount, cover.currency, current_lang()) if cover is not None and cover.amount else ""


def signed_for(choice: DeliveryChoice) -> bool:
    return choice.quote is not None and choice.quote.signature


def parcels_words(choice: DeliveryChoice) -> str:
    """Said where it is not one."""
    count = len(choice.parcels)
    return ngettext("in %(num)s parcel", "in %(num)s parcels", count) if count > 1 else ""


def note_words(choice: DeliveryChoice) -> str:
    return say(choice.quote.note, source=choice.source) if choice.quote is not None and choice.quote.note else ""


def about(choice: DeliveryChoice) -> str:
    """All of it in one line."""
    cover = cover_words(choice)
    parts = (
        days_words(choice),
        _("with tracking") if choice.tracked else _("without tracking"),
        _("signed for") if signed_for(choice) else "",
        _("covered up to %(amount)s", amount=cover) if cover else "",
        parcels_words(choice),
        note_words(choice),
    )
    return " ・ ".join(part for part in parts if part)
