"""What the owner sets for bank transfer."""

from collections.abc import Mapping
from dataclasses import dataclass

from storefront.plugin import N_, PluginSettings, plugin_settings, setting


@dataclass(frozen=True, slots=True)
class BankTransferSettings:
    """``account``: per language, shown line by line. ``due_days``: told to payers of bills that have no deadline."""

    account: Mapping[str, str] = setting(
        {},
        label=N_("Account to pay into"),
        help=N_("Bank, branch, account number and holder, one line each, as the payer must enter them."),
        per_language=True,
    )
    due_days: int = setting(
        7,
        label=N_("Days to pay"),
        help=N_("Told to the payer when the bill itself has no deadline."),
        minimum=1,
        maximum=90,
    )


DECLARATION = PluginSettings(BankTransferSettings)

settings = plugin_settings("payments_bank_transfer", BankTransferSettings)
