"""The one door for plugins: ``from storefront.plugin import ...``. Anything else in ``storefront`` is private.

What stands here is versioned by ``API_VERSION``; ``docs/plugins.md`` explains it. Tests of plugins may also use
``storefront.testing``.
"""

from storefront.core.contracts.currency import in_currency as _in_currency
from storefront.core.contracts.hookspecs import hookimpl
from storefront.core.contracts.manage import (
    ActRefused,
    Ask,
    BadValue,
    BulkAct,
    Column,
    Field,
    Filter,
    FormRefused,
    FormSpec,
    Found,
    Kind,
    ListSource,
    ListSpec,
    ManagePage,
    Section,
    Show,
    Trial,
)
from storefront.core.contracts.meta import API_VERSION, PluginMeta
from storefront.core.contracts.pages import CspSource, GoTo, Page
from storefront.core.contracts.payments import (
    Accepted,
    Approved,
    AttemptView,
    Capabilities,
    Captured,
    Declined,
    Fact,
    Instructions,
    MethodContext,
    NotOffered,
    Offered,
    Outcome,
    PaymentMethod,
    Pending,
    RawWebhook,
    Redirect,
    Refunded,
    RefundView,
    Unavailable,
    Voided,
    WebhookRefused,
)
from storefront.core.contracts.plugin_settings import BadSetting, PluginSettings, setting
from storefront.core.contracts.pricing import (
    Adjuster,
    Adjustment,
    Applied,
    Basket,
    BasketLine,
    CurrencyRate,
    Lane,
    PriceContext,
    Quote,
    ReservationRefused,
)
from storefront.core.contracts.shipping import (
    NotServed,
    Parcel,
    ParcelLimits,
    ShippingCarrier,
    ShippingQuote,
    ShippingRequest,
    Speed,
)
from storefront.core.contracts.slots import (
    AdminOrderPanels,
    CardBadges,
    CartLineAfter,
    CartSummary,
    CheckoutDiscounts,
    CheckoutPayment,
    FooterLinks,
    Fragment,
    HeaderIcons,
    Lazy,
    OrderPanels,
    Placement,
    ProductActions,
    ProductAfter,
    Slot,
)
from storefront.core.i18n.formats import country_name, format_date, format_money, format_weight
from storefront.core.i18n.translate import N_, current_language, use_language
from storefront.core.i18n.translate import domain_gettext as plugin_gettext
from storefront.core.paging import QuerySource, RowsSource
from storefront.core.values.language import FALLBACKS, LANGUAGES
from storefront.core.values.money import BadAmount, CurrencyMismatch, Money
from storefront.core.values.types import (
    CustomerView,
    Destination,
    Dimensions,
    LineKind,
    Problem,
    Restriction,
    Unknown,
    YearMonth,
)
from storefront.plugin_host.binding import base_currency, change_settings, format_deadline, plugin_settings
from storefront.plugin_host.routes import PluginBlueprint

__all__ = [
    "API_VERSION",
    "FALLBACKS",
    "LANGUAGES",
    "N_",
    "Accepted",
    "ActRefused",
    "Adjuster",
    "Adjustment",
    "AdminOrderPanels",
    "Applied",
    "Approved",
    "Ask",
    "AttemptView",
    "BadAmount",
    "BadSetting",
    "BadValue",
    "Basket",
    "BasketLine",
    "BulkAct",
    "Capabilities",
    "Captured",
    "CardBadges",
    "CartLineAfter",
    "CartSummary",
    "CheckoutDiscounts",
    "CheckoutPayment",
    "Column",
    "CspSource",
    "CurrencyMismatch",
    "CurrencyRate",
    "CustomerView",
    "Declined",
    "Destination",
    "Dimensions",
    "Fact",
    "Field",
    "Filter",
    "FooterLinks",
    "FormRefused",
    "FormSpec",
    "Found",
    "GoTo",
    "Fragment",
    "HeaderIcons",
    "Instructions",
    "Kind",
    "Lane",
    "Lazy",
    "LineKind",
    "ListSource",
    "ListSpec",
    "ManagePage",
    "MethodContext",
    "Money",
    "NotOffered",
    "NotServed",
    "Offered",
    "OrderPanels",
    "Outcome",
    "Page",
    "Parcel",
    "ParcelLimits",
    "PaymentMethod",
    "Pending",
    "PluginBlueprint",
    "Placement",
    "PluginMeta",
    "PluginSettings",
    "PriceContext",
    "Problem",
    "ProductActions",
    "ProductAfter",
    "QuerySource",
    "Quote",
    "RawWebhook",
    "Redirect",
    "RefundView",
    "Refunded",
    "ReservationRefused",
    "Restriction",
    "RowsSource",
    "Section",
    "ShippingCarrier",
    "ShippingQuote",
    "ShippingRequest",
    "Speed",
    "Show",
    "Slot",
    "Trial",
    "Unavailable",
    "Unknown",
    "Voided",
    "WebhookRefused",
    "YearMonth",
    "base_currency",
    "change_settings",
    "country_name",
    "current_language",
    "format_date",
    "format_deadline",
    "format_money",
    "format_weight",
    "hookimpl",
    "in_currency",
    "plugin_gettext",
    "plugin_settings",
    "setting",
    "use_language",
]


def in_currency(money: Money, context: PriceContext) -> Money:
    """``money`` in the shop's base currency as the shopper pays it: converted by the owner's rate and rounded up to the
    currency's step, as every price is. Money that is in the context's currency already stays as it is. Pure. Raises
    ``CurrencyMismatch`` for any other currency: the shop keeps no rates between foreign currencies."""
    rate = context.rate
    if money.currency == rate.currency:
        return money
    if money.currency != rate.base:
        raise CurrencyMismatch(f"{money.currency} is not the base currency {rate.base}")
    return Money(_in_currency(money.amount, rate), rate.currency)
