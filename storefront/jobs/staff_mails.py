"""Mails to the people who run the shop, in their own language."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from jinja2 import Environment

from storefront.core.db import session, utcnow
from storefront.core.desk.today import Waiting
from storefront.core.desk.urgent import WAITING_KINDS, urgent
from storefront.core.i18n.formats import format_date
from storefront.core.i18n.translate import gettext, use_language
from storefront.core.mail.kinds import PREFIX, topic_of
from storefront.core.mail.models import Outcome
from storefront.core.mail.opting_out import unwanted
from storefront.core.mail.promising import fold_address, promise
from storefront.core.outbox.claiming import PermanentFailure
from storefront.core.secrecy import SecretUnreadable
from storefront.core.settings.calendar import shop_date
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.staff.models import Staff
from storefront.core.staff.queries import told_daily
from storefront.core.staff.service import INVITE_MAIL
from storefront.core.values.money import Money
from storefront.jobs.mail_content import Rendered, about_shop, render_parts
from storefront.jobs.mails import note_later, send, unsubscribe_link
from storefront.jobs.registry import job
from storefront.jobs.runtime import Work

DIGEST = "staff_digest"
STAFF_MAILS = (INVITE_MAIL, DIGEST)


@dataclass(frozen=True, slots=True)
class Invitation:
    name: str
    email: str
    locale: str
    secret: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Digest:
    """The daily notice: what needs the member, oldest first, and the link that ends such notices."""

    name: str
    email: str
    locale: str
    waiting: tuple[Waiting, ...]
    unsubscribe_url: str


@job(f"{PREFIX}{INVITE_MAIL}", "mail", outside=True)
def send_invitation(work: Work) -> None:
    """The newest link of somebody who was invited. Accepted, closed or over meanwhile: there is nothing to say."""
    member = session.get(Staff, work.row.args.get("staff_id"))
    now = utcnow()
    if member is None or member.closed_at or not member.invite_sealed or not (member.invite_until or now) > now:
        note_later(work, Outcome.MOOT)
        return
    try:
        secret = work.runtime.staff_box.decrypt(member.invite_sealed)
    except SecretUnreadable as error:
        raise PermanentFailure("SECRET_KEY was changed since this invitation. Please invite again.") from error
    invitation = Invitation(member.name, member.email, member.locale, secret, member.invite_until or now)
    session.rollback()  # no connection is held while the mail server is talked to
    texts = render(invitation, work.shop, work.runtime.templates, work.runtime.public_url)
    send(work, texts, invitation.locale, invitation.email, invitation.name)


@job("staff.digest", "critical")
def promise_digests(work: Work) -> None:
    """Each morning: one notice to everybody who is responsible, wants it, and has something waiting."""
    now, shop = utcnow(), work.shop
    day = shop_date(now, shop.policies)
    members = told_daily()
    waiting = {role: _urgent(role, shop, now) for role in {member.role for member in members}}
    freed = unwanted(topic_of(DIGEST), [member.email for member in members])
    for member in members:
        if fold_address(member.email) not in freed and waiting[member.role]:
            promise(
                DIGEST, member.email, subject=f"staff:{member.id}", locale=member.locale,
                dedupe_key=f"{PREFIX}{DIGEST}:{member.id}:{day.isoformat()}", staff_id=member.id,
            )  # fmt: skip


@job(f"{PREFIX}{DIGEST}", "mail", outside=True)
def send_digest(work: Work) -> None:
    """What waits by now; when all of it was done meanwhile, nothing is said."""
    member = session.get(Staff, work.row.args.get("staff_id"))
    waiting = _urgent(member.role, work.shop, utcnow()) if member is not None and not member.closed_at else ()
    if member is None or not waiting:
        note_later(work, Outcome.MOOT)
        return
    link = unsubscribe_link(work.runtime, member.locale, member.email, topic_of(DIGEST))
    digest = Digest(member.name, member.email, member.locale, waiting, link)
    session.rollback()
    texts = render(digest, work.shop, work.runtime.templates, work.runtime.public_url)
    send(work, texts, digest.locale, digest.email, digest.name, digest.unsubscribe_url)


def _urgent(role: str, shop: ShopSnapshot, now: datetime) -> tuple[Waiting, ...]:
    return urgent(role, now, low=int(shop.policy("stock.low")), zone=str(shop.policy("shop.time_zone")))


def render(about: Invitation | Digest, shop: ShopSnapshot, templates: Environment, public_url: str) -> Rendered:
    """The texts of a mail to a member, in their language. Pure."""
    with use_language(about.locale):
        values: dict[str, Any] = {**about_shop(shop, about.locale), "name": about.name}
        if isinstance(about, Invitation):
            values |= {"until": about.until, "invite_url": invite_url(public_url, about.secret)}
            return render_parts(INVITE_MAIL, values, templates)
        rows = [_row(waiting, shop, about.locale) for waiting in about.waiting]
        values |= {"rows": rows, "today_url": f"{public_url}/manage/", "unsubscribe_url": about.unsubscribe_url}
        return render_parts(DIGEST, values, templates)


@dataclass(frozen=True, slots=True)
class DigestRow:
    title: str
    count: str
    since: str
    sums: tuple[Money, ...]


def _row(waiting: Waiting, shop: ShopSnapshot, lang: str) -> DigestRow:
    count = gettext("more than %(count)s", count=waiting.count) if waiting.capped else str(waiting.count)
    day = format_date(shop_date(waiting.since, shop.policies), lang)
    deadline = waiting.kind == "deadline"
    since = gettext("the first on %(day)s", day=day) if deadline else gettext("since %(day)s", day=day)
    return DigestRow(gettext(WAITING_KINDS[waiting.kind].title), count, since, waiting.sums)


def invite_url(public_url: str, secret: str) -> str:
    return f"{public_url}/manage/invite/{quote(secret)}"


NAME, ADDRESS = "田中 彩", "aya@example.com"
MORNING = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)


def sample(kind: str, lang: str, public_url: str) -> Invitation | Digest:
    """An invented one, to look at the mail."""
    if kind == INVITE_MAIL:
        until = datetime(2026, 11, 29, 14, 59, tzinfo=UTC)
        return Invitation(NAME, ADDRESS, lang, "a-secret-of-no-invitation", until)
    waiting = (
        Waiting("jobs", MORNING - timedelta(days=3), 2),
        Waiting("refund", MORNING - timedelta(days=1), 1, sums=(Money(4906, "JPY"),)),
        Waiting("deadline", MORNING + timedelta(days=1), 3, sums=(Money(14718, "JPY"),)),
    )
    return Digest(NAME, ADDRESS, lang, waiting, f"{public_url}/{lang}/mail/unsubscribe/a-token-of-nobody")
