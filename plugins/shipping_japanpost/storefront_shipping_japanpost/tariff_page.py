"""The owner's list of price tables, and how a new one is scheduled or a scheduled one withdrawn."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
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
    plugin_gettext,
    shop_today,
)
from storefront_shipping_japanpost.services import SERVICES
from storefront_shipping_japanpost.settings import NAME, settings
from storefront_shipping_japanpost.tables import BadTable, Tariff, read_table
from storefront_shipping_japanpost.tariffs import stored

_ = plugin_gettext(NAME)

ROOT = f"/manage/plugins/{NAME}"
CHECK = f"{ROOT}/pages/check"
MOST_TEXT = 200_000

PAST, IN_FORCE, SCHEDULED = "past", "in_force", "scheduled"
STATES = {IN_FORCE: N_("In force"), SCHEDULED: N_("Scheduled"), PAST: N_("Past")}
SOURCES = {"bundled": N_("Comes with the plugin"), "own": N_("Yours")}

TOO_EARLY = N_("A table can hold from today on at the earliest: what was charged before stays as it was.")
TAKEN = N_("There is a table of this service from this day already. Withdraw it, or choose another day.")
IS_IN_FORCE = N_("Only a table that does not hold yet can be withdrawn. Schedule a newer one instead.")
BAD_TABLE = N_("The table cannot be used. Each line that is wrong is named above.")


def service_choices() -> Iterable[tuple[str, str]]:
    return [(service.key, _(service.title)) for service in SERVICES.values()]


def service_question() -> Iterable[tuple[str, str]]:
    """For a form that must not begin with a service nobody chose."""
    return [("", _("Please choose")), *service_choices()]


def table_path(tariff: Tariff) -> str:
    return f"{ROOT}/pages/table/{tariff.id}"


def state_of(tariff: Tariff, today: date) -> str:
    if tariff.valid_from > today:
        return SCHEDULED
    until = settings().tariffs.until(tariff)
    return PAST if until is not None and until <= today else IN_FORCE


def source_of(tariff: Tariff) -> str:
    return "bundled" if tariff.bundled else "own"


def _rows() -> Sequence[Mapping[str, Any]]:
    today, book = shop_today(), settings().tariffs
    return [
        {
            "id": tariff.id,
            "service": tariff.service,
            "title": _(SERVICES[tariff.service].title),
            "valid_from": tariff.valid_from,
            "until": book.until(tariff),
            "state": state_of(tariff, today),
            "prices": sum(len(steps) for steps in tariff.steps.values()),
            "source": source_of(tariff),
            "name": tariff.name,
            "href": table_path(tariff),
        }
        for tariff in book
    ]


def problems_of_new(service: str, day: date | None, today: date) -> list[Problem]:
    """Why no table of ``service`` can be scheduled for ``day``."""
    if day is None:
        return []
    if day < today:
        return [Problem(TOO_EARLY, field_name="valid_from", code="too_early")]
    if any(tariff.valid_from == day for tariff in settings().tariffs.of(service)):
        return [Problem(TAKEN, field_name="valid_from", code="taken")]
    return []


def _load(tariff_id: str) -> Mapping[str, Any] | None:
    tariff = settings().tariffs.find(tariff_id)
    if tariff is None:
        return None
    zones = ", ".join(tariff.steps)
    return {"service": tariff.service, "valid_from": tariff.valid_from, "name": tariff.name, "table": zones}


def _save(tariff_id: str | None, values: Mapping[str, Any], actor: str) -> str:
    assert tariff_id is None, "a stored table is only to look at"
    service = SERVICES[values["service"]]
    problems = problems_of_new(service.key, values["valid_from"], shop_today())
    try:
        steps = read_table(values["table"], service)
    except BadTable as error:
        problems += [*error.problems, Problem(BAD_TABLE, field_name="table", code="bad_table")]
    if problems:
        raise FormRefused(*problems)
    tariff = Tariff(service.key, values["valid_from"], steps, values["name"])
    change_settings(NAME, {"tariffs": [*map(stored, settings().tariffs.own), stored(tariff)]}, actor)
    return tariff.id


def _remove(tariff_id: str, actor: str) -> None:
    tariff = settings().tariffs.find(tariff_id)
    if tariff is None or tariff.bundled or tariff.valid_from <= shop_today():
        raise FormRefused(Problem(IS_IN_FORCE, code="in_force"))
    left = [stored(each) for each in settings().tariffs.own if each.id != tariff_id]
    change_settings(NAME, {"tariffs": left}, actor)


def _check_day(day: date | None) -> None:
    if day is not None and day < shop_today():
        raise BadValue(TOO_EARLY)


def _heading(values: Mapping[str, Any]) -> str:
    found = SERVICES.get(values["service"])
    return _(found.title) if found else ""


TARIFFS = ManagePage(
    key="tariffs",
    title=N_("Japan Post prices"),
    view="settings.view",
    edit="settings.edit",
    intro=N_("Each table holds from its day on, until a newer one of its service begins. Orders keep the table they were priced by."),
    new_label=N_("New table"),
    rows=ListSpec(
        columns=(
            Column("title", N_("Service"), link=True),
            Column("valid_from", N_("From"), Show.DATE, sort=True),
            Column("until", N_("Until before"), Show.DATE),
            Column("state", N_("Status"), Show.STATUS, words=STATES),
            Column("prices", N_("Prices"), Show.NUMBER),
            Column("source", N_("Source"), Show.CHOICE, words=SOURCES),
            Column("name", N_("Name")),
        ),
        source=RowsSource(
            _rows,
            sorts={"valid_from": lambda row: row["valid_from"]},
            filters={
                "service": lambda row, value: row["service"] == value,
                "state": lambda row, value: row["state"] == value,
            },
        ),
        filters=(Filter("service", N_("Service"), service_choices), Filter("state", N_("Status"), STATES)),
        row_url=lambda row: str(row["href"]),
        ways=(WayOn(N_("Upload and check a file"), CHECK, "settings.edit"),),
    ),
    form=FormSpec(
        sections=(
            Section(
                "",
                (
                    Field("service", N_("Service"), Kind.CHOICE, choices=service_question, required=True, fixed=True),
                    Field("valid_from", N_("Holds from"), Kind.DATE, help=N_("At midnight in Japan. Prices in carts change then."), required=True, fixed=True, check=_check_day),
                    Field("name", N_("Name"), help=N_("For yourself, such as the notice of the carrier."), max_length=80, fixed=True),
                    Field("table", N_("Table"), Kind.LINES, help=N_("CSV with the columns zone, max_weight_g and price_jpy (Yu-Pack: size_class_cm, Yu-Packet: thickness_cm in place of the weight)."), max_length=MOST_TEXT, required=True, fixed=True),
                ),
            ),
        ),
        load=_load,
        save=_save,
        new=lambda: {"service": "", "valid_from": None, "name": "", "table": ""},
        remove=_remove,
        heading=_heading,
        readonly=True,
        subject=lambda _row_id: ("plugin", NAME),
        ways=lambda row_id, _values: (WayOn(N_("Show the table"), f"{ROOT}/pages/table/{row_id}"),),
    ),
)  # fmt: skip
