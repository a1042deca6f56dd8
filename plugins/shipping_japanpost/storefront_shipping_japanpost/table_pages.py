"""A price table shown, compared with another one, and a file tried before it is scheduled. Nothing is stored here: the button
of a table that can be used posts to the form of the price tables."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import abort, request

from storefront.plugin import Page, PluginBlueprint, Problem, current_language, format_date, plugin_gettext, shop_today
from storefront_shipping_japanpost.comparing import compare, zone_words
from storefront_shipping_japanpost.services import SERVICES, Scheme, Service
from storefront_shipping_japanpost.settings import NAME, settings
from storefront_shipping_japanpost.tables import (
    NATIONWIDE,
    ZONES,
    BadTable,
    Tariff,
    read_table,
    top_column,
    write_table,
)
from storefront_shipping_japanpost.tariff_page import (
    MOST_TEXT,
    ROOT,
    SCHEDULED,
    SOURCES,
    STATES,
    problems_of_new,
    service_choices,
    source_of,
    state_of,
    table_path,
)

_ = plugin_gettext(NAME)

pages = PluginBlueprint(NAME, __name__)


def _words(problem: Problem) -> str:
    return _(problem.message, **problem.params)


def _day(day: date) -> str:
    return format_date(day, current_language())


def _label(tariff: Tariff) -> str:
    return f"{_day(tariff.valid_from)} {tariff.name}".strip()


def _shared(service: Service) -> dict[str, Any]:
    return {
        "root": ROOT,
        "service": service,
        "service_title": _(service.title),
        "zone_words": zone_words,
        "by_weight": top_column(service) == "max_weight_g",
    }


@pages.get("/table/<tariff_id>", audience="settings.view")
def table(tariff_id: str) -> Page:
    """One table; with ``?with=<id>`` beside another one of its service."""
    book = settings().tariffs
    tariff = book.find(tariff_id)
    if tariff is None:
        abort(404)
    service, today = SERVICES[tariff.service], shop_today()
    others = [each for each in book.of(service.key) if each.id != tariff.id]
    other = next((each for each in others if each.id == request.args.get("with")), None)
    until, source = book.until(tariff), SOURCES[source_of(tariff)]
    facts = [
        (_("Status"), _(STATES[state_of(tariff, today)])),
        (_("Holds from"), _day(tariff.valid_from)),
        (_("Until before"), _day(until) if until else "–"),
        (_("Source"), _(source)),
        (_("Version in orders"), tariff.id),
    ]
    return Page(
        f"{NAME}/table.html",
        {
            **_shared(service),
            "tariff": tariff,
            "facts": facts,
            "others": [(each.id, _label(each)) for each in others],
            "other": other,
            "other_label": _label(other) if other else "",
            "compared": compare(other.steps if other else tariff.steps, tariff.steps),
            "may_withdraw": state_of(tariff, today) == SCHEDULED and not tariff.bundled,
            "csv": write_table(tariff, service),
        },
    )


@pages.get("/check", audience="settings.edit")
def begin_check() -> Page:
    return _check_page({"service": request.args.get("service", "")})


@pages.post("/check", audience="settings.edit")
def check() -> Page:
    """Try what was typed or uploaded: every line that is wrong, or what would change."""
    typed = {name: request.form.get(name, "")[:MOST_TEXT] for name in ("service", "valid_from", "name", "table")}
    errors: dict[str, str] = {}
    uploaded = request.files.get("file")
    if uploaded is not None and uploaded.filename:
        try:
            typed["table"] = _text(uploaded.read(MOST_TEXT + 1))
        except ValueError:
            errors["file"] = _("The file is no CSV text in UTF-8 or Shift_JIS, or it is too large.")
    if typed["service"] not in SERVICES:
        errors["service"] = _("Please choose a service.")
    day = _read_day(typed["valid_from"])
    if day is None:
        errors["valid_from"] = _("Please enter the day from which the table holds.")
    if not typed["table"].strip() and "file" not in errors:
        errors["table"] = _("Please choose a file, or paste the table.")
    if errors or day is None:
        return _check_page(typed, errors=errors)
    service = SERVICES[typed["service"]]
    errors = {problem.field_name: _words(problem) for problem in problems_of_new(service.key, day, shop_today())}
    try:
        steps = read_table(typed["table"], service)
    except BadTable as error:
        return _check_page(typed, errors=errors, lines=[_words(problem) for problem in error.problems])
    if errors:
        return _check_page(typed, errors=errors)
    before = settings().tariffs.valid(service.key, day)
    found = {
        **_shared(service),
        "compared": compare(before.steps if before else {}, steps),
        "before": before,
        "before_label": _label(before) if before else "",
        "before_path": table_path(before) if before else "",
        "day": _day(day),
        "without": [zone_words(zone) for zone in _zones_of(service, before) if zone not in steps],
        "once": secrets.token_urlsafe(12),
    }
    return _check_page(typed, found=found)


def _check_page(
    typed: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
    lines: Sequence[str] = (),
    found: dict[str, Any] | None = None,
) -> Page:
    labels = {"service": _("Service"), "valid_from": _("Holds from"), "table": _("Table"), "file": _("CSV file")}
    status = 422 if errors or lines else 200
    context = {
        "root": ROOT,
        "typed": typed,
        "errors": errors or {},
        "lines": lines,
        "found": found,
        "services": list(service_choices()),
        "summary": [(name, labels[name]) for name in errors or ()],
    }
    return Page(f"{NAME}/check.html", context, status=status)


def _zones_of(service: Service, before: Tariff | None) -> tuple[str, ...]:
    """The zones a table of the service could have."""
    if service.scheme.abroad:
        return ZONES
    if service.scheme is Scheme.REGIONS:
        return tuple(before.steps) if before else ()
    return (NATIONWIDE,)


def _text(raw: bytes) -> str:
    """Raises ``ValueError`` for what is no text, or too much of it."""
    if len(raw) > MOST_TEXT or b"\0" in raw:
        raise ValueError("no text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp932")


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
