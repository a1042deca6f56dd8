"""Whether a service goes to a country on a day: the owner's rules first, then what is known."""

from datetime import date

from storefront.plugin import N_, current_language
from storefront_shipping_japanpost.facts import ACCEPTED, RESTRICTED, SUSPENDED, US_TERRITORIES, Country
from storefront_shipping_japanpost.limits import Refusal
from storefront_shipping_japanpost.rules import Rule, State, first
from storefront_shipping_japanpost.services import Scheme, Service

CLOSED_NOW = N_("This service does not go to this country at present.")
SUSPENDED_NOW = N_("Japan Post has suspended this service to this country.")
NOT_THERE = N_("This service does not exist for this country.")
NOT_CONFIRMED = N_("It is not confirmed that this service goes to this country at present.")


def unavailable(service: Service, country: Country, rules: tuple[Rule, ...], day: date) -> Refusal | None:
    """Why ``service`` does not go to ``country`` on ``day``, ``None`` when it does. A service without a zone there cannot be
    opened by a rule: it has no price."""
    closed = first(rules, State.CLOSED, service.key, country.code, day) if rules else None
    if closed is not None:
        return Refusal(closed.words(current_language()) or CLOSED_NOW, code="closed")
    if service.scheme not in country.zones:
        return Refusal(NOT_THERE, code="no_service")
    if rules and first(rules, State.OPEN, service.key, country.code, day) is not None:
        return None
    if service.scheme is Scheme.EMS:
        return _ems(country)
    return _other(service, country)


def _ems(country: Country) -> Refusal | None:
    if country.ems == SUSPENDED:
        return Refusal(SUSPENDED_NOW, code="suspended")
    if country.code in US_TERRITORIES or country.ems not in (ACCEPTED, RESTRICTED):
        return Refusal(NOT_THERE, code="no_service")
    return None


def _other(service: Service, country: Country) -> Refusal | None:
    if service.key == "air_packet":
        # Open to all countries since 2026-06; where no mail went in 2024 and no EMS goes in 2026, nothing shows that it does.
        shut = country.seen.get("letter_air") != "acceptable" and country.ems not in (ACCEPTED, RESTRICTED)
        return Refusal(NOT_CONFIRMED, code="not_confirmed") if shut else None
    seen = country.seen.get(service.seen, "acceptable")
    if seen == "no_service":
        return Refusal(NOT_THERE, code="no_service")
    return Refusal(NOT_CONFIRMED, code="not_confirmed") if seen != "acceptable" else None


def notice(service: Service, country: str, rules: tuple[Rule, ...], day: date) -> str:
    """What the owner says beside the service, in the reader's language."""
    found = first(rules, State.NOTICE, service.key, country, day) if rules else None
    return found.words(current_language()) if found else ""
