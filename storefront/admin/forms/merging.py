"""Two people edit one row: nothing is overwritten that its author has not seen.

A form carries, per input, a fingerprint of the value it was shown with. When it comes back, each input is compared with
that and with what is stored by then: what only one of the two changed is kept, what both changed is shown to the later."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

FIELD = "_seen"
MAX_SEEN = 20_000


@dataclass(frozen=True, slots=True)
class Merged:
    """``values``: what is to be stored. ``clashes``: inputs both changed, with what is stored. ``kept``: inputs somebody
    else changed and this form did not."""

    values: Mapping[str, Any]
    clashes: Mapping[str, Any] = field(default_factory=dict)
    kept: tuple[str, ...] = ()


def fingerprint(value: Any) -> str:
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
    return json.dumps({name: fingerprint(value) for name, value in flat.items()}, separators=(",", ":"))


def read_seen(text: str) -> dict[str, str]:
    """Unreadable or missing: nothing was seen, so every stored value counts as new."""
    try:
        found = json.loads(text[:MAX_SEEN]) if text else {}
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def merge(stored: Mapping[str, Any], mine: Mapping[str, Any], shown: Mapping[str, str]) -> Merged:
    """``stored``: as it is now, all inputs. ``mine``: of the inputs that could be changed."""
    values, clashes, kept = dict(stored), {}, []
    for name, value in mine.items():
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
