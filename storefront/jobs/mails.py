"""Sending what the shop owes by mail. The row's id is the Message-ID, so a mail that left twice is one to its reader."""

from storefront.core.billing.models import Bill
from storefront.core.db import session, utcnow
from storefront.core.lifecycle.view import order_view
from storefront.core.mail.message import BadAddress, Mail, build
from storefront.core.mail.transports import MailRefused
from storefront.core.orders.models import Order
from storefront.core.outbox.claiming import PermanentFailure
from storefront.core.settings.policies import in_language
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.jobs.mail_content import ORDER_MAILS, Rendered, Subject, render
from storefront.jobs.registry import job
from storefront.jobs.runtime import Runtime, Work

PREFIX = "mail."


def send_order_mail(work: Work) -> None:
    """Render the mail from the order as it is now, in the order's language, and hand it to the transport."""
    subject = subject_of(work)
    session.rollback()  # no connection is held while the mail server is talked to
    texts = render(
        work.row.name.removeprefix(PREFIX), subject, work.shop, work.runtime.templates, work.runtime.public_url
    )
    order = subject.order
    send(work, texts, order.locale, order.email, order.address.full_name)


def send(work: Work, texts: Rendered, lang: str, recipient: str, recipient_name: str) -> None:
    """Hand a mail to the transport, in the shop's name; a refused one is not tried again. Call with no transaction
    open."""
    mail = compose(work.row.id, texts, lang, (recipient, recipient_name), work.shop, work.runtime)
    try:
        work.runtime.transport.send(build(mail, utcnow()), work.row.id)
    except (BadAddress, MailRefused) as error:
        raise PermanentFailure(str(error)) from error


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


def compose(job_id: str, texts: Rendered, lang: str, to: tuple[str, str], shop: ShopSnapshot, runtime: Runtime) -> Mail:
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
    )


for _kind in ORDER_MAILS:
    job(f"{PREFIX}{_kind}", "mail", outside=True)(send_order_mail)
