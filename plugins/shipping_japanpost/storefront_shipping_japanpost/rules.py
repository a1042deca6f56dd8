"""The owner's say, with dates: a service that does not go to a country for now, one that goes again, and notices."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from storefront.plugin import FALLBACKS, LANGUAGES, N_, BadSetting
from storefront_shipping_japanpost.services import SERVICES

COUNTRY_CODE = re.compile(r"[A-Z]{2}\Z")
STANDARDS = frozenset({"", "A", "B"})
LITHIUM_WAYS = frozenset({"", "none", "air", "surface", "both"})

NO_RULES = N_("Rules must be a list of tables with service, country, state, from, until and text.")
BAD_RULE = N_("Rule %(number)s cannot be used: it names a service, country, state or day that does not exist.")
NO_COUNTRIES = N_("Countries must be a list of tables with country, standard, weight, insured and lithium.")
BAD_COUNTRY = N_("%(country)s cannot be used: check its code, standard, weight, cover and lithium rule.")


class State(StrEnum):
    """``CLOSED``: not served. ``OPEN``: served although the data of the plugin says it is not, or does not know. ``NOTICE``:
    served, and something is said beside it."""

    CLOSED = "closed"
    OPEN = "open"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Rule:
    """``service``, ``country``: "" for all. ``starts``, ``ends``: the first and last day in Japan, ``None`` for no end.
    ``text``: the owner's words by language."""

    id: str
    service: str
    country: str
    state: State
    starts: date | None = None
    ends: date | None = None
    text: Mapping[str, str] = field(default_factory=dict)

    def holds(self, service: str, country: str, day: date) -> bool:
        return (
            self.service in ("", service)
            and self.country in ("", country)
            and (self.starts is None or self.starts <= day)
            and (self.ends is None or day <= self.ends)
        )

    def words(self, lang: str) -> str:
        """The owner's words for a reader of ``lang``, "" when there are none."""
        return next((self.text[tag] for tag in FALLBACKS.get(lang, LANGUAGES) if self.text.get(tag)), "")


@dataclass(frozen=True, slots=True)
class CountryRule:
    """What the owner knows of a country and no source said. ``standard``: of parcels, "A", "B" or "". ``weight``: most grams
    of a parcel, ``insured``: most yen it can be insured for; 0: not known. ``lithium``: "none", "air", "surface", "both"
    or ""."""

    country: str
    standard: str = ""
    weight: int = 0
    insured: int = 0
    lithium: str = ""


NOTHING_KNOWN = CountryRule("")


def first(rules: Iterable[Rule], state: State, service: str, country: str, day: date) -> Rule | None:
    """The rule of this state that holds: one that names the country goes before one that does not."""
    found = [rule for rule in rules if rule.state is state and rule.holds(service, country, day)]
    return min(found, key=lambda rule: (not rule.country, not rule.service), default=None)


def read_rules(raw: Any) -> tuple[Rule, ...]:
    """Rules from JSON. Raises ``BadSetting``."""
    if not isinstance(raw, list | tuple):
        raise BadSetting(NO_RULES)
    return tuple(_rule(entry, number) for number, entry in enumerate(raw, 1))


def stored_rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "service": rule.service,
        "country": rule.country,
        "state": rule.state.value,
        "from": rule.starts.isoformat() if rule.starts else None,
        "until": rule.ends.isoformat() if rule.ends else None,
        "text": dict(rule.text),
    }


def _rule(entry: Any, number: int) -> Rule:
    try:
        rule = Rule(
            str(entry.get("id") or number),
            str(entry.get("service") or ""),
            str(entry.get("country") or ""),
            State(entry.get("state")),
            _day(entry.get("from")),
            _day(entry.get("until")),
            {tag: str(text) for tag, text in (entry.get("text") or {}).items() if tag in LANGUAGES},
        )
    except (AttributeError, TypeError, ValueError):
        raise BadSetting(BAD_RULE, number=number) from None
    known = (not rule.service or rule.service in SERVICES) and (not rule.country or COUNTRY_CODE.match(rule.country))
    if not known or (rule.starts and rule.ends and rule.ends < rule.starts):
        raise BadSetting(BAD_RULE, number=number)
    return rule


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)) if text else None


def read_countries(raw: Any) -> Mapping[str, CountryRule]:
    """What the owner knows of countries, by code, from JSON. Raises ``BadSetting``."""
    if not isinstance(raw, list | tuple) or not all(isinstance(entry, Mapping) for entry in raw):
        raise BadSetting(NO_COUNTRIES)
    found: dict[str, CountryRule] = {}
    for entry in raw:
        rule = CountryRule(**{name: entry[name] for name in CountryRule.__slots__ if name in entry})
        numbers = all(type(number) is int and number >= 0 for number in (rule.weight, rule.insured))
        words = all(isinstance(word, str) for word in (rule.country, rule.standard, rule.lithium))
        right = numbers and words and COUNTRY_CODE.match(rule.country) and rule.country not in found
        if not right or rule.standard not in STANDARDS or rule.lithium not in LITHIUM_WAYS:
            raise BadSetting(BAD_COUNTRY, country=str(entry.get("country"))[:40])
        found[rule.country] = rule
    return found


def stored_country(rule: CountryRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in CountryRule.__slots__}
