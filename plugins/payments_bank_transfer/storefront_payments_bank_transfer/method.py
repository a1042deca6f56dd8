"""The payment method: it only tells where the money goes; that it came is entered by the shop's staff."""

from storefront.plugin import (
    FALLBACKS,
    N_,
    AttemptView,
    Instructions,
    MethodContext,
    NotOffered,
    Offered,
    Outcome,
    PaymentMethod,
    format_deadline,
    format_money,
    use_language,
)
from storefront_payments_bank_transfer import _
from storefront_payments_bank_transfer.settings import settings


class BankTransfer(PaymentMethod):
    """``Instructions`` at once: nobody is asked, nothing moves. Refunds are transfers the owner makes by hand."""

    key = "payments_bank_transfer"
    title = N_("Bank transfer")

    def availability(self, context: MethodContext) -> Offered | NotOffered:
        if not account_lines(context.lang):
            return NotOffered(N_("Bank transfer is not set up yet."))
        return Offered(N_("You get our account by mail. We send the goods when the money has arrived."))

    def begin(self, attempt: AttemptView) -> Outcome:
        return Instructions()

    def reconcile(self, attempt: AttemptView) -> Outcome:
        # There is nobody to ask: the truth is what staff enter when the money is on the account.
        return self.begin(attempt)

    def instructions(self, attempt: AttemptView, lang: str) -> tuple[str, ...]:
        amount = format_money(attempt.amount.amount, attempt.amount.currency, lang)
        with use_language(lang):
            lines = [
                *account_lines(lang),
                _("Amount: %(amount)s", amount=amount),
                _("Message to the recipient: %(number)s", number=attempt.order_number or attempt.bill_number),
            ]
            if attempt.due_at is not None:
                lines.append(_("Please pay by %(deadline)s.", deadline=format_deadline(attempt.due_at, lang)))
            else:
                days = settings().due_days
                lines.append(_.ngettext("Please pay within %(n)s day.", "Please pay within %(n)s days.", days))
        return tuple(lines)


def account_lines(lang: str) -> tuple[str, ...]:
    """The owner's account text in ``lang``, else in the language nearest to it; empty when there is none at all."""
    texts = settings().account
    text = next((texts[tag] for tag in FALLBACKS[lang] if texts.get(tag, "").strip()), "")
    return tuple(line.strip() for line in text.splitlines() if line.strip())
