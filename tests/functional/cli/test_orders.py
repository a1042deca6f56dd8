"""What the owner does with orders at the terminal, on a real database."""

import email
import email.policy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storefront.core.audit.models import AuditEntry
from storefront.core.db import session, unit_of_work
from storefront.core.payments.models import RefundTask
from storefront.testing.factories import make_product
from storefront.testing.world import TOKYO, Shopper, make_world

Cli = Callable[..., Any]


@pytest.fixture
def number(db: object) -> str:
    """An order of three pieces by bank transfer to Japan: 3 x 1,000 + 500 postage."""
    with unit_of_work():
        make_product(name="Matcha", code="TEA", price=1000, on_hand=10)
    return Shopper(make_world()).buys("TEA-1", 3, address=TOKYO).number


def shown(cli: Cli, number: str) -> dict[str, Any]:
    return json.loads(cli("orders", "show", number, "--json").stdout)


def test_an_order_is_listed_and_shown(cli: Cli, number: str) -> None:
    listed = json.loads(cli("orders", "list", "--json").stdout)
    assert [(row["number"], row["state"], row["total"], row["currency"]) for row in listed] == [
        (number, "pending", 3500, "JPY")
    ]
    assert number in cli("orders", "list").stdout
    text = cli("orders", "show", number).stdout
    assert "3 x Matcha" in text and "3500 JPY" in text and "awaiting_payment" in text
    assert cli("orders", "list", "--state", "shipped").stdout == "There are no such orders.\n"


@pytest.mark.req("PAY-6")
def test_what_really_arrived_is_entered_and_the_rest_stays_open(cli: Cli, number: str) -> None:
    assert "Still to come: 500 JPY." in cli("orders", "pay", number, "--amount", "3000", "--reference", "T1").stdout
    assert shown(cli, number)["state"] == "pending"
    assert "The bill is settled." in cli("orders", "pay", number, "--amount", "500", "--reference", "T2").stdout
    assert shown(cli, number)["state"] == "processing"


@pytest.mark.req("PAY-6")
def test_more_than_was_due_makes_a_refund_task(cli: Cli, number: str) -> None:
    assert "To be sent back: 100 JPY." in cli("orders", "pay", number, "--amount", "3600").stdout
    assert session.scalars(select(RefundTask.amount)).all() == [100]


def test_the_same_reference_is_not_entered_twice(cli: Cli, number: str) -> None:
    cli("orders", "pay", number, "--amount", "1000", "--reference", "T1")
    refused = cli("orders", "pay", number, "--amount", "1000", "--reference", "T1", code=1)
    assert "was entered before" in refused.stderr and refused.stdout == ""
    assert shown(cli, number)["bills"][0]["rest"] == 2500


@pytest.mark.parametrize("amount", ["12.50", "1e3", "1_000", "", "abc", "0", "-5", "１０００"])
def test_an_amount_that_is_none_is_a_sentence_and_nothing_is_entered(cli: Cli, number: str, amount: str) -> None:
    refused = cli("orders", "pay", number, f"--amount={amount}", code=1)
    assert "Nothing was entered." in refused.stderr
    assert shown(cli, number)["bills"][0]["rest"] == 3500


def test_a_paid_order_is_shipped_and_the_mail_leaves(cli: Cli, number: str, data_dir: Path) -> None:
    cli("orders", "pay", number, "--amount", "3500")
    text = cli("orders", "ship", number, "--weight", "650", "--tracking", "EN123456789JP").stdout
    assert "EN123456789JP" in text and "650 g" in text
    assert shown(cli, number)["state"] == "shipped"
    cli("tick")
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in (data_dir / "mail").glob("*.eml")
    ]
    subjects = sorted(mail["Subject"] for mail in mails)
    assert subjects == [
        f"Order {number} has left the shop",
        f"Order {number} received",
        f"Payment for order {number} received",
    ]
    assert all("sato@example.com" in mail["To"] for mail in mails)


@pytest.mark.req("SHP-8")
def test_a_part_is_shipped_and_then_the_rest(cli: Cli, number: str) -> None:
    cli("orders", "pay", number, "--amount", "3500")
    cli("orders", "ship", number, "--line", "1:2")
    order = shown(cli, number)
    assert order["state"] == "processing"
    assert [line[2] for line in order["shipments"][0]["lines"]] == [2]
    cli("orders", "ship", number, "--line", "1")
    assert shown(cli, number)["state"] == "shipped"


