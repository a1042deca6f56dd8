"""What a plugin kept, as a file: JSON lines, a head with its settings first, then every row of its tables."""

import base64
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, NullPool, Table, create_engine, select

from storefront.plugin_host.settings import without_secrets

BATCH = 500


def write(
    engine: Engine, name: str, settings: Mapping[str, Any], tables: Sequence[str], folder: Path, now: datetime
) -> Path:
    """Write the file and return its path; only the shop's own account can read it. Secrets are left out, and named. Reads on
    a connection of its own, in constant memory."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{name}-{now:%Y%m%dT%H%M%SZ}.jsonl"
    shown, secret = without_secrets(settings)
    head = {"plugin": name, "exported_at": now.isoformat(), "settings": shown, "left_out": secret, "tables": [*tables]}
    draft = path.with_suffix(".part")
    with open(draft, "w", encoding="utf-8", opener=lambda file, flags: os.open(file, flags, 0o600)) as file:
        file.write(_line(head))
        for line in _rows(engine, tables):
            file.write(line)
    draft.replace(path)
    return path


def _rows(engine: Engine, tables: Sequence[str]) -> Iterator[str]:
    own = create_engine(engine.url, poolclass=NullPool)
    try:
        with own.connect() as connection:
            for name in tables:
                table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
                found = connection.execution_options(yield_per=BATCH).execute(select(table))
                for row in found.mappings():
                    yield _line({"table": name, "row": dict(row)})
    finally:
        own.dispose()


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, default=_json_value, ensure_ascii=False) + "\n"


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal):
        return str(value)
    return repr(value)
