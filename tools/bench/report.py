"""The figures of a run, and the tables they are shown in."""

import argparse
import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tools.bench.load import CLIENT, Run
from tools.bench.pages import Page
from tools.bench.servers import WORKERS

# A bare page whose least and most lie further apart says that the machine was busy: the ratio is marked by "?".
MOST_SPREAD = 0.30
# Fewer answers of each client in a run than this: no p50 and p99 are shown.
LEAST_ANSWERS = 5


def spread(values: Sequence[float]) -> float:
    """How far the least and the most lie apart, as a share of the median."""
    return (max(values) - min(values)) / (statistics.median(values) or math.inf)


@dataclass
class Figure:
    """One page of one shop. Milliseconds, bytes. ``alone``: p50 of one request at a time, 0 when not measured."""

    page: Page
    size: int
    runs: Sequence[Run] = ()
    floor: Sequence[Run] = ()
    statements: int = 0
    raw: int = 0
    gz: int = 0
    floor_raw: int = 0
    alone: float = 0.0
    floor_alone: Sequence[float] = ()
    clients: int = 1
    bad: int = 0

    @property
    def rate(self) -> float:
        return statistics.median(run.rate for run in self.runs)

    @property
    def ratio(self) -> float:
        return self.rate / (statistics.median(run.rate for run in self.floor) or math.inf)

    @property
    def disturbed(self) -> bool:
        return spread([run.rate for run in self.floor]) > MOST_SPREAD

    @property
    def milliseconds(self) -> str:
        if min(run.answers for run in self.runs) < LEAST_ANSWERS * self.clients:
            return "too few"
        p50, p99 = (statistics.median(getattr(run, name) for run in self.runs) for name in ("p50", "p99"))
        return f"{p50:.1f} / {p99:.1f}"


@dataclass
class Figures:
    """``checkouts``: by size: seconds, requests, statements. ``memory``: by server: MiB of each worker."""

    sizes: tuple[int, ...]
    database: str
    pages: list[Figure] = field(default_factory=list)
    checkouts: dict[int, tuple[float, int, int]] = field(default_factory=dict)
    memory: dict[str, list[float]] = field(default_factory=dict)


def markdown(figures: Figures, options: argparse.Namespace) -> str:
    lines = [
        f"{figures.database}, gunicorn sync × {WORKERS}, {options.clients} clients ({CLIENT}), "
        f"{options.rounds} rounds of {options.seconds:g} s; medians, least and most in brackets; ÷ bare: requests a "
        "second divided by those of the bare page of the same kind in the same minutes; ↓: less than it must be; ?: the "
        f"bare page itself varied by more than {MOST_SPREAD:.0%}, so the machine was busy and the ratio says nothing.",
        "",
        "| page | products | req/s | p50 / p99 ms | bare req/s | ÷ bare | must | SQL | KB / gz | bare KB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *map(_row, figures.pages),
    ]
    if len(figures.sizes) > 1 and any(figure.alone for figure in figures.pages):
        lines += ["", *_growth(figures)]
    lines += ["", "| whole guest checkout, 5 lines | seconds | requests | SQL |", "| --- | ---: | ---: | ---: |"]
    for size, (seconds, requests, statements) in figures.checkouts.items():
        lines.append(f"| {size:,} products | {seconds:.2f} | {requests} | {statements} |")
    memory = "; ".join(
        f"{name} {', '.join(f'{one:.0f}' for one in each) or '?'}" for name, each in figures.memory.items()
    )
    return "\n".join([*lines, "", f"Memory per worker after load, PSS in MiB: {memory}.", ""])


def _row(figure: Figure) -> str:
    page = figure.page
    if not figure.runs:
        return f"| {page.name} | {figure.size:,} | failed | | | | | | | |"
    rates = [run.rate for run in figure.runs]
    floor = [run.rate for run in figure.floor]
    bad = f" **{figure.bad} failed**" if figure.bad else ""
    mark = " ?" if figure.disturbed else "" if figure.ratio >= page.must else " ↓"
    return (
        f"| {page.name}{bad} | {figure.size:,} | {figure.rate:,.0f} ({min(rates):,.0f}–{max(rates):,.0f}) "
        f"| {figure.milliseconds} | {statistics.median(floor):,.0f} ({min(floor):,.0f}–{max(floor):,.0f}) "
        f"| {figure.ratio:.2f}{mark} | {page.must:.2f} | {_statements(figure)} "
        f"| {figure.raw / 1024:.1f} / {figure.gz / 1024:.1f} | {figure.floor_raw / 1024:.1f} |"
    )


def _statements(figure: Figure) -> str:
    over = figure.page.statements and figure.statements > figure.page.statements
    return f"{figure.statements} (≤ {figure.page.statements})" if over else str(figure.statements)


def _growth(figures: Figures) -> Iterator[str]:
    """One request at a time: what a hundred times the goods cost."""
    small, large = figures.sizes[0], figures.sizes[-1]
    yield f"| one at a time, p50 ms | bare | {small:,} | {large:,} | growth |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    by_page: dict[str, dict[int, Figure]] = {}
    for figure in figures.pages:
        by_page.setdefault(figure.page.name, {})[figure.size] = figure
    for name, sizes in by_page.items():
        if small in sizes and large in sizes and sizes[small].alone:
            before, after = sizes[small].alone, sizes[large].alone
            bare = sizes[small].floor_alone
            mark = " ?" if spread(bare) > MOST_SPREAD else ""
            yield (
                f"| {name} | {statistics.median(bare):.2f} | {before:.2f} | {after:.2f} | × {after / before:.2f}{mark} |"
            )
