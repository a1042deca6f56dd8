"""What the pages of imports show: all of them, newest first; one of them with its figures and its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storefront.admin.audit.pages import actor_names
from storefront.admin.files.words import FORMATS, LINES, ChangeView, changes_of, column, reason, refusal, state_words
from storefront.admin.lists.cells import short_moment
from storefront.admin.once import new_token
from storefront.core.catalog.importing.models import CatalogImport, CatalogImportLine, ImportState
from storefront.core.catalog.importing.runs import find_run, latest_runs, line_counts, real_run, report_lines
from storefront.core.i18n.formats import format_number
from storefront.core.i18n.translate import current_language
from storefront.core.i18n.translate import gettext as _
from storefront.core.paging import row_number
from storefront.core.values.language import LANGUAGES, OWN_NAMES
from storefront.shop.context import current_shop

RUNS, SHOWN_LINES, SHOWN_CHANGES = 20, 50, 12


@dataclass(frozen=True, slots=True)
class RunRow:
    id: str
    at: str
    file: str
    who: str
    state: str
    state_name: str
    created: str
    updated: str
    refused: str


@dataclass(frozen=True, slots=True)
class LineView:
    """``more``: changes that are not shown; the report holds them."""

    row: int
    handle: str
    column: str
    reason: str
    changes: Sequence[ChangeView]
    more: int


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    label: str
    count: str
    current: bool


def runs_context(before: str) -> dict[str, Any]:
    """The form's choices and a page of imports; ``before``: the id of the last one seen."""
    found = latest_runs(RUNS + 1, before[:32].replace("\0", ""))
    names = actor_names({run.actor for run in found})
    return {
        "runs": [_row(run, names) for run in found[:RUNS]],
        "older": found[RUNS - 1].id if len(found) > RUNS else "",
        "newest": not before,
        **_choices(),
    }


def _row(run: CatalogImport, names: Mapping[str, str]) -> RunRow:
    return RunRow(
        run.id,
        _moment(run),
        run.file_name,
        names.get(run.actor, run.actor),
        run.state,
        state_words(run),
        _number(run.created),
        _number(run.updated),
        _number(run.refused),
    )


def run_context(run: CatalogImport, asked: Mapping[str, str]) -> dict[str, Any]:
    """One import; ``asked``: which lines, and where among them."""
    ended = run.state not in (ImportState.WAITING, ImportState.RUNNING)
    context: dict[str, Any] = {
        "run": run,
        "path": f"/manage/imports/{run.id}",
        "ended": ended,
        "state_name": state_words(run),
        "who": actor_names({run.actor}).get(run.actor, run.actor),
        "at": _moment(run),
        "format_name": _(FORMATS.get(run.kind, run.kind)),
        "percent": min(run.done * 100 // run.total, 100) if run.total else None,
        "number": _number,
        "refusal": refusal(run),
        "tabs": (),
        **_choices(),
    }
    if ended:
        context |= _relatives(run) | _lines(run, asked)
    return context


def _relatives(run: CatalogImport) -> dict[str, Any]:
    """``real``: what followed a trial run; ``differs``: whether it came out otherwise than the trial run said."""
    trial = find_run(run.trial_id) if run.trial_id else None
    done = run.state == ImportState.DONE
    return {
        "real": real_run(run.id) if run.dry_run else None,
        "trial": trial,
        "differs": trial is not None and done and _figures(trial) != _figures(run),
    }


def _figures(run: CatalogImport) -> tuple[int, int, int]:
    return run.created, run.updated, run.refused


def _lines(run: CatalogImport, asked: Mapping[str, str]) -> dict[str, Any]:
    counts = line_counts(run.id)
    kinds = [kind for kind in LINES if counts.get(kind)]
    kind = asked.get("kind", "")
    if kind not in kinds:
        kind = kinds[0] if kinds else ""
    before, after = (row_number(asked.get(name, "")) or 0 for name in ("before", "after"))
    # One more than is shown says whether there are any.
    lines = list(report_lines(run.id, kind, SHOWN_LINES + 1, after, before)) if kind else []
    more = len(lines) > SHOWN_LINES
    shown = lines[-SHOWN_LINES:] if before else lines[:SHOWN_LINES]
    return {
        "tabs": [Tab(each, _(LINES[each]), _number(counts[each]), each == kind) for each in kinds],
        "kind": kind,
        "kind_name": _(LINES[kind]) if kind else "",
        "lines": [_line(line) for line in shown],
        "next": shown[-1].id if shown and (more or before) else 0,
        "previous": shown[0].id if shown and ((after and not before) or (before and more)) else 0,
        "anything": bool(counts.get("created") or counts.get("updated")),
    }


def _line(line: CatalogImportLine) -> LineView:
    changes = changes_of(line, current_shop().base_currency)
    return LineView(
        line.row_number,
        line.handle,
        column(line),
        reason(line),
        changes[:SHOWN_CHANGES],
        max(len(changes) - SHOWN_CHANGES, 0),
    )


def _choices() -> dict[str, Any]:
    shop = current_shop()
    return {
        "formats": [(key, _(words)) for key, words in FORMATS.items()],
        "tongues": [(lang, OWN_NAMES[lang]) for lang in LANGUAGES],
        "base": shop.base_currency,
        "once": new_token(),
    }


def _moment(run: CatalogImport) -> str:
    return short_moment(run.created_at, str(current_shop().policy("shop.time_zone")))


def _number(value: int) -> str:
    return format_number(value, current_language())
