"""A whole list of the back office as a file, in process: rows a second, and what the file costs in memory."""

import argparse
import resource
import time
from pathlib import Path

from storefront.admin.lists.files import FORMATS, writer_for
from storefront.admin.registry import find_page
from storefront.core.contracts.manage import Ask
from storefront.core.db import session
from storefront.core.i18n.translate import domain_gettext, use_language
from storefront.shop.context import current_shop, extension
from tools.bench.shop import environment, opened

# As often as the job says how far it is.
STEP = 1000
WARM = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--keep", type=Path, required=True, help="the DATA_DIR of a shop made by `generate`")
    parser.add_argument("--database-url", default="", help="default: SQLite in --keep")
    parser.add_argument("--list", default="orders", help="the list's key, such as products")
    parser.add_argument("--format", choices=FORMATS, default="csv")
    parser.add_argument("--rows", type=int, default=0, help="stop after so many; 0: all")


def measure_export(options: argparse.Namespace) -> int:
    """Write the file beside the shop's data, print what it took, delete it. Growth is counted from 10,000 rows on."""
    path = options.keep / f"bench-export.{options.format}"
    with opened(environment(options.keep, options.database_url)) as app, app.test_request_context(), use_language("en"):
        page = find_page(options.list, extension().host, current_shop())
        if page is None or page.spec.rows is None:
            print(f"There is no list called {options.list}.")
            return 1
        columns = [column for column in page.spec.rows.columns if column.exported]
        zone, rows, warm, start = str(current_shop().policy("shop.time_zone")), 0, 0.0, time.perf_counter()
        try:
            with writer_for(path, columns, domain_gettext(page.source), zone) as writer:
                for row in page.spec.rows.source.stream(Ask()):
                    writer.add(row)
                    rows += 1
                    if rows % STEP == 0:
                        session.rollback()
                    if rows == WARM:
                        warm = _peak()
                    if rows == options.rows:
                        break
            took, size = time.perf_counter() - start, path.stat().st_size
        finally:
            path.unlink(missing_ok=True)
    print(
        f"{rows:,} rows of {options.list} as {options.format}: {took:.0f} s, {rows / took:,.0f} rows/s, "
        f"{size / 2**20:,.0f} MiB; peak memory {warm:.0f} MiB after {WARM:,} rows, {_peak():.0f} MiB at the end"
    )
    return 0


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
