"""A price table read from CSV, or refused line by line: the same reader for what comes with the plugin and for what the
owner uploads. Prices are yen."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from storefront.plugin import N_, Problem
from storefront_shipping_japanpost.regions import regions_in
from storefront_shipping_japanpost.services import Scheme, Service

# zone -> ((top of the step, price), …), rising
Steps = Mapping[str, tuple[tuple[int, int], ...]]

ZONES = ("1", "2", "3", "4", "5")
NATIONWIDE = "nationwide"
PRICE = "price_jpy"
TOPS = {Scheme.REGIONS: "size_class_cm", Scheme.THICKNESS: "thickness_cm"}
WEIGHT = "max_weight_g"
WHOLE = re.compile(r"[0-9]{1,9}\Z", re.ASCII)
MOST_LINES, MOST_PROBLEMS = 2_000, 20

EMPTY = N_("The table is empty. Its first line names the columns: %(columns)s.")
COLUMNS = N_("The first line does not name the column %(column)s. These are needed: %(columns)s.")
TOO_LONG = N_("The table has more than %(most)s lines.")
UNREADABLE = N_("Line %(line)s cannot be read as CSV.")
WIDTH = N_("Line %(line)s does not have as many columns as the first line.")
OTHER_SERVICE = N_("Line %(line)s is of the service %(found)s, not of %(service)s.")
UNKNOWN_ZONE = N_("Line %(line)s: there is no zone %(zone)s for this service.")
NO_NUMBER = N_("Line %(line)s: %(column)s must be a whole number above 0, not %(found)s.")
TWICE = N_("Line %(line)s: zone %(zone)s has the step %(top)s already.")
FALLS = N_(
    "Line %(line)s: in zone %(zone)s the step %(top)s costs %(price)s, less than the step before it (%(before)s)."
)
GAP = N_("Zone %(zone)s has no step %(top)s, which other zones have.")


class BadTable(ValueError):
    """A table that cannot be meant. ``problems``: a sentence for each line that is wrong, in the order of the lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.message % problem.params for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Tariff:
    """The prices of one service from a day on, until a newer one begins. ``valid_from``: a date in Japan. ``name``: the
    owner's. ``bundled``: it came with the plugin."""

    service: str
    valid_from: date
    steps: Steps
    name: str = ""
    bundled: bool = False

    @property
    def id(self) -> str:
        """Its version, kept with every order that was priced by it."""
        return f"{self.service}-{self.valid_from.isoformat()}"

    def price(self, zone: str, amount: int) -> tuple[int, int] | None:
        """(top, price) of the first step that holds ``amount``; ``None`` above the last, and in a zone without prices."""
        return next((step for step in self.steps.get(zone, ()) if amount <= step[0]), None)

    def last(self, zone: str) -> int:
        """The top of the last step; 0 in a zone without prices."""
        steps = self.steps.get(zone, ())
        return steps[-1][0] if steps else 0


def top_column(service: Service) -> str:
    """The column of a step's top: grams, or centimetres where the size sets the price."""
    return TOPS.get(service.scheme, WEIGHT)


def read_table(text: str, service: Service) -> Steps:
    """The steps of ``service`` from CSV text with the columns zone, price_jpy and the one of ``top_column``; other columns
    are let be, but a column "service" must name this one. Raises ``BadTable``."""
    lines = _lines(text, service)
    found: list[tuple[int, str, int, int]] = []
    problems: list[Problem] = []
    for number, row in lines:
        try:
            found.append((number, *_step(number, row, service)))
        except BadTable as error:
            problems += error.problems
    if not problems:
        problems = [*_order_problems(found), *gap_problems(_steps(found))]
    if problems:
        raise BadTable(problems[:MOST_PROBLEMS])
    return _steps(found)


