"""The hook trace: for each request which plugins were called, for what and how long. In the answer (``Server-Timing``, which
browsers show beside the request) and on ``/_dev/hooks``; kept in a file, since several processes answer."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request

from storefront.plugin_host.tracing import Call, trace_calls, traced

NAME = "trace.jsonl"
SHOWN = 50
LONGEST = 2_000_000  # bytes, then the file begins anew
NO_TOKEN = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True, slots=True)
class Trace:
    """A request and its calls in the order they ended."""

    request: str
    status: int
    calls: tuple[Call, ...]

    @property
    def milliseconds(self) -> float:
        return sum(call.seconds for call in self.calls) * 1000


def init_tracing(app: Flask, data_dir: Path) -> None:
    """In development only: it costs a line in a file for each request."""
    trace_calls(app.extensions["storefront"].host.watch)
    file = trace_file(data_dir)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.unlink(missing_ok=True)

    @app.before_request
    def begin() -> None:
        g.plugin_calls = g.scopes.enter_context(traced())

    @app.after_request
    def note(response: Response) -> Response:
        calls: list[Call] = g.get("plugin_calls", [])
        if calls:
            response.headers["Server-Timing"] = ", ".join(timing(call) for call in calls[:SHOWN])
            write(file, {"request": f"{request.method} {request.path}", "status": response.status_code, "calls": calls})
        return response


def timing(call: Call) -> str:
    failed = f" {call.error}" if call.error else ""
    name = NO_TOKEN.sub("_", call.plugin)
    return f'{name};desc="{NO_TOKEN.sub("_", call.act)}{failed}";dur={call.seconds * 1000:.3f}'


def trace_file(data_dir: Path) -> Path:
    return data_dir / "run" / NAME


def write(file: Path, row: dict[str, Any]) -> None:
    calls = [[call.plugin, call.act, call.seconds, call.error] for call in row["calls"]]
    mode = "w" if file.exists() and file.stat().st_size > LONGEST else "a"
    with file.open(mode) as out:
        out.write(json.dumps({**row, "calls": calls}) + "\n")


def traces() -> list[Trace]:
    """The last requests that called plugins, newest first."""
    file = trace_file(current_app.extensions["storefront"].settings.data_dir)
    if not file.exists():
        return []
    rows = [json.loads(line) for line in file.read_text().splitlines()[-SHOWN:]]
    return [Trace(row["request"], row["status"], tuple(Call(*call) for call in row["calls"])) for row in reversed(rows)]
