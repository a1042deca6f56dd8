"""Two people edit one row: nothing is overwritten that its author has not seen.

A form carries, per input, a fingerprint of the value it was shown with; of a field with rows one per stored row. When it
comes back, each is compared with that and with what is stored by then: what only one of the two changed is kept, what
both changed is shown to the later."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

FIELD = "_seen"
MAX_SEEN = 100_000

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Merged:
    """``values``: what is to be stored. ``clashes``: inputs both changed, with what is stored; of a field with rows a
    mapping from the row's id to what is stored of it (``None``: it is gone). ``kept``: inputs somebody else changed and
    this form did not."""

    values: Mapping[str, Any]
    clashes: Mapping[str, Any] = field(default_factory=dict)
    kept: tuple[str, ...] = ()


def fingerprint(value: Any) -> str:
    if isinstance(value, tuple) and all(isinstance(each, str) for each in value):
        value = sorted(value)  # boxes that were ticked have no order
    text = json.dumps(value, default=_plain, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot stand in a form")


def seen(flat: Mapping[str, Any]) -> str:
    """What goes into the form's hidden field."""
    found = {}
    for name, value in flat.items():
        if _is_rows(value):
            found |= {_key(name, row["id"]): fingerprint(row) for row in value}
        else:
            found[name] = fingerprint(value)
    return _written(found)


def seen_after(shown: Mapping[str, str], clashes: Mapping[str, Any]) -> str:
    """The same for a form that is shown again with what is stored now where both changed something. All else it has seen
    no more of than before: what others changed and it did not is still not its own change when it comes back."""
    found = dict(shown)
    for name, stored in clashes.items():
        if not isinstance(stored, Mapping):
            found[name] = fingerprint(stored)
            continue
        for row_id, row in stored.items():
            if row is None:
                found.pop(_key(name, row_id), None)
            else:
                found[_key(name, row_id)] = fingerprint(row)
    return _written(found)


def _written(found: Mapping[str, str]) -> str:
    return json.dumps(found, separators=(",", ":"))


def read_seen(text: str) -> dict[str, str]:
    """Unreadable or missing: nothing was seen, so every stored value counts as new."""
    try:
        found = json.loads(text[:MAX_SEEN]) if text else {}
    except (ValueError, RecursionError):
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def merge(stored: Mapping[str, Any], mine: Mapping[str, Any], shown: Mapping[str, str]) -> Merged:
    """``stored``: as it is now, all inputs. ``mine``: of the inputs that could be changed."""
    values, clashes, kept = dict(stored), {}, []
    for name, value in mine.items():
        if _is_rows(value) or _is_rows(stored[name]):
            rows = _RowMerge(name, shown)
            values[name] = rows.merge(stored[name], value)
            if rows.clashes:
                clashes[name] = rows.clashes
            if rows.kept:
                kept.append(name)
            continue
        now, typed, before = fingerprint(stored[name]), fingerprint(value), shown.get(name)
        if typed == now:
            continue
        if typed == before:
            kept.append(name)
        elif now == before:
            values[name] = value
        else:
            clashes[name] = stored[name]
            values[name] = value
    return Merged(values, clashes, tuple(kept))


# --- rows ---------------------------------------------------------------------------------------------------------------


def _is_rows(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], Mapping)


def _key(name: str, row_id: str) -> str:
    return f"{name}/{row_id}"


class _RowMerge:
    """Row by row. The order is that of the form; what somebody else added meanwhile comes last."""

    def __init__(self, name: str, shown: Mapping[str, str]) -> None:
        self._name, self._shown = name, shown
        self.clashes: dict[str, Row | None] = {}
        self.kept = False

    def merge(self, stored: Sequence[Row], mine: Sequence[Row]) -> tuple[Row, ...]:
        now = {row["id"]: row for row in stored}
        found, named = [], set()
        for row in mine:
            row_id = row["id"] if row["id"] not in named else ""
            named.add(row_id)
            merged = self._one(row_id, row, now.get(row_id)) if row_id else {**row, "id": ""}
            if merged is not None:
                found.append(merged)
        found += [row for row in stored if row["id"] not in named and self._stays(row)]
        return tuple(found)

    def _one(self, row_id: str, mine: Row, now: Row | None) -> Row | None:
        before, typed = self._shown.get(_key(self._name, row_id)), fingerprint(mine)
        if now is None:
            if before is None:
                return {**mine, "id": ""}
            if typed == before:
                self.kept = True
                return None
            self.clashes[row_id] = None
            return mine
        current = fingerprint(now)
        if typed == before and typed != current:
            self.kept = True
            return now
        if typed != current and current != before:
            self.clashes[row_id] = now
        return mine

    def _stays(self, row: Row) -> bool:
        """Of a stored row that is not in the form: whether it is new to the form, or was taken out there."""
        before = self._shown.get(_key(self._name, row["id"]))
        if before is None:
            self.kept = True
            return True
        if fingerprint(row) != before:
            self.clashes[row["id"]] = row
        return False
