"""What long-running processes write to stderr: one line per event, as text or (``LOG_FORMAT=json``) as JSON."""

import json
import logging
import os
from datetime import UTC, datetime

from storefront.core.log_context import log_fields, without_people

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class TextLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={value}" for name, value in log_fields().items())
        first, newline, rest = super().format(record).partition("\n")
        return without_people(f"{first}{fields}{newline}{rest}")


class JsonLines(logging.Formatter):
    """One object a line: ``time`` (UTC), ``level``, ``logger``, ``message``, ``process``, and the ids of the request
    (``request_id``) or job (``job_id``, ``job``) at hand."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_people(record.getMessage()),
            "process": record.process,
            **log_fields(),
        }
        if record.exc_info:
            line["trace"] = without_people(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def start_logging() -> None:
    """Addresses of private pages are never logged: there is no access log."""
    handler = logging.StreamHandler()
    wanted = os.environ.get("LOG_FORMAT", "").strip().lower()
    handler.setFormatter(JsonLines() if wanted == "json" else TextLines(TEXT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)
