"""Which payment methods can be chosen for a price, and why the others cannot (CHK-5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from storefront.core.contracts.payments import MethodContext, NotOffered, Offered, PaymentMethod
from storefront.core.contracts.pricing import PriceContext, Quote
from storefront.core.contracts.providers import Registered
from storefront.core.i18n.translate import N_
from storefront.core.values.money import Money

UNAVAILABLE = N_("This payment method is temporarily unavailable. Please choose another one.")
WRONG_CURRENCY = N_("This payment method does not take %(currency)s.")


@dataclass(frozen=True, slots=True)
class MethodChoice:
    """One row of the payment step. ``title``, ``hint`` and ``reason`` are English msgids in the domain of ``source``
    (core's when ``core_reason``); ``params`` belong to the hint of an offered method, else to the reason."""

    key: str
    source: str
    title: str
    offered: bool
    hint: str = ""
    reason: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    core_reason: bool = False


def method_choices(
    quote: Quote, context: PriceContext, methods: Mapping[str, Registered[PaymentMethod]]
) -> tuple[MethodChoice, ...]:
    """The payment methods by key, each offered or shown with the reason why not. Pure.

    Judged on the total before fees and tenders: neither the fee of the method in hand nor points change what is
    offered. Empty when nothing is left to pay: the core settles that without a method."""
    if quote.due == 0:
        return ()
    asked = MethodContext(
        amount=Money(quote.before_fees, quote.currency),
        lang=context.lang,
        now=context.now,
        destination=context.destination,
        carrier=context.carrier,
        customer=context.customer,
        restrictions=frozenset().union(*(line.restrictions for line in quote.basket.lines)),
    )
    return tuple(_choice(key, methods[key], asked) for key in sorted(methods))


def find_method(choices: Iterable[MethodChoice], key: str) -> MethodChoice | None:
    """The offered method ``key``; ``None`` when there is none or it cannot be chosen."""
    return next((choice for choice in choices if choice.key == key and choice.offered), None)


def _choice(key: str, registered: Registered[PaymentMethod], asked: MethodContext) -> MethodChoice:
    source = registered.source
    title = key
    try:
        method = registered.value
        title = str(method.title)
        taken = method.capabilities.currencies
        if taken and asked.amount.currency not in taken:
            params = {"currency": asked.amount.currency}
            return MethodChoice(key, source, title, False, "", WRONG_CURRENCY, params, core_reason=True)
    except Exception as error:  # plugin code: attributes may be properties that raise
        registered.blame("capabilities", error)
        return _unavailable(key, source, title)
    try:
        answer: object = registered.ask("availability", asked)
    except Exception:  # plugin code: whatever it raises is noted and stays here
        return _unavailable(key, source, title)
    try:
        if isinstance(answer, Offered):
            return MethodChoice(key, source, title, True, answer.hint, "", dict(answer.params))
        if isinstance(answer, NotOffered):
            return MethodChoice(key, source, title, False, "", answer.reason, dict(answer.params))
        raise TypeError(f"expected Offered or NotOffered, got {type(answer).__name__}")
    except Exception as error:
        registered.blame("availability", error)
    return _unavailable(key, source, title)


def _unavailable(key: str, source: str, title: str) -> MethodChoice:
    return MethodChoice(key, source, title, False, "", UNAVAILABLE, core_reason=True)
