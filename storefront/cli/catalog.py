"""``storefront catalog``: goods in."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from storefront.cli.opening import actor, echo_json, open_shop
from storefront.core.catalog.importing.report import ImportRefused, ImportReport, RefusedRow
from storefront.core.catalog.importing.shopify import import_shopify
from storefront.core.catalog.picturing.fetch_all import fetch_remote
from storefront.core.values.language import LANGUAGES

# One format so far: "auto" reads it, or says which column is missing.
FORMATS = ("auto", "shopify")


@click.group()
def catalog() -> None:
    """Goods from other systems."""


@catalog.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "kind", type=click.Choice(FORMATS), default="auto", show_default=True)
@click.option("--currency", default="", help="Of the prices in the file, which does not name it.")
@click.option("--rate", default="", help="Base currency for one unit of the file's, such as 150.5.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Of the texts in the file. Default: the shop's own.")
@click.option("--dry-run", is_flag=True, help="Do everything, keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def import_file(
    file: Path, kind: str, currency: str, rate: str, lang: str | None, dry_run: bool, as_json: bool
) -> None:
    """Take over products from a CSV file. The same file again changes nothing."""
    with open_shop() as shop:
        base = shop.shop.base_currency
        code = currency.strip().upper()
        if not code:  # a guess here would sell fifty dollars for fifty yen
            raise click.ClickException(
                f"The file does not say which currency its prices are in. Add --currency, such as --currency {base}. "
                "Nothing was changed."
            )
        if code != base and not rate:
            raise click.ClickException(
                f"The prices are in {code} and the shop's are in {base}. Add --rate: how many {base} one {code} is."
            )
        with progress_bar(as_json) as progress:
            try:
                report = import_shopify(
                    file,
                    currency=code,
                    rate=rate or "1",
                    base_currency=base,
                    lang=lang or str(shop.shop.policy("shop.default_language")),
                    actor=actor(),
                    progress=progress,
                    dry_run=dry_run,
                )
            except ImportRefused as error:
                raise click.ClickException(f"{error} Nothing was changed.") from error
    if as_json:
        echo_json(report)
    else:
        print_report(report)


@catalog.group()
def pictures() -> None:
    """Pictures of the goods."""


@pictures.command("fetch")
@click.option("--limit", type=click.IntRange(1), help="At most so many addresses.")
@click.option("--again", is_flag=True, help="Also those that could not be had before.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def fetch_pictures(limit: int | None, again: bool, as_json: bool) -> None:
    """Fetch the pictures that an import knows by their addresses only. Only from the public internet."""
    with open_shop() as shop, progress_bar(as_json, "Pictures") as progress:
        report = fetch_remote(shop.settings.originals_dir, actor(), limit=limit, again=again, progress=progress)
    if as_json:
        echo_json(report)
        return
    for failed in report.failed:
        click.echo(f"not fetched, {failed.url}: {failed.sentence}")
    click.echo(f"{report.fetched} fetched, {len(report.failed)} not. They are prepared in the background.")


@contextmanager
def progress_bar(silent: bool, label: str = "Products") -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, which is not drawn where nobody watches."""
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=silent, show_pos=True) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield progress


def print_report(report: ImportReport) -> None:
    for row in report.notes:
        click.echo(f"note, {_row(row)}")
    for row in report.refused:
        click.echo(f"refused, {_row(row)}")
    trial = "Trial run, nothing was changed: " if report.dry_run else ""
    click.echo(
        f"{trial}{report.created} new, {report.updated} changed, {report.unchanged} as before; "
        f"{report.rows} rows read, {len(report.refused)} refused."
    )


def _row(row: RefusedRow) -> str:
    whose = f" ({row.handle})" if row.handle else ""
    return f"row {row.row_number}{whose}: {row.sentence()}"
