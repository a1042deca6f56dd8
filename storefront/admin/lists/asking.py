"""What was asked of a list, from its address or from a form that repeats it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from storefront.core.contracts.manage import Ask, ListSpec

MAX_VALUE = 200


def ask_from(spec: ListSpec, given: Mapping[str, str]) -> Ask:
    """Only what the list knows: its filters, sorts it offers, cursors."""
    sort = given.get("sort", "")[:MAX_VALUE]
    sortable = {column.key for column in spec.columns if column.sort}
    return Ask(
        q=given.get("q", "").replace("\0", "").strip()[:MAX_VALUE] if spec.search else "",
        filters={f.key: value for f in spec.filters if (value := given.get(f.key, "").replace("\0", "")[:MAX_VALUE])},
        sort=sort if sort.removeprefix("-") in sortable else "",
        after=given.get("after", "")[:1000],
        before=given.get("before", "")[:1000],
        limit=spec.per_page,
    )


def query_of(ask: Ask, **changes: Any) -> str:
    """The query of an address that asks this, with ``changes``; "" when it asks nothing."""
    changed = replace(ask, **changes)
    pairs = [("q", changed.q), *sorted(changed.filters.items()), ("sort", changed.sort)]
    pairs += [("after", changed.after), ("before", changed.before)]
    text = urlencode([(name, value) for name, value in pairs if value])
    return f"?{text}" if text else ""


def as_params(ask: Ask) -> dict[str, Any]:
    """For a task: JSON values."""
    return {"q": ask.q, "filters": dict(ask.filters), "sort": ask.sort}


def from_params(params: Mapping[str, Any]) -> Ask:
    return Ask(q=str(params.get("q", "")), filters=dict(params.get("filters", {})), sort=str(params.get("sort", "")))