def test_an_unpaid_order_is_not_shipped_and_nothing_is_packed(cli: Cli, number: str) -> None:
    assert "not paid yet" in cli("orders", "ship", number, code=1).stderr
    assert shown(cli, number)["shipments"] == []


def test_more_pieces_than_there_are_cannot_be_packed(cli: Cli, number: str) -> None:
    cli("orders", "pay", number, "--amount", "3500")
    assert "no 4 pieces left" in cli("orders", "ship", number, "--line", "1:4", code=1).stderr
    assert "is not understood" in cli("orders", "ship", number, "--line", "one", code=1).stderr
    assert shown(cli, number)["shipments"] == []


@pytest.mark.req("ORD-5")
def test_an_order_is_cancelled_with_a_reason_and_the_act_is_on_record(cli: Cli, number: str) -> None:
    cli("orders", "cancel", number, "--reason", "asked by phone", "--because", "shopper")
    order = shown(cli, number)
    assert (order["state"], order["cancel_reason"]) == ("cancelled", "shopper")
    again = cli("orders", "cancel", number, code=1)
    assert "Nothing was changed." in again.stderr
    session.rollback()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "order.cancel")).one()
    assert entry.actor.startswith("cli") and entry.reason == "asked by phone"


def test_pieces_of_a_line_are_cancelled_and_the_bill_follows(cli: Cli, number: str) -> None:
    cli("orders", "cancel", number, "--line", "1:1", "--reason", "broken")
    order = shown(cli, number)
    assert (order["state"], order["lines"][0]["quantity"], order["total"]) == ("pending", 2, 2500)


@pytest.mark.parametrize(
    "command", [("show",), ("pay", "--amount", "1"), ("ship",), ("cancel",), ("ship", "--line", "1")]
)
def test_an_order_that_does_not_exist_is_a_sentence(cli: Cli, db: object, command: tuple[str, ...]) -> None:
    refused = cli("orders", *command, "NO-SUCH", code=1)
    assert refused.stderr == "Error: There is no order NO-SUCH.\n"


def test_how_a_price_came_about_is_explained(cli: Cli, number: str) -> None:
    text = cli("pricing", "explain", number).stdout
    assert "total: 3500 JPY" in text and "SHIPPING" in text


def test_a_mail_is_previewed_for_a_real_order_and_for_none(cli: Cli, number: str) -> None:
    assert number in cli("mail", "preview", "order_accepted", "--order", number).stdout
    assert '<html lang="zh-Hant">' in cli("mail", "preview", "order_shipped", "--lang", "zh-hant", "--html").stdout


def refunds(cli: Cli, *arguments: str) -> list[tuple[str, int, str]]:
    rows = json.loads(cli("orders", "refund", *arguments, "--json").stdout)
    return [(row["state"], row["amount"], row["reference"]) for row in rows]


@pytest.mark.req("PAY-5")
def test_money_is_given_back_by_line_postage_amount_and_what_is_left(cli: Cli, number: str) -> None:
    assert "not paid" in cli("orders", "refund", number, code=1).stderr
    cli("orders", "pay", number, "--amount", "3500")
    assert refunds(cli, number, "--line", "1:1", "--reference", "B1") == [("done", 1000, "B1")]
    assert refunds(cli, number, "--shipping", "--amount", "200", "--reason", "late") == [("requested", 200, "")]
    text = cli("orders", "refund", number, "--line", "1", "--reference", "B2").stdout
    assert text == "Sent back: 2000 JPY.\n"
    assert "To be sent by hand" in cli("orders", "refund", number).stdout
    assert "left to give back" in cli("orders", "refund", number, code=1).stderr
    for wrong in (("--line", "x"), ("--amount", "abc"), ("--bill", "nothing"), ("--owed", "--shipping")):
        assert cli("orders", "refund", number, *wrong, code=1).stdout == ""


@pytest.mark.req("PAY-5", "PAY-6")
def test_what_is_owed_goes_back_whatever_the_reason(cli: Cli, number: str) -> None:
    assert "Nothing" in cli("orders", "refund", number, "--owed", code=1).stderr
    cli("orders", "pay", number, "--amount", "3600")
    cli("orders", "cancel", number)
    assert sorted(refunds(cli, number, "--owed", "--reference", "B1")) == [("done", 100, "B1"), ("done", 3500, "B1")]
    assert session.scalars(select(RefundTask.state)).all() == ["done", "done"]
