"""The policies of the shop as one form: every key of ``core/settings/policies.py`` has its field here (a test compares)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select

from storefront.admin.settings.customs import CUSTOMS
from storefront.admin.settings.setting import Setting, field_name, setting_of
from storefront.core.contracts.manage import BadValue, Field, FormRefused, FormSpec, Kind, ManagePage, Section
from storefront.core.customers.addresses import country_choices
from storefront.core.db import in_unit_of_work, lock_for_update, session
from storefront.core.i18n.translate import N_, current_language, gettext
from storefront.core.settings.models import Policy
from storefront.core.settings.policies import DEFAULTS
from storefront.core.settings.service import set_policies
from storefront.core.settings.snapshot import load_snapshot, read_version
from storefront.core.values.language import LANGUAGES, OWN_NAMES
from storefront.core.values.types import Problem

ANY_COUNTRY = "*"
WEEKDAYS = {
    "0": N_("Monday"),
    "1": N_("Tuesday"),
    "2": N_("Wednesday"),
    "3": N_("Thursday"),
    "4": N_("Friday"),
    "5": N_("Saturday"),
    "6": N_("Sunday"),
}


def _languages() -> Iterable[tuple[str, str]]:
    return [(lang, OWN_NAMES[lang]) for lang in LANGUAGES]


def _zones() -> Iterable[tuple[str, str]]:
    return [(name, name) for name in sorted(available_timezones()) if "/" in name or name == "UTC"]


def _countries() -> Iterable[tuple[str, str]]:
    return list(country_choices(current_language()))


def _countries_or_any() -> Iterable[tuple[str, str]]:
    return [(ANY_COUNTRY, gettext("Any other country")), *_countries()]


def _zone_known(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        raise BadValue(N_("There is no such time zone.")) from None


def _dates(text: str) -> None:
    for line in text.split():
        try:
            date.fromisoformat(line)
        except ValueError:
            raise BadValue(N_("%(line)s is no date. Write one date a line, like 2027-01-04."), line=line[:20]) from None


def _groups(text: str) -> list[list[str]]:
    found = [[word.strip() for word in line.replace("、", ",").split(",") if word.strip()] for line in text.split("\n")]
    return [group for group in found if group]


def _check_groups(text: str) -> None:
    for group in _groups(text):
        if len(group) < 2:
            raise BadValue(
                N_("“%(word)s” stands alone in its line. Write words that mean the same, with commas."),
                word=group[0][:40],
            )


def _check_services(text: str) -> None:
    for line in text.split():
        carrier, _colon, service = line.partition(":")
        if not carrier or not service:
            raise BadValue(N_("“%(word)s” is no service. Write carrier:service, one a line."), word=line[:40])


def _free_rows(stored: Mapping[str, int]) -> tuple[dict[str, Any], ...]:
    # In an order of their own (the rest of the world last): JSON tables of PostgreSQL keep none.
    order = sorted(stored, key=lambda country: (country == ANY_COUNTRY, country))
    return tuple({"id": country, "country": country, "amount": stored[country]} for country in order)


def _free_policy(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    return {row["country"]: row["amount"] or 0 for row in rows if row["country"]}


SECTIONS: tuple[tuple[str, str, tuple[Setting, ...]], ...] = (
    (
        N_("The shop"),
        "",
        (
            setting_of("shop.name", N_("Its name"), per_language=True, required=True, max_length=80),
            setting_of("shop.seal", N_("Character in the seal"), max_length=2, help=N_("Empty: the first of the name.")),
            setting_of("shop.email", N_("Mail address"), Kind.MAIL, help=N_("Sender of mails, and where answers go.")),
            setting_of("shop.address", N_("Address on papers"), Kind.LINES, per_language=True, max_length=300),
            setting_of("shop.tax_number", N_("Registration number for invoices"), max_length=20, help=N_("T and 13 digits; printed on domestic invoices.")),
            setting_of("shop.from_name", N_("Sender's name in mails"), per_language=True, max_length=80),
            setting_of("shop.default_language", N_("Default language"), Kind.CHOICE, choices=_languages, required=True),
            setting_of("shop.base_currency", N_("Base currency"), fixed=True),
            # Before the country: the zones are as long as what gzip looks back over, and the lists of countries would not shrink.
            setting_of("shop.time_zone", N_("Time zone"), Kind.CHOICE, choices=_zones, required=True, check=_zone_known),
            setting_of("shop.country", N_("Where parcels leave from"), Kind.CHOICE, choices=_countries, required=True),
        ),
    ),
    (
        N_("Ordering and paying"),
        "",
        (
            setting_of("cart.max_quantity", N_("Pieces of one item in a cart"), Kind.NUMBER, minimum=1, maximum=999, required=True),
            setting_of("stock.low", N_("“Only n left” from here down"), Kind.NUMBER, maximum=999, required=True),
            setting_of(
                "checkout.billing_mode",
                N_("Billing"),
                Kind.CHOICE,
                choices={"pay_now": N_("Pay when ordering"), "invoice_later": N_("Invoice when everything is here")},
                required=True,
            ),
            setting_of("checkout.hold_minutes", N_("Minutes goods are held during payment"), Kind.NUMBER, minimum=1, maximum=1440, required=True),
            setting_of("payment.days", N_("Days to pay"), Kind.NUMBER, minimum=1, maximum=60, required=True, help=N_("Unpaid at the end of this day, an order is cancelled.")),
            setting_of("guest.coupons", N_("Guests may use coupons"), Kind.YES),
            setting_of("coupon_with_points", N_("A coupon and points may be used together"), Kind.YES),
            setting_of("combine.orders", N_("Shoppers may join open orders"), Kind.YES),
            setting_of("orders.number_prefix", N_("Before the day in an order number"), max_length=6),
        ),
    ),
    (
        N_("Search"),
        "",
        (
            setting_of(
                "search.synonyms",
                N_("Words that mean the same"),
                Kind.LINES,
                help=N_("One group a line, with commas: tea, 茶, cha. Whoever searches for one finds the others too."),
                max_length=20_000,
                check=_check_groups,
                read=lambda groups: "\n".join(", ".join(group) for group in groups),
                write=_groups,
            ),
        ),
    ),
    (
        N_("Postage"),
        "",
        (
            setting_of(
                "shipping.free",
                N_("Free postage from"),
                Kind.ROWS,
                help=N_("Sum of the items from which postage is free, by destination."),
                read=_free_rows,
                write=_free_policy,
                fields=(
                    Field("country", N_("Destination"), Kind.CHOICE, choices=_countries_or_any),
                    Field("amount", N_("From"), Kind.MONEY),
                ),
            ),
            setting_of("shipping.packaging_weight", N_("Weight of the packaging"), Kind.WEIGHT, minimum=0, help=N_("Filling and papers, added to the goods of each parcel, beside its box.")),
            setting_of(
                "shipping.unmeasured",
                N_("Goods without a size, or without a box"),
                Kind.CHOICE,
                choices={"added": N_("Their weight and that of the packaging"), "estimated": N_("Estimate: 30% more, at least 200 g")},
                required=True,
            ),
            setting_of(
                "shipping.split",
                N_("Several parcels for one order"),
                Kind.CHOICE,
                choices={
                    "never": N_("Never"),
                    "when_needed": N_("When no service takes it in one"),
                    "cheaper": N_("Also when that is cheaper"),
                },
                required=True,
            ),
            setting_of(
                "shipping.move_to",
                N_("Services to move to when a parcel is too heavy or too large"),
                Kind.LINES,
                help=N_("One a line, the first that fits is taken, such as shipping_courier:standard. Empty: the cheapest as fast as the chosen one."),
                max_length=2_000,
                check=_check_services,
                read="\n".join,
                write=lambda text: list(dict.fromkeys(text.split())),
            ),
            setting_of("shipping.lead_days", N_("Business days until a parcel leaves"), Kind.NUMBER, maximum=90, required=True),
        ),
    ),
    CUSTOMS,
    (
        N_("Mails"),
        "",
        (
            setting_of("mail.log_days", N_("Days the mail log keeps addresses"), Kind.NUMBER, minimum=30, maximum=3650, required=True, help=N_("After that a mail is still counted, but not whose it was.")),
        ),
    ),
    (
        N_("The staff"),
        "",
        (
            setting_of(
                "staff.second_factor",
                N_("Who must have a second factor"),
                Kind.CHOICE,
                choices={"optional": N_("Nobody; everybody may"), "owners": N_("Owners"), "all": N_("Everybody")},
                required=True,
                right="staff.edit",
                help=N_("Whoever has none yet sets it up at the next page, before anything else."),
            ),
        ),
    ),
    (
        N_("Plugins"),
        N_("A plugin that fails again and again is stopped until somebody lets it run again."),
        (
            setting_of(
                "plugins.most_failures",
                N_("Failures after which a plugin is stopped"),
                Kind.NUMBER,
                minimum=0,
                maximum=10_000,
                required=True,
                right="plugins.edit",
                help=N_("0: never."),
            ),
            setting_of(
                "plugins.failure_minutes",
                N_("Within how many minutes"),
                Kind.NUMBER,
                minimum=1,
                maximum=1_440,
                required=True,
                right="plugins.edit",
            ),
        ),
    ),
    (
        N_("Calendar"),
        N_("Deadlines in business days follow it; shoppers see the closed days at the foot of every page."),
        (
            setting_of(
                "calendar.weekly_off",
                N_("Closed every week on"),
                Kind.CHOICES,
                choices=WEEKDAYS,
                read=lambda days: tuple(str(day) for day in days),
                write=lambda days: sorted(int(day) for day in days),
            ),
            setting_of("calendar.holidays", N_("Public holidays"), Kind.CHOICE, choices={"": N_("Open on public holidays"), "JP": N_("Closed on Japanese holidays")}),
            setting_of(
                "calendar.closed_days",
                N_("Further closed days"),
                Kind.LINES,
                help=N_("One date a line, like 2027-01-04."),
                check=_dates,
                read="\n".join,
                write=lambda text: sorted(set(text.split())),
            ),
        ),
    ),
)  # fmt: skip
SETTINGS = {setting.field.name: setting for _title, _help, settings in SECTIONS for setting in settings}


def _load(_row_id: str) -> Mapping[str, Any]:
    if in_unit_of_work():
        # Two who save at once wait for each other here.
        session.execute(lock_for_update(select(Policy.key).where(Policy.key.in_(DEFAULTS)).order_by(Policy.key))).all()
    policies = load_snapshot(read_version()).policies
    return {name: setting.read(policies[setting.key]) for name, setting in SETTINGS.items()}


def _save(_row_id: str | None, values: Mapping[str, Any], actor: str) -> str:
    countries = [row["country"] for row in values[field_name("shipping.free")]]
    if len(set(countries)) != len(countries):
        raise FormRefused(
            Problem(N_("A destination stands here twice."), field_name=field_name("shipping.free"), code="twice")
        )
    written = {
        setting.key: setting.write(values[name]) for name, setting in SETTINGS.items() if not setting.field.fixed
    }
    set_policies({key: DEFAULTS[key] if value is None else value for key, value in written.items()}, actor)
    return ""


POLICIES = ManagePage(
    key="settings",
    title=N_("Settings of the shop"),
    view="settings.view",
    edit="settings.edit",
    form=FormSpec(
        sections=tuple(Section(title, tuple(s.field for s in settings), help_) for title, help_, settings in SECTIONS),
        load=_load,
        save=_save,
        single=True,
    ),
)
