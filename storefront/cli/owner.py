"""``storefront owner``: the people who may do everything, from the machine the shop runs on."""

import sys

import click

from storefront.cli.opening import OpenShop, actor, open_shop
from storefront.core.db import run_unit, session
from storefront.core.staff import setup_code
from storefront.core.staff.errors import AlreadySetUp, UnknownMember
from storefront.core.staff.passwords import CheckedPassword, check_password
from storefront.core.staff.queries import find_owner, is_staffed
from storefront.core.staff.service import check_details, create_owner, rescue_owner
from storefront.core.values.language import LANGUAGES

ASKED_TWICE = "Password (12 characters or more; not shown)"


@click.group()
def owner() -> None:
    """The owner's account."""


@owner.command()
@click.option("--name", prompt="Name")
@click.option("--email", prompt="Mail address")
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the back office for them. Default: the shop's.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the standard input instead of asking.")
def create(name: str, email: str, language: str | None, password_stdin: bool) -> None:
    """Make the first owner. Refused when the shop has staff already."""
    with open_shop() as shop:
        if is_staffed():
            raise AlreadySetUp("This shop has an owner already. They invite others at /manage/staff.")
        session.rollback()
        details = check_details(name, email, language or str(shop.shop.policy("shop.default_language")))
        password = _password(password_stdin, shop, details.email, details.name)
        run_unit(lambda: create_owner(details, password, actor()))
        setup_code.remove(shop.settings.data_dir)
        click.echo(f"{details.name} can log in now: {shop.settings.public_url}/manage/login")


@owner.command()
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from the standard input instead of asking.")
def rescue(email: str, password_stdin: bool) -> None:
    """Let an owner in again who lost password or second factor: sets a new password, takes the second factor off, ends
    all their sessions."""
    with open_shop() as shop:
        member = find_owner(email)
        if member is None:
            raise UnknownMember("No owner has this mail address.")
        mail, name = member
        session.rollback()
        password = _password(password_stdin, shop, mail, name)
        run_unit(lambda: rescue_owner(mail, password, actor()))
        click.echo(f"{name} can log in with the new password: {shop.settings.public_url}/manage/login")


def _password(from_stdin: bool, shop: OpenShop, email: str, name: str) -> CheckedPassword:
    """Asked for twice without showing it, or the first line of the standard input."""
    if from_stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    else:
        typed = click.prompt(ASKED_TWICE, hide_input=True, confirmation_prompt="Once more")
    return check_password(typed, email, [name, *shop.shop.policy("shop.name").values()])
