"""Delivery and payment rows as the page shows them: what cannot be chosen stays visible, with the reason (CHK-5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from storefront.core.checkout.quote import CheckoutQuote
from storefront.core.i18n.translate import gettext as _
from storefront.core.pricing.methods import MethodChoice
from storefront.core.shipping.deliveries import DeliveryChoice
from storefront.shop.cart.page import LineNote
from storefront.shop.checkout.facts import about
from storefront.shop.checkout.visit import Visit
from storefront.shop.checkout.words import CORE, closed_words, delivery_reason, delivery_title, say


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """``price``: minor units, ``None`` when there is none to show. ``hint``: what it means, or why it cannot be chosen.
    ``under``: an extra of the row above it."""

    key: str
    title: str
    hint: str
    offered: bool
    chosen: bool
    price: int | None = None
    under: bool = False


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """``errors``: by group (delivery, method). ``obstacles``: why nothing can be sent there as it stands."""

    quoted: CheckoutQuote
    deliveries: tuple[ChoiceRow, ...]
    methods: tuple[ChoiceRow, ...]
    obstacles: tuple[LineNote, ...]
    notes: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def can_continue(self) -> bool:
        """A delivery and a method are there to be chosen."""
        quoted = self.quoted
        payable = quoted.free or any(row.offered for row in self.methods)
        return not self.obstacles and quoted.delivery is not None and quoted.quote.due is not None and payable


def delivery_page(visit: Visit, quoted: CheckoutQuote, errors: Mapping[str, str] | None = None) -> DeliveryPage:
    return DeliveryPage(
        quoted=quoted,
        deliveries=tuple(_delivery_row(choice, quoted) for choice in quoted.deliveries),
        methods=tuple(method_row(choice, quoted.method) for choice in quoted.methods),
        obstacles=_obstacles(quoted),
        notes=_lost_choices(visit, quoted),
        errors=errors or {},
    )


def _delivery_row(choice: DeliveryChoice, quoted: CheckoutQuote) -> ChoiceRow:
    chosen = quoted.delivery is not None and quoted.delivery.id == choice.id
    hint = about(choice) if choice.choosable else delivery_reason(choice)
    under = any(row.id == choice.variant_of for row in quoted.deliveries)
    return ChoiceRow(choice.id, delivery_title(choice), hint, choice.choosable, chosen, choice.price, under)


def method_row(choice: MethodChoice, chosen: MethodChoice | None) -> ChoiceRow:
    text = choice.hint if choice.offered else choice.reason
    hint = say(text, choice.params, CORE if choice.core_reason else choice.source) if text else ""
    is_chosen = chosen is not None and chosen.key == choice.key
    return ChoiceRow(choice.key, say(choice.title, source=choice.source), hint, choice.offered, is_chosen)


def _obstacles(quoted: CheckoutQuote) -> tuple[LineNote, ...]:
    found = [LineNote(words, True, lang) for words, lang in map(closed_words, quoted.closed)]
    if quoted.quote.invalid:
        found.append(
            LineNote(_("The price cannot be worked out just now. Nothing was ordered. Please try again soon."), True)
        )
    if not found and not any(choice.choosable for choice in quoted.deliveries):
        found.append(LineNote(_("None of our carriers can bring this order to your address."), True))
    return tuple(found)


def _lost_choices(visit: Visit, quoted: CheckoutQuote) -> tuple[str, ...]:
    """What was chosen before and can no longer be had is said, never swapped in silence."""
    notes = []
    before = visit.checkout
    offered = {choice.id for choice in quoted.deliveries if choice.choosable}
    if before.delivery and before.delivery not in offered:
        notes.append(_("The delivery you chose is not possible any more. Please choose again."))
    payable = {choice.key for choice in quoted.methods if choice.offered}
    if before.method and quoted.methods and before.method not in payable:
        notes.append(_("The payment method you chose is not possible any more. Please choose again."))
    return tuple(notes)
