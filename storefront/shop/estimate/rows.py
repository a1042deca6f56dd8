"""An estimate as it is shown: what can be had side by side, what cannot with its reasons, and what is not certain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storefront.core.i18n.translate import gettext as _
from storefront.core.shipping.deliveries import DeliveryChoice
from storefront.core.shipping.permission import Closed
from storefront.core.values.types import SaleStatus
from storefront.shop.cart.page import LineNote
from storefront.shop.checkout.facts import cover_words, days_words, note_words, parcels_words, signed_for
from storefront.shop.checkout.words import closed_words, delivery_reason, delivery_title

PRICE, SPEED = "price", "speed"
# Of these nobody knows yet what they will weigh or when they come.
NOT_HERE = frozenset({SaleStatus.PRE_ORDER, SaleStatus.PROVISIONAL, SaleStatus.TENTATIVE})


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """``price``: minor units of the shown currency. ``under``: a variant of the row above it."""

    key: str
    title: str
    price: int
    days: str
    tracked: bool
    signature: bool
    cover: str
    more: str
    under: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Item:
    """What is estimated for, as far as the words depend on it."""

    title: str
    status: SaleStatus
    weight: int | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """``country`` "": none is chosen. ``url``: its own address; ``back``, ``subject``: what it is about. ``closed``: why
    nothing of it, or not all, may go there. ``chooses``: with a choice of the country; the cart's page has its own."""

    country: str
    sort: str
    url: str
    back: str
    subject: str
    subject_lang: str = ""
    rows: tuple[EstimateRow, ...] = ()
    refused: tuple[Refusal, ...] = ()
    closed: tuple[LineNote, ...] = ()
    notes: tuple[str, ...] = ()
    chooses: bool = True


def rows_by(choices: Sequence[DeliveryChoice], sort: str) -> tuple[EstimateRow, ...]:
    """What can be chosen, the cheapest or the fastest first, each with its variants beneath it."""
    offered = [choice for choice in choices if choice.choosable]
    ids = {choice.id for choice in offered}
    heads = [choice for choice in offered if choice.variant_of not in ids]
    if sort == SPEED:
        heads.sort(
            key=lambda choice: (choice.days is None, choice.days[::-1] if choice.days else (), choice.price or 0)
        )
    return tuple(
        _row(choice, under=choice is not head)
        for head in heads
        for choice in (head, *(one for one in offered if one.variant_of == head.id))
    )


def _row(choice: DeliveryChoice, *, under: bool) -> EstimateRow:
    more = " ・ ".join(words for words in (parcels_words(choice), note_words(choice)) if words)
    return EstimateRow(
        key=choice.id,
        title=delivery_title(choice),
        price=choice.price or 0,
        days=days_words(choice),
        tracked=choice.tracked,
        signature=signed_for(choice),
        cover=cover_words(choice),
        more=more,
        under=under,
    )


def refusals(choices: Iterable[DeliveryChoice]) -> tuple[Refusal, ...]:
    return tuple(Refusal(delivery_title(one), delivery_reason(one)) for one in choices if not one.choosable)


def closed_notes(found: Iterable[Closed]) -> tuple[LineNote, ...]:
    return tuple(LineNote(words, True, lang) for words, lang in map(closed_words, found))


def uncertain(items: Iterable[Item]) -> tuple[str, ...]:
    """Why the sum may still change."""
    found = []
    goods = tuple(items)
    unweighed = ", ".join(dict.fromkeys(item.title for item in goods if item.weight is None))
    if unweighed:
        found.append(
            _("The weight of %(goods)s is not known yet; the postage is worked out after weighing.", goods=unweighed)
        )
    if any(item.status in NOT_HERE for item in goods):
        found.append(_("This is an estimate: for pre-order items the postage is fixed when they are invoiced."))
    return tuple(found)
