"""Wiring of the plugin."""

from collections.abc import Sequence

from storefront.plugin import LANGUAGES, N_, PaymentMethod, PluginMeta, PluginSettings, Problem, hookimpl
from storefront_payments_bank_transfer import __version__
from storefront_payments_bank_transfer.method import BankTransfer
from storefront_payments_bank_transfer.settings import DECLARATION, BankTransferSettings

META = PluginMeta(
    name="payments_bank_transfer",
    title=N_("Bank transfer"),
    version=__version__,
    description=N_("Shows your account and waits until you enter the money that arrived."),
)

NO_ACCOUNT = N_("There is no account to pay into. Set the account text in at least one language, such as account_en.")


@hookimpl
def storefront_payment_methods() -> Sequence[PaymentMethod]:
    return [BankTransfer()]


@hookimpl
def storefront_settings() -> PluginSettings:
    return DECLARATION


@hookimpl
def storefront_checks(settings: BankTransferSettings) -> Sequence[Problem]:
    if any(settings.account.get(lang, "").strip() for lang in LANGUAGES):
        return []
    return [Problem(NO_ACCOUNT, field_name="account_en", code="account_missing")]
