"""How a price came about, line by line, for ``storefront pricing explain`` and for staff. English, for operators."""

from collections.abc import Iterable

from storefront.core.contracts.pricing import Quote, TraceStep
from storefront.core.values.money import format_major


def explain(quote: Quote) -> list[str]:
    """The trace of ``quote`` as lines of text, then its sums, then what is missing or wrong. Pure."""
    lines = explain_trace(quote.trace, quote.currency)
    lines.append(f"so far: {_amount(quote.so_far, quote.currency)}")
    for name, amount in (("total", quote.total), ("due", quote.due)):
        lines.append(f"{name}: {'not known' if amount is None else _amount(amount, quote.currency)}")
    lines += [f"unknown: {_filled(unknown.reason, unknown.params)}" for unknown in quote.unknowns]
    lines += [f"warning: {_filled(problem.message, problem.params)}" for problem in quote.warnings]
    if quote.invalid:
        lines.append("invalid: this price cannot be ordered")
    return lines


def explain_trace(trace: Iterable[TraceStep], currency: str) -> list[str]:
    """A trace alone (as an order keeps it) as lines: lane, source, the running amount before and after, the note."""
    return [
        f"{step.lane:<17} {step.source:<20} {_amount(step.before, currency):>16} -> "
        f"{_amount(step.after, currency):>16}  {step.note}".rstrip()
        for step in trace
    ]


def _amount(amount: int, currency: str) -> str:
    return f"{format_major(amount, currency)} {currency}"


def _filled(message: str, params: object) -> str:
    try:
        return message % params
    except (TypeError, ValueError, KeyError):
        # A plugin's sentence may not fit its parameters; an explanation must not fail on it.
        return message
