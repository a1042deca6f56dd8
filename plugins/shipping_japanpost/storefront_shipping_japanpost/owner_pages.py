"""Pages of the owner: which services are on, suspensions and notices with dates, and what the owner knows of countries."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from storefront.plugin import (
    N_,
    BadValue,
    Column,
    Field,
    Filter,
    FormRefused,
    FormSpec,
    Kind,
    ListSpec,
    ManagePage,
    Problem,
    RowsSource,
    Section,
    Show,
    WayOn,
    change_settings,
    country_name,
    current_language,
    plugin_gettext,
    shop_today,
)
from storefront_shipping_japanpost.facts import COUNTRIES
from storefront_shipping_japanpost.rules import COUNTRY_CODE, CountryRule, Rule, State, stored_country, stored_rule
from storefront_shipping_japanpost.services import SERVICES
from storefront_shipping_japanpost.settings import NAME, settings
from storefront_shipping_japanpost.tariff_page import ROOT, service_choices

_ = plugin_gettext(NAME)

ON, OFF = "on", "off"
SWITCH = {ON: N_("Offered"), OFF: N_("Not offered"), "no_table": N_("Switched on, without a table")}
RULE_STATES = {
    State.CLOSED.value: N_("Suspended"),
    State.OPEN.value: N_("Goes again"),
    State.NOTICE.value: N_("Notice"),
}
LITHIUM_WAYS = {
    "none": N_("Not at all"),
    "air": N_("By air only"),
    "surface": N_("By sea only"),
    "both": N_("By air and by sea"),
}
STANDARDS = {"A": N_("A: 105 cm long, 200 cm with girth"), "B": N_("B: 150 cm long, 300 cm with girth")}

ALL_SERVICES = N_("All services")
ALL_COUNTRIES = N_("All countries")
NO_TABLE = N_("This service has no price table. Upload one first; without it nothing can be offered.")
NO_COUNTRY = N_("%(code)s is no country code. Use two capital letters, such as TW.")
ENDS_FIRST = N_("The last day is before the first.")
NEEDS_WORDS = N_("A notice needs words, in one language at least.")
NEEDS_PLACE = N_("To open a service again, name the service and the country.")
COUNTRY_TAKEN = N_("This country is in the list already.")


def service_words(key: str) -> str:
    return _(SERVICES[key].title) if key in SERVICES else _(ALL_SERVICES)


def country_words(code: str) -> str:
    return country_name(code, current_language()) if code else _(ALL_COUNTRIES)


def country_choices() -> Iterable[tuple[str, str]]:
    named = [(code, country_words(code)) for code, country in COUNTRIES.items() if country.zones]
    return [*sorted(named, key=lambda pair: pair[1]), ("JP", country_words("JP"))]


def country_question() -> Iterable[tuple[str, str]]:
    """For a form that must not begin with a country nobody chose."""
    return [("", _("Please choose")), *country_choices()]


def _state_question() -> Iterable[tuple[str, str]]:
    return [("", _("Please choose")), *((state, _(words)) for state, words in RULE_STATES.items())]


def _check_country(code: str) -> None:
    if code and not COUNTRY_CODE.match(code):
        raise BadValue(NO_COUNTRY, code=code[:20])


# --- services ----------------------------------------------------------------------------------------------------------


def _switch_of(key: str) -> str:
    chosen = settings()
    if key not in chosen.services:
        return OFF
    return ON if chosen.tariffs.valid(key, shop_today(), origin=chosen.yu_pack_origin) else "no_table"


def _service_rows() -> Sequence[Mapping[str, Any]]:
    book, today, origin = settings().tariffs, shop_today(), settings().yu_pack_origin
    rows = []
    for service in SERVICES.values():
        tariff = book.valid(service.key, today, origin=origin)
        rows.append(
            {
                "id": service.key,
                "title": _(service.title),
                "state": _switch_of(service.key),
                "since": tariff.valid_from if tariff else None,
                "next": next((each.valid_from for each in book.of(service.key) if each.valid_from > today), None),
            }
        )
    return rows


def _load_service(key: str) -> Mapping[str, Any] | None:
    return {"title": service_words(key), "on": key in settings().services} if key in SERVICES else None


def _save_service(key: str | None, values: Mapping[str, Any], actor: str) -> str:
    assert key is not None
    chosen = settings()
    was = key in chosen.services
    if values["on"] and not was and not chosen.tariffs.of(key):
        raise FormRefused(Problem(NO_TABLE, field_name="on", code="no_table"))
    if values["on"] != was:
        switched = chosen.services | {key} if values["on"] else chosen.services - {key}
        change_settings(NAME, {"services": sorted(switched)}, actor)
    return key


SERVICE_PAGE = ManagePage(
    key="services",
    title=N_("Japan Post services"),
    view="settings.view",
    edit="settings.edit",
    intro=N_("What shoppers can choose. Ended and suspended services need a price table of yours before they can be offered."),
    menu=False,
    rows=ListSpec(
        columns=(
            Column("title", N_("Service"), link=True),
            Column("state", N_("Status"), Show.STATUS, words=SWITCH),
            Column("since", N_("Prices since"), Show.DATE),
            Column("next", N_("Next prices"), Show.DATE),
        ),
        source=RowsSource(_service_rows),
        ways=(WayOn(N_("Japan Post prices"), f"{ROOT}/tariffs/"),),
    ),
    form=FormSpec(
        sections=(Section("", (Field("title", N_("Service"), fixed=True), Field("on", N_("Offer this service"), Kind.YES))),),
        load=_load_service,
        save=_save_service,
        heading=lambda values: str(values["title"]),
        subject=lambda _row_id: ("plugin", NAME),
    ),
)  # fmt: skip


# --- suspensions and notices ---------------------------------------------------------------------------------------------


def _rule_rows() -> Sequence[Rule]:
    return settings().rules


def _find_rule(rule_id: str) -> Rule | None:
    return next((rule for rule in settings().rules if rule.id == rule_id), None)


def _load_rule(rule_id: str) -> Mapping[str, Any] | None:
    rule = _find_rule(rule_id)
    if rule is None:
        return None
    return {
        "service": rule.service,
        "country": rule.country,
        "state": rule.state.value,
        "starts": rule.starts,
        "ends": rule.ends,
        "text": dict(rule.text),
    }


def _save_rule(rule_id: str | None, values: Mapping[str, Any], actor: str) -> str:
    rule = Rule(
        rule_id or secrets.token_hex(4),
        values["service"],
        values["country"],
        State(values["state"]),
        values["starts"],
        values["ends"],
        values["text"],
    )
    if rule.starts and rule.ends and rule.ends < rule.starts:
        raise FormRefused(Problem(ENDS_FIRST, field_name="ends", code="ends_first"))
    if rule.state is State.NOTICE and not any(rule.text.values()):
        raise FormRefused(Problem(NEEDS_WORDS, field_name="text", code="needs_words"))
    if rule.state is State.OPEN and not (rule.service and rule.country):
        raise FormRefused(Problem(NEEDS_PLACE, field_name="service", code="needs_place"))
    rules = settings().rules
    kept = [rule if each.id == rule.id else each for each in rules]
    _store_rules(kept if rule_id is not None else [*rules, rule], actor)
    return rule.id


def _store_rules(rules: Iterable[Rule], actor: str) -> None:
    change_settings(NAME, {"rules": [stored_rule(rule) for rule in rules]}, actor)


def _remove_rule(rule_id: str, actor: str) -> None:
    _store_rules((rule for rule in settings().rules if rule.id != rule_id), actor)


RULE_PAGE = ManagePage(
    key="rules",
    title=N_("Japan Post suspensions"),
    view="settings.view",
    edit="settings.edit",
    intro=N_("What Japan Post does not take for now, what it takes again, and what shoppers should know. It holds from the first to the last day."),
    new_label=N_("New suspension or notice"),
    rows=ListSpec(
        columns=(
            Column("service", N_("Service"), value=lambda rule: service_words(rule.service), link=True),
            Column("country", N_("Country"), value=lambda rule: country_words(rule.country)),
            Column("state", N_("Status"), Show.STATUS, words=RULE_STATES),
            Column("starts", N_("First day"), Show.DATE),
            Column("ends", N_("Last day"), Show.DATE),
        ),
        source=RowsSource(_rule_rows, filters={"state": lambda rule, value: rule.state == value}),
        filters=(Filter("state", N_("Status"), RULE_STATES),),
        empty=N_("Nothing is suspended but what the plugin knows of."),
    ),
    form=FormSpec(
        sections=(
            Section(
                "",
                (
                    Field("state", N_("Status"), Kind.CHOICE, choices=_state_question, required=True),
                    Field("service", N_("Service"), Kind.CHOICE, help=N_("Empty: all services."), choices=service_choices),
                    Field("country", N_("Country"), Kind.CHOICE, help=N_("Empty: all countries."), choices=country_choices),
                    Field("starts", N_("First day"), Kind.DATE),
                    Field("ends", N_("Last day"), Kind.DATE),
                    Field("text", N_("What shoppers read"), Kind.LINES, per_language=True, max_length=500),
                ),
            ),
        ),
        load=_load_rule,
        save=_save_rule,
        new=lambda: {"service": "", "country": "", "state": "", "starts": None, "ends": None, "text": {}},
        remove=_remove_rule,
        heading=lambda values: f"{service_words(values['service'])} ・ {country_words(values['country'])}",
        subject=lambda _row_id: ("plugin", NAME),
    ),
)  # fmt: skip


# --- countries ---------------------------------------------------------------------------------------------------------


def _country_rows() -> Sequence[CountryRule]:
    return list(settings().countries.values())


def _load_country(code: str) -> Mapping[str, Any] | None:
    rule = settings().countries.get(code)
    if rule is None:
        return None
    return {
        "country": rule.country,
        "standard": rule.standard,
        "weight": rule.weight or None,
        "insured": rule.insured or None,
        "lithium": rule.lithium,
    }


def _save_country(code: str | None, values: Mapping[str, Any], actor: str) -> str:
    countries = settings().countries
    key = code or values["country"]
    if code is None and key in countries:
        raise FormRefused(Problem(COUNTRY_TAKEN, field_name="country", code="taken"))
    rule = CountryRule(key, values["standard"], values["weight"] or 0, values["insured"] or 0, values["lithium"])
    _store_countries({**countries, key: rule}.values(), actor)
    return str(key)


def _store_countries(rules: Iterable[CountryRule], actor: str) -> None:
    change_settings(NAME, {"countries": [stored_country(rule) for rule in rules]}, actor)


def _remove_country(code: str, actor: str) -> None:
    _store_countries((rule for rule in settings().countries.values() if rule.country != code), actor)


COUNTRY_PAGE = ManagePage(
    key="countries",
    title=N_("Japan Post countries"),
    view="settings.view",
    edit="settings.edit",
    intro=N_("What you learned from the carrier of a country and the plugin does not know: it goes before the data that comes with it."),
    new_label=N_("Add a country"),
    menu=False,
    rows=ListSpec(
        columns=(
            Column("country", N_("Country"), value=lambda rule: country_words(rule.country), link=True),
            Column("standard", N_("Parcel size"), Show.CHOICE, words=STANDARDS),
            Column("weight", N_("Most weight of a parcel"), Show.WEIGHT, value=lambda rule: rule.weight or None),
            Column("insured", N_("Insured up to (yen)"), Show.NUMBER, value=lambda rule: rule.insured or None),
            Column("lithium", N_("Lithium in devices"), Show.CHOICE, words=LITHIUM_WAYS),
        ),
        source=RowsSource(_country_rows),
        row_id=lambda rule: str(rule.country),
        empty=N_("Nothing is known but what comes with the plugin."),
    ),
    form=FormSpec(
        sections=(
            Section(
                "",
                (
                    Field("country", N_("Country"), Kind.CHOICE, choices=country_question, required=True, fixed=True, check=_check_country),
                    Field("standard", N_("Parcel size"), Kind.CHOICE, help=N_("Empty: A, the smaller one, where nothing is known."), choices=STANDARDS),
                    Field("weight", N_("Most weight of a parcel"), Kind.WEIGHT, help=N_("Empty: 20 kg where nothing is known."), maximum=30_000),
                    Field("insured", N_("Insured up to (yen)"), Kind.NUMBER, help=N_("Empty: insured parcels are not offered there."), maximum=10_000_000),
                    Field("lithium", N_("Lithium in devices"), Kind.CHOICE, help=N_("Empty: not sent where nothing is known."), choices=LITHIUM_WAYS),
                ),
            ),
        ),
        load=_load_country,
        save=_save_country,
        new=lambda: {"country": "", "standard": "", "weight": None, "insured": None, "lithium": ""},
        remove=_remove_country,
        heading=lambda values: country_words(values["country"]),
        subject=lambda _row_id: ("plugin", NAME),
    ),
)  # fmt: skip
