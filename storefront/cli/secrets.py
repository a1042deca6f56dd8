"""``storefront secrets``: what is kept encrypted."""

import click
from sqlalchemy import select

from storefront.cli.opening import actor, open_shop
from storefront.core.audit.service import record
from storefront.core.db import run_unit, session
from storefront.core.secrecy import STAFF, SecretBox, SecretUnreadable
from storefront.core.settings.models import PluginState
from storefront.core.settings.service import touch
from storefront.core.staff.models import Staff
from storefront.plugin_host.settings import sealed_again


@click.group()
def secrets() -> None:
    """What is kept encrypted: keys of plugins, second factors of the staff."""


@secrets.command()
def reencrypt() -> None:
    """Encrypt everything anew with today's SECRET_KEY. After that SECRET_KEY_FALLBACKS can go. Can be repeated."""
    with open_shop() as shop:
        staff_box = SecretBox(shop.settings.secret_key, shop.settings.secret_key_fallbacks, STAFF)
        done, lost = run_unit(lambda: encrypt_again(shop.host.box, staff_box))
        click.echo(f"{done} secret(s) are encrypted with today's SECRET_KEY.")
        for what in lost:
            click.echo(f"{what} cannot be read with any of the keys. Enter it again.", err=True)
        if lost:
            raise click.ClickException(f"{len(lost)} secret(s) were left as they were.")


def encrypt_again(box: SecretBox, staff_box: SecretBox) -> tuple[int, list[str]]:
    """Inside a unit: how many were encrypted anew, and what could not be read."""
    done, lost = 0, []
    for state in session.scalars(select(PluginState).order_by(PluginState.name).with_for_update()):
        kept = dict(state.settings)
        for name, value in kept.items():
            try:
                again = sealed_again({name: value}, box)[name]
            except SecretUnreadable:
                lost.append(f"{name} of the plugin {state.name}")
                continue
            done += again != value
            kept[name] = again
        state.settings = kept
    for member in session.scalars(select(Staff).order_by(Staff.id).with_for_update()):
        for column in ("totp_secret", "invite_sealed"):
            sealed = getattr(member, column)
            if not sealed:
                continue
            try:
                setattr(member, column, staff_box.again(sealed))
                done += 1
            except SecretUnreadable:
                lost.append(f"{column} of the staff member {member.id}")
    record(actor(), "settings.reencrypt", ("secrets", ""), secrets=done, unreadable=len(lost))
    touch()
    return done, lost
