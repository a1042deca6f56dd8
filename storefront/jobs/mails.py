"""Sending what the shop owes by mail. The row's id is the Message-ID, so a mail that left twice is one to its reader."""

from urllib.parse import quote

from storefront.core.billing.models import Bill
from storefront.core.db import run_unit, session, utcnow
from storefront.core.lifecycle.view import order_view
from storefront.core.mail import records
from storefront.core.mail.kinds import PREFIX, topic_of
from storefront.core.mail.message import BadAddress, Mail, build
from storefront.core.mail.models import Outcome
from storefront.core.mail.opting_out import is_wanted, seal
from storefront.core.mail.transports import MailRefused
from storefront.core.orders.models import Order
from storefront.core.outbox.claiming import PermanentFailure
from storefront.core.settings.policies import in_language
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.jobs.mail_content import ORDER_MAILS, Rendered, Subject, render
from storefront.jobs.registry import job
from storefront.jobs.runtime import Runtime, Work


def send_order_mail(work: Work) -> None:
    """Render the mail from the order as it is now, in the order's language, and hand it to the transport."""
    subject = subject_of(work)
    session.rollback()  # no connection is held while the mail server is talked to
    texts = render(kind_of(work), subject, work.shop, work.runtime.templates, work.runtime.public_url)
    order = subject.order
    send(work, texts, order.locale, order.email, order.address.full_name)


def kind_of(work: Work) -> str:
    return work.row.name.removeprefix(PREFIX)


def send(
    work: Work, texts: Rendered, lang: str, recipient: str, recipient_name: str, unsubscribe_url: str = ""
) -> None:
    """Hand a mail to the transport, in the shop's name; a refused one is not tried again, one that its reader does not want
    (any more) does not leave. Either is noted in the mail log. Call with no transaction open."""
    wanted = is_wanted(recipient, topic_of(kind_of(work)))
    session.rollback()
    if not wanted:
        note_later(work, Outcome.UNWANTED, lang, recipient)
        return
    to = (recipient, recipient_name)
    mail = compose(work.row.id, texts, lang, to, work.shop, work.runtime, unsubscribe_url)
    try:
        work.runtime.transport.send(build(mail, utcnow()), work.row.id)
    except (BadAddress, MailRefused) as error:
        reason = str(error)
        run_unit(lambda: _note(work, Outcome.REFUSED, lang, recipient, reason))
        raise PermanentFailure(reason) from error
    note_later(work, Outcome.SENT, lang, recipient)


def note_later(work: Work, outcome: Outcome, lang: str = "", recipient: str = "") -> None:
    """What became of the mail is written in the unit that marks its job done."""
    work.afterwards.append(lambda: _note(work, outcome, lang, recipient))


def _note(work: Work, outcome: Outcome, lang: str, recipient: str, reason: str = "") -> None:
    row = work.row
    records.note(
        row.id, outcome, kind=kind_of(work), subject=row.subject, locale=lang, address=recipient, reason=reason
    )  # fmt: skip


def subject_of(work: Work) -> Subject:
    """Read what the row's ids name. Raises ``PermanentFailure`` when the order is gone."""
    args = work.row.args
    order = session.get(Order, args.get("order_id"))
    if order is None:
        raise PermanentFailure(f"The order of this mail (id {args.get('order_id')}) does not exist.")
    view = order_view(order, work.providers)
    shipment = next((s for s in view.shipments if s.id == args.get("shipment_id")), None)
    bill_row = session.get(Bill, args["bill_id"]) if "bill_id" in args else None
    bill = next((b for b in view.bills if bill_row and b.number == bill_row.number), None)
    return Subject(view, shipment, bill)


def compose(
    job_id: str,
    texts: Rendered,
    lang: str,
    to: tuple[str, str],
    shop: ShopSnapshot,
    runtime: Runtime,
    unsubscribe_url: str = "",
) -> Mail:
    """``to``: address and name."""
    own_address = str(shop.policy("shop.email"))
    names = shop.policy("shop.from_name") or shop.policy("shop.name")
    return Mail(
        job_id=job_id,
        host=runtime.public_host,
        lang=lang,
        sender=own_address or f"shop@{runtime.public_host or 'localhost'}",
        sender_name=in_language(names, lang),
        recipient=to[0],
        recipient_name=to[1],
        subject=texts.subject,
        text=texts.text,
        html=texts.html,
        reply_to=own_address,
        unsubscribe_url=unsubscribe_url,
    )


def unsubscribe_link(runtime: Runtime, lang: str, address: str, topic: str) -> str:
    """Where whoever reads mail at ``address`` is freed from ``topic``."""
    return f"{runtime.public_url}/{lang}/mail/unsubscribe/{quote(seal(runtime.mail_box, address, topic), safe='=')}"


for _kind in ORDER_MAILS:
    job(f"{PREFIX}{_kind}", "mail", outside=True)(send_order_mail)
