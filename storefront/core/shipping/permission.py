"""What may not be sent where (CHK-4): the owner's closed destinations, and goods that never leave the country."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from storefront.core.contracts.pricing import Basket, BasketLine
from storefront.core.i18n.translate import N_
from storefront.core.settings.snapshot import ClosedRule
from storefront.core.shipping.parcels import goods_lines
from storefront.core.values.language import FALLBACKS, LANGUAGES
from storefront.core.values.types import Destination, Problem, Restriction

HOME = "JP"

COUNTRY_CLOSED = Problem(
    N_("We do not ship to this country at present. Please choose another destination."),
    field_name="country",
    code="country_closed",
)
REGION_CLOSED = Problem(
    N_("We do not ship to this region at present. Please choose another destination."),
    field_name="region",
    code="region_closed",
)
GOODS_CLOSED = N_("%(product)s cannot be sent to this destination. Please remove it or choose another destination.")
NOT_ABROAD = N_("%(product)s cannot be sent abroad. Please remove it or choose a destination within the country.")


@dataclass(frozen=True, slots=True)
class Closed:
    """A refusal. ``line_key`` empty: the whole destination. ``owner_message``: the owner's own words by language tag,
    plain text, shown in place of ``problem`` where there are any."""

    line_key: str
    problem: Problem
    owner_message: Mapping[str, str] = field(default_factory=dict)

    def words(self, lang: str) -> tuple[str, str] | None:
        """The owner's words for a reader of ``lang``, as (text, its language tag): by the fallbacks of the language;
        ``None`` when the owner wrote nothing, or nothing in a language of the shop."""
        for tag in FALLBACKS.get(lang, LANGUAGES):
            text = self.owner_message.get(tag, "").strip()
            if text:
                return text, tag
        return None


def closed_for(
    destination: Destination,
    basket: Basket,
    closed: Sequence[ClosedRule],
    policies: Mapping[str, Any] | None = None,
) -> tuple[Closed, ...]:
    """Why ``basket`` may not go to ``destination``; empty when it may. Pure.

    A closed country or region stands alone: its lines need no reasons of their own. Else every line that may not go
    there is named, in the order of the basket. A rule with a region does not touch a destination whose region nobody
    knows yet. Goods of the class ``no_international`` go nowhere but to the policy ``shop.country`` (JP)."""
    rules = [rule for rule in closed if _covers(rule, destination)]
    whole = [rule for rule in rules if not rule.restriction]
    if whole:
        # The country's own words before those of a region in it.
        rule = min(whole, key=lambda rule: bool(rule.region))
        return (Closed("", REGION_CLOSED if rule.region else COUNTRY_CLOSED, rule.message),)
    home = str((policies or {}).get("shop.country") or HOME).upper()
    abroad = destination.country.upper() != home
    return tuple(found for line in goods_lines(basket) for found in _line(line, rules, abroad))


def line_problems(found: Sequence[Closed]) -> dict[str, tuple[Closed, ...]]:
    """What was found, by line key; what closes the whole destination is under ``""``."""
    lines: dict[str, tuple[Closed, ...]] = {}
    for one in found:
        lines[one.line_key] = (*lines.get(one.line_key, ()), one)
    return lines


def _line(line: BasketLine, rules: Sequence[ClosedRule], abroad: bool) -> list[Closed]:
    named = {"product": line.title}
    found = [
        Closed(line.key, Problem(GOODS_CLOSED, named, code="goods_closed"), rule.message)
        for rule in rules
        if rule.restriction in line.restrictions
    ]
    if abroad and Restriction.NO_INTERNATIONAL in line.restrictions and not found:
        found.append(Closed(line.key, Problem(NOT_ABROAD, named, code="not_abroad")))
    return found


def _covers(rule: ClosedRule, destination: Destination) -> bool:
    country = destination.country.upper()
    if rule.country.upper() != country:
        return False
    return not rule.region or _region(rule.region, country) == _region(destination.region, country)


def _region(code: str, country: str) -> str:
    """The suffix of an ISO 3166-2 code, written with or without its country: "US-CA" and "ca" are "CA"."""
    return code.upper().removeprefix(f"{country}-")
