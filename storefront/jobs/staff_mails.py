"""Mails to the people who run the shop, in their own language."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from jinja2 import Environment

from storefront.core.db import session, utcnow
from storefront.core.i18n.translate import use_language
from storefront.core.outbox.claiming import PermanentFailure
from storefront.core.secrecy import SecretUnreadable
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.staff.models import Staff
from storefront.core.staff.service import INVITE_MAIL
from storefront.jobs.mail_content import Rendered, about_shop, render_parts
from storefront.jobs.mails import PREFIX, send
from storefront.jobs.registry import job
from storefront.jobs.runtime import Work

STAFF_MAILS = (INVITE_MAIL.removeprefix(PREFIX),)


@dataclass(frozen=True, slots=True)
class Invitation:
    name: str
    email: str
    locale: str
    secret: str
    until: datetime


@job(INVITE_MAIL, "mail", outside=True)
def send_invitation(work: Work) -> None:
    """The newest link of somebody who was invited. Accepted, closed or over meanwhile: there is nothing to say."""
    member = session.get(Staff, work.row.args.get("staff_id"))
    if member is None or member.closed_at or not member.invite_sealed or not member.invite_until:
        return
    if member.invite_until <= utcnow():
        return
    try:
        secret = work.runtime.staff_box.decrypt(member.invite_sealed)
    except SecretUnreadable as error:
        raise PermanentFailure("SECRET_KEY was changed since this invitation. Please invite again.") from error
    invitation = Invitation(member.name, member.email, member.locale, secret, member.invite_until)
    session.rollback()  # no connection is held while the mail server is talked to
    texts = render(STAFF_MAILS[0], invitation, work.shop, work.runtime.templates, work.runtime.public_url)
    send(work, texts, invitation.locale, invitation.email, invitation.name)


def render(kind: str, invitation: Invitation, shop: ShopSnapshot, templates: Environment, public_url: str) -> Rendered:
    """``kind``: one of ``STAFF_MAILS``. Pure."""
    with use_language(invitation.locale):
        values = {
            **about_shop(shop, invitation.locale),
            "name": invitation.name,
            "until": invitation.until,
            "invite_url": invite_url(public_url, invitation.secret),
        }
        return render_parts(kind, values, templates)


def invite_url(public_url: str, secret: str) -> str:
    return f"{public_url}/manage/invite/{quote(secret)}"


def sample(lang: str) -> Invitation:
    """An invented one, to look at the mail."""
    until = datetime(2026, 11, 29, 14, 59, tzinfo=UTC)
    return Invitation("田中 彩", "aya@example.com", lang, "a-secret-of-no-invitation", until)
