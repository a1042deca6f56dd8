"""The command line: ``python -m tools.bench [pages|generate|backoffice|export]``; without a word, ``pages``."""

import argparse
import sys
import time
from pathlib import Path

from storefront.core.invariants.checks import run_all
from tools.bench.backoffice import add_arguments as add_back_office
from tools.bench.backoffice import measure_back_office
from tools.bench.export import add_arguments as add_export
from tools.bench.export import measure_export
from tools.bench.run import add_arguments, measure_pages
from tools.bench.shop import SEED, environment, fill, opened

COMMANDS = ("pages", "generate", "backoffice", "export")


def main() -> None:
    arguments = sys.argv[1:]
    command = arguments.pop(0) if arguments and arguments[0] in COMMANDS else "pages"
    parser = argparse.ArgumentParser(prog=f"bench {command}", description=__doc__)
    if command == "pages":
        add_arguments(parser)
        sys.exit(measure_pages(parser.parse_args(arguments)))
    if command == "backoffice":
        add_back_office(parser)
        sys.exit(measure_back_office(parser.parse_args(arguments)))
    if command == "export":
        add_export(parser)
        sys.exit(measure_export(parser.parse_args(arguments)))
    _add_generate(parser)
    sys.exit(generate(parser.parse_args(arguments)))


def _add_generate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--keep", type=Path, required=True, help="the shop's DATA_DIR; what is there already is kept")
    parser.add_argument("--database-url", default="", help="an empty or generated database; default: SQLite in --keep")
    parser.add_argument("--products", type=int, default=1000)
    parser.add_argument("--orders", type=int, default=0)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--audit", action="store_true", help="run storefront audit over it afterwards")


def generate(options: argparse.Namespace) -> int:
    """Fill the shop; with ``--audit`` also check its books. Exit code 1 when they are wrong."""
    with opened(environment(options.keep, options.database_url)) as app:
        start = time.monotonic()
        products, orders = fill(app, options.products, options.orders, seed=options.seed)
        print(
            f"{products:,} products and {orders:,} orders written in {time.monotonic() - start:.1f} s: {options.keep}"
        )
        if not options.audit:
            return 0
        findings = run_all()
        print("\n".join(map(str, findings)) or "The books are right.")
        return 1 if findings else 0


if __name__ == "__main__":
    main()
