"""What long-running processes write to stderr."""

import logging


def start_logging() -> None:
    """One line per event. Addresses of private pages are never logged: there is no access log."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