def gap_problems(steps: Steps) -> list[Problem]:
    """A step that one zone has and another has not: somebody left out a line."""
    tops = sorted({top for zone in steps.values() for top, _price in zone})
    return [
        Problem(GAP, {"zone": zone, "top": top}, code="gap")
        for zone in sorted(steps)
        for top in tops
        if all(top != each for each, _price in steps[zone])
    ]


def known_zone(zone: str, service: Service) -> bool:
    if service.scheme is Scheme.REGIONS:
        return bool(regions_in(zone))
    return zone == NATIONWIDE if not service.scheme.abroad else zone in ZONES


def write_table(tariff: Tariff, service: Service) -> str:
    """The table as CSV that ``read_table`` reads again."""
    column = top_column(service)
    rows = [f"{tariff.service},{zone},{top},{price}" for zone in tariff.steps for top, price in tariff.steps[zone]]
    return "\n".join([f"service,zone,{column},{PRICE}", *rows]) + "\n"


def _lines(text: str, service: Service) -> list[tuple[int, Mapping[str, str]]]:
    needed = ("zone", top_column(service), PRICE)
    params = {"columns": ", ".join(needed)}
    reader = csv.reader(text.lstrip("\ufeff").splitlines(), strict=True)
    lines: list[tuple[int, Mapping[str, str]]] = []
    header: list[str] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if not header:
                header = [cell.lower() for cell in cells]
                missing = next((name for name in needed if name not in header), "")
                if missing:
                    raise BadTable([Problem(COLUMNS, {**params, "column": missing}, code="columns")])
                continue
            if len(lines) == MOST_LINES:
                raise BadTable([Problem(TOO_LONG, {"most": MOST_LINES}, code="too_long")])
            if len(cells) != len(header):
                raise BadTable([Problem(WIDTH, {"line": reader.line_num}, code="width")])
            lines.append((reader.line_num, dict(zip(header, cells, strict=True))))
    except csv.Error:
        raise BadTable([Problem(UNREADABLE, {"line": reader.line_num}, code="unreadable")]) from None
    if not lines:
        raise BadTable([Problem(EMPTY, params, code="empty")])
    return lines


def _step(number: int, row: Mapping[str, str], service: Service) -> tuple[str, int, int]:
    named = row.get("service") or service.key
    if named != service.key:
        params = {"line": number, "found": named[:40], "service": service.key}
        raise BadTable([Problem(OTHER_SERVICE, params, code="service")])
    problems = []
    if not known_zone(row["zone"], service):
        problems.append(Problem(UNKNOWN_ZONE, {"line": number, "zone": row["zone"][:40] or "–"}, code="zone"))
    for column in (top_column(service), PRICE):
        if not WHOLE.match(row[column]) or int(row[column]) == 0:
            params = {"line": number, "column": column, "found": row[column][:40] or "–"}
            problems.append(Problem(NO_NUMBER, params, code="number"))
    if problems:
        raise BadTable(problems)
    return row["zone"], int(row[top_column(service)]), int(row[PRICE])


def _order_problems(found: Iterable[tuple[int, str, int, int]]) -> list[Problem]:
    problems = []
    last: dict[str, tuple[int, int]] = {}
    for number, zone, top, price in sorted(found, key=lambda one: (one[1], one[2], one[0])):
        before = last.get(zone)
        if before is not None and before[0] == top:
            problems.append(Problem(TWICE, {"line": number, "zone": zone, "top": top}, code="twice"))
        elif before is not None and price < before[1]:
            params = {"line": number, "zone": zone, "top": top, "price": price, "before": before[1]}
            problems.append(Problem(FALLS, params, code="falls"))
        last[zone] = (top, price)
    return problems


def _steps(found: Iterable[tuple[int, str, int, int]]) -> Steps:
    steps: dict[str, list[tuple[int, int]]] = {}
    for _number, zone, top, price in found:
        steps.setdefault(zone, []).append((top, price))
    return {zone: tuple(sorted(steps[zone])) for zone in steps}
