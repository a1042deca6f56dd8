"""Bank transfer: the contract of payment methods, and what the payer is told."""

from datetime import UTC, datetime

import pytest
from storefront_payments_bank_transfer import plugin
from storefront_payments_bank_transfer.method import BankTransfer
from storefront_payments_bank_transfer.plugin import storefront_checks
from storefront_payments_bank_transfer.settings import DECLARATION, BankTransferSettings

from storefront.plugin import Instructions, MethodContext, Money, NotOffered, Offered
from storefront.testing.contracts import PaymentMethodContract, ShopContract, WholePluginContract, attempt
from storefront.testing.plugins import settings_bound, settings_from

NAME = "payments_bank_transfer"
BOTH = BankTransferSettings(account={"en": "Example Bank\n\nAccount 0000000\n", "ja": "見本銀行\n普通 0000000"})
ASKED = MethodContext(amount=Money(1500, "JPY"), lang="ja", now=datetime(2026, 11, 20, tzinfo=UTC))


class TestContract(PaymentMethodContract):
    plugin = NAME
    settings = BOTH

    def make(self) -> BankTransfer:
        return BankTransfer()


class TestPlugin(WholePluginContract):
    module = plugin
    stored = {"account_en": "Example Bank 0000000"}


class TestInAShop(ShopContract):
    module = plugin
    stored = {"account_en": "Example Bank 0000000"}
    method = NAME


@pytest.mark.req("PAY-2")
def test_payer_is_told_account_amount_order_number_and_deadline() -> None:
    with settings_bound({NAME: BOTH}, "Asia/Tokyo"):
        lines = BankTransfer().instructions(attempt(), "en")
    assert lines[:2] == ("Example Bank", "Account 0000000")
    assert lines[2] == "Amount: ¥1,500"
    assert lines[3] == "Message to the recipient: 26-0001"
    assert "29 November" in lines[4] and "23:59" in lines[4]


def test_bill_without_a_deadline_tells_the_days() -> None:
    with settings_bound({NAME: BankTransferSettings(account={"en": "Bank"}, due_days=1)}):
        assert BankTransfer().instructions(attempt(due_at=None), "en")[-1] == "Please pay within 1 day."
    with settings_bound({NAME: BankTransferSettings(account={"en": "Bank"}, due_days=3)}):
        assert BankTransfer().instructions(attempt(due_at=None), "en")[-1] == "Please pay within 3 days."


def test_bill_without_an_order_quotes_the_bill() -> None:
    with settings_bound({NAME: BOTH}):
        assert any("26-0001-1" in line for line in BankTransfer().instructions(attempt(order_number=""), "en"))


def test_account_in_the_payers_language_or_the_nearest_one() -> None:
    with settings_bound({NAME: BOTH}):
        assert BankTransfer().instructions(attempt(), "ja")[0] == "見本銀行"
        assert BankTransfer().instructions(attempt(), "zh-hant")[0] == "見本銀行"


def test_goods_wait_for_the_money() -> None:
    assert isinstance(BankTransfer().begin(attempt()), Instructions)


def test_without_an_account_it_is_neither_offered_nor_enabled() -> None:
    blank = BankTransferSettings(account={"en": " \n"})
    with settings_bound({NAME: blank}):
        assert isinstance(BankTransfer().availability(ASKED), NotOffered)
    assert [problem.code for problem in storefront_checks(blank)] == ["account_missing"]


def test_with_an_account_it_is_offered_and_passes_its_checks() -> None:
    with settings_bound({NAME: BOTH}):
        assert isinstance(BankTransfer().availability(ASKED), Offered)
    assert storefront_checks(BOTH) == []


def test_settings_are_read_by_the_names_profiles_use() -> None:
    stored = {"account_en": "Bank", "account_zh_hans": "示例银行", "due_days": 5}
    settings = settings_from(DECLARATION, stored)
    assert dict(settings.account) == {"en": "Bank", "zh-hans": "示例银行"}
    assert settings.due_days == 5
