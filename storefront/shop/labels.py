"""Words for values that several pages show: sale status, release month, weekdays."""

from datetime import date, datetime
from typing import NamedTuple

from storefront.core.catalog.views import Count
from storefront.core.db import utcnow
from storefront.core.i18n.formats import format_date, format_month, format_number
from storefront.core.i18n.translate import current_language, gettext, ngettext
from storefront.core.settings.calendar import CalendarDay, month_days, shop_date
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.values.types import SaleStatus, YearMonth


def status_words(status: SaleStatus, available: int | None = None, release: str = "") -> str:
    """What stands behind the dot, everywhere. ``release``: "YYYY-MM", "YYYY-MM-DD" or ""."""
    when = release_words(release)
    match status:
        case SaleStatus.IN_STOCK:
            return gettext("In stock")
        case SaleStatus.LOW_STOCK:
            return ngettext("Only %(num)s left", "Only %(num)s left", available or 0)
        case SaleStatus.SOLD_OUT:
            return gettext("Sold out")
        case SaleStatus.BACK_ORDER:
            return gettext("Back-order, about 2 weeks")
        case SaleStatus.PRE_ORDER:
            return gettext("Pre-order, out in %(month)s", month=when) if when else gettext("Pre-order")
        case SaleStatus.PROVISIONAL:
            return (
                gettext("Provisional pre-order, out in %(month)s", month=when)
                if when
                else gettext("Provisional pre-order")
            )
        case SaleStatus.TENTATIVE:
            return (
                gettext("Tentative pre-order, out in %(month)s", month=when) if when else gettext("Tentative pre-order")
            )
        case SaleStatus.PREORDERS_CLOSED:
            return gettext("Pre-orders closed")
        case SaleStatus.CLOSED:
            return gettext("Orders closed")
        case SaleStatus.UNAVAILABLE:
            return gettext("Unavailable")


def status_explained(status: SaleStatus, lead_days: int) -> str:
    """The sentence under the status on the product page; "" where the status says all."""
    match status:
        case SaleStatus.IN_STOCK | SaleStatus.LOW_STOCK:
            return ngettext(
                "Leaves the shop within %(num)s business day.",
                "Leaves the shop within %(num)s business days.",
                lead_days,
            )
        case SaleStatus.BACK_ORDER:
            return gettext("We ask the maker; up to 2 weeks.")
        case SaleStatus.PROVISIONAL:
            return gettext("Price or stock may still change.")
        case SaleStatus.TENTATIVE:
            return gettext("Supply is not certain yet.")
        case _:
            return ""


def order_button(status: SaleStatus) -> str:
    """The label of the button: what pressing it does, or why it cannot be pressed."""
    match status:
        case SaleStatus.PRE_ORDER | SaleStatus.PROVISIONAL | SaleStatus.TENTATIVE:
            return gettext("Pre-order")
        case _ if status.orderable:
            return gettext("Add to cart")
        case _:
            return status_words(status)


def count_words(count: Count) -> str:
    """``312``, ``1,000+``."""
    return format_number(count.number, current_language()) + ("+" if count.more else "")


def release_words(release: str) -> str:
    """``"2027-01"`` -> "January 2027"; "" for nothing or for a text that is no month."""
    lang = current_language()
    try:
        if len(release) == 10:
            return format_date(date.fromisoformat(release), lang)
        month = YearMonth.parse(release)
    except ValueError:
        return ""
    return format_month(month.year, month.month, lang)


class ClosedDays(NamedTuple):
    title: str
    weekdays: tuple[str, ...]
    weeks: tuple[tuple[CalendarDay, ...], ...]
    today: date


def closed_days(shop: ShopSnapshot, now: datetime | None = None) -> ClosedDays:
    """This month in the shop's time zone, weeks beginning on Sunday."""
    today = shop_date(now or utcnow(), shop.policies)
    return ClosedDays(
        format_month(today.year, today.month, current_language()),
        # One letter each, in this order, so that every language can shorten its own way.
        tuple(gettext("S M T W T F S").split(" ")),
        month_days(today.year, today.month, shop.policies),
        today,
    )
