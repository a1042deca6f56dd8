"""How fast a catalogue file goes in, and how much memory it takes.

Usage: .venv/bin/python tools/import_bench.py [--rows 100000] [--format own|shopify|woocommerce] [--url DATABASE_URL]

Makes a file of so many products (one row each; in the shop's own form a product and a variant row), imports it into an
empty database, again (nothing changes), and writes it out. Prints rows a second and how much the process grew."""

import argparse
import csv
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import scoped_session, sessionmaker

from storefront.core.catalog.exporting.running import export_catalog
from storefront.core.catalog.importing.running import import_catalog
from storefront.core.db import prepare_engine, use_session_provider
from storefront.plugin_host.migrations import upgrade

WORDS = ["森", "海", "青", "茶", "碗", "silk", "river", "cedar", "夜", "光", "paper", "lantern", "鶴", "snow", "indigo"]
BODY = "<p>Made by hand in a small workshop. <b>Each piece differs.</b></p><ul><li>Wash by hand</li></ul>" * 3


def name_of(n: int) -> str:
    return f"{WORDS[n % len(WORDS)]} {WORDS[n // 7 % len(WORDS)]} {n}"


def shopify(n: int) -> list[dict[str, str]]:
    return [
        {
            "Handle": f"item-{n}", "Title": name_of(n), "Body (HTML)": BODY, "Vendor": f"Maker {n % 300}",
            "Type": f"Kind {n % 50}", "Published": "true", "Option1 Name": "Title", "Option1 Value": "Default Title",
            "Variant SKU": f"SKU-{n}", "Variant Grams": "250", "Variant Inventory Tracker": "shopify",
            "Variant Inventory Qty": str(n % 40), "Variant Inventory Policy": "deny", "Variant Price": str(500 + n % 9000),
            "Image Src": f"https://example.com/{n}.jpg",
        }
    ]  # fmt: skip


def woocommerce(n: int) -> list[dict[str, str]]:
    return [
        {
            "ID": str(n + 1), "Type": "simple", "SKU": f"SKU-{n}", "Name": name_of(n), "Published": "1",
            "Short description": "A good thing.", "Description": BODY, "In stock?": "1", "Stock": str(n % 40),
            "Weight (kg)": "0.25", "Regular price": str(500 + n % 9000), "Categories": f"Kinds > Kind {n % 50}",
            "Images": f"https://example.com/{n}.jpg",
        }
    ]  # fmt: skip


def own(n: int) -> list[dict[str, str]]:
    texts = {f"name_{lang}": name_of(n) for lang in ("en", "ja", "zh-hans", "zh-hant")}
    product = {"record": "product", "product": f"P-{n}", "slug": f"item-{n}", "body_en": BODY, "weight": "250", **texts}
    price = {"price": str(500 + n % 9000), "currency": "JPY", "stock": str(n % 40)}
    return [product, {"record": "variant", "product": f"P-{n}", "sku": f"SKU-{n}", **price}]


MAKERS: dict[str, Callable[[int], list[dict[str, str]]]] = {"own": own, "shopify": shopify, "woocommerce": woocommerce}


def write_file(path: Path, kind: str, products: int) -> int:
    make = MAKERS[kind]
    header = list(dict.fromkeys(name for row in make(0) for name in row))
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        for n in range(products):
            made = make(n)
            writer.writerows(made)
            rows += len(made)
    return rows


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(what: str, rows: int, act: Callable[[], Any]) -> None:
    before, start, busy = peak_mb(), time.perf_counter(), time.process_time()
    outcome = act()
    took, busy = time.perf_counter() - start, time.process_time() - busy
    print(
        f"{what:<10} {rows:>8} rows  {took:>7.1f} s ({busy:.1f} s busy)  {rows / took:>7.0f} rows/s  +{peak_mb() - before:.0f} MB  {outcome}"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--format", dest="kind", choices=sorted(MAKERS), default="shopify")
    options.add_argument("--url", default="")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "goods.csv"
        rows = write_file(path, given.kind, given.rows // len(MAKERS[given.kind](0)))
        engine = create_engine(given.url or f"sqlite:///{folder}/shop.sqlite")
        prepare_engine(engine)
        upgrade(engine)
        use_session_provider(scoped_session(sessionmaker(engine)))

        def run() -> str:
            done = import_catalog(path, currency="JPY", base_currency="JPY", lang="en", actor="bench", kind=given.kind)
            return (
                f"{done.created} new, {done.updated} changed, {done.unchanged} as before, {done.refused_count} refused"
            )

        print(
            f"{given.kind} on {engine.dialect.name}, {path.stat().st_size / 1e6:.0f} MB, Python {sys.version.split()[0]}"
        )
        timed("import", rows, run)
        timed("again", rows, run)

        def out() -> str:
            pieces = export_catalog("own", base_currency="JPY", lang="en")
            return f"{sum(len(piece) for piece in pieces) / 1e6:.0f} MB"

        timed("export", rows, out)


if __name__ == "__main__":
    main()
