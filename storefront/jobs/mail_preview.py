"""Any mail as it would leave now, with nothing sent: of an invented order, or of a real one."""

from collections.abc import Iterator

from storefront.core.contracts.providers import Providers
from storefront.core.lifecycle.view import OrderView, order_view
from storefront.core.mail.kinds import KINDS
from storefront.core.orders.errors import UnknownOrder
from storefront.core.orders.queries import find_order
from storefront.core.orders.service import NO_SUCH_ORDER
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.values.language import LANGUAGES
from storefront.jobs import mail_content, mail_sample, staff_mails
from storefront.jobs.mail_content import Rendered, Subject
from storefront.jobs.runtime import Runtime

ABOUT_PARCEL = ("order_shipped", "tracking_changed")


def preview(kind: str, lang: str, shop: ShopSnapshot, runtime: Runtime, subject: Subject | None = None) -> Rendered:
    """The mail ``kind`` in ``lang``, about ``subject`` or something invented. Pure. ``kind``: one of ``KINDS``."""
    templates, public_url = runtime.templates, runtime.public_url
    if not KINDS[kind].order:
        return staff_mails.render(staff_mails.sample(kind, lang, public_url), shop, templates, public_url)
    found = subject or mail_sample.sample(kind, lang)
    return mail_content.render(kind, found, shop, templates, public_url, lang)


def previews(shop: ShopSnapshot, runtime: Runtime) -> Iterator[tuple[str, str, Rendered]]:
    """Every kind in every language, of invented things."""
    for kind in KINDS:
        for lang in LANGUAGES:
            yield kind, lang, preview(kind, lang, shop, runtime)


def subject_of_order(number: str, kind: str, providers: Providers) -> Subject:
    """What a mail of ``kind`` about order ``number`` would show: its newest parcel that left, its newest paid bill. Raises
    ``UnknownOrder``."""
    order = find_order(number)
    if order is None:
        raise UnknownOrder(NO_SUCH_ORDER, number=number[:40])
    return _subject(order_view(order, providers), kind)


def _subject(view: OrderView, kind: str) -> Subject:
    shipment = view.shipments[-1] if kind in ABOUT_PARCEL and view.shipments else None
    settled = [bill for bill in view.bills if bill.state == "settled"]
    bills = settled or list(view.bills)
    return Subject(view, shipment, bills[-1] if kind == "payment_received" and bills else None)
