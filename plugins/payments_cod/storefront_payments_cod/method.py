"""The payment method, and the fee that comes with it."""

from collections.abc import Sequence

from storefront.plugin import (
    N_,
    Accepted,
    Adjuster,
    Adjustment,
    AttemptView,
    Capabilities,
    Destination,
    Lane,
    MethodContext,
    Money,
    NotOffered,
    Offered,
    Outcome,
    PaymentMethod,
    PriceContext,
    Quote,
    in_currency,
)
from storefront_payments_cod.settings import settings

KEY = "payments_cod"
COUNTRY = "JP"
CURRENCY = "JPY"

ONLY_JAPAN = N_("Cash on delivery is only possible within Japan.")
TOO_MUCH = N_("Cash on delivery is only possible up to %(most)s yen.")
NO_HOTEL = N_("Cash on delivery is not possible to a hotel.")


class CashOnDelivery(PaymentMethod):
    """The courier collects yen at the door: accepted at once, nobody is asked."""

    key = KEY
    title = N_("Cash on delivery")
    capabilities = Capabilities(currencies=frozenset({CURRENCY}))

    def availability(self, context: MethodContext) -> Offered | NotOffered:
        reason, most = refusal(context.destination), settings().most
        if not reason and most and context.amount.currency == CURRENCY and context.amount.amount > most:
            return NotOffered(TOO_MUCH, {"most": most})
        return NotOffered(reason) if reason else Offered(N_("You pay the courier in cash at your door."))

    def begin(self, attempt: AttemptView) -> Outcome:
        return Accepted()

    def reconcile(self, attempt: AttemptView) -> Outcome:
        # There is nobody to ask: the truth is what staff enter when the courier has paid out.
        return self.begin(attempt)


class CodFee(Adjuster):
    """The owner's fee for collecting, once, while this method is chosen and possible."""

    key = f"{KEY}.fee"
    lane = Lane.FEE

    def adjust(self, quote: Quote, context: PriceContext) -> Sequence[Adjustment]:
        fee = settings().fee
        if context.method != KEY or fee == 0 or refusal(context.destination):
            return ()
        amount = in_currency(Money(fee, context.rate.base), context).amount
        return (Adjustment(key=self.key, amount=amount, label=N_("Cash on delivery fee"), kind="fee"),)


def refusal(destination: Destination | None) -> str:
    """Why nobody can collect there (English msgid), or ""."""
    if destination is None or destination.country != COUNTRY:
        return ONLY_JAPAN
    return NO_HOTEL if destination.is_hotel else ""
