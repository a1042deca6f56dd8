"""``storefront catalog``: goods in and out."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from storefront.cli.opening import OpenShop, actor, echo_json, open_shop
from storefront.core.catalog.cards.keeping import count_products, refresh_concerned
from storefront.core.catalog.data import Change
from storefront.core.catalog.exporting.running import FORMATS as OUT_FORMATS
from storefront.core.catalog.exporting.running import export_catalog
from storefront.core.catalog.importing.formats import AUTO, FORMATS
from storefront.core.catalog.importing.report import MAX_KEPT, Difference, ImportRefused, ImportReport, RefusedRow
from storefront.core.catalog.importing.running import Following, import_catalog
from storefront.core.catalog.picturing.fetch_all import fetch_remote
from storefront.core.values.language import LANGUAGES

# Without --dry-run what became new or another is counted; whoever wants to read it all asks for a trial run first.
MAX_CELL = 60
ADVICE = {
    "currency_missing": " Add --currency, such as --currency JPY.",
    "rate_missing": " Add --rate, such as --rate 150.5.",
    "tax_missing": " Add --tax, such as --tax 10.",
}
as_json_option = click.option("--json", "as_json", is_flag=True, help="For programs.")


@click.group()
def catalog() -> None:
    """Goods from other systems and to them."""


@catalog.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "kind", type=click.Choice((AUTO, *FORMATS)), default=AUTO, show_default=True)
@click.option("--currency", default="", help="Of the prices, where the file does not name it.")
@click.option("--rate", default="", help="Base currency for one unit of the file's, such as 150.5.")
@click.option("--tax", default="", help="Percent to add to prices that are without tax (EC-CUBE), such as 10.")
@click.option("--pictures-at", default="", help="Where pictures lie that the file knows by name only.")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), help="Of the file's texts. Default: ja for EC-CUBE, else the shop's."
)
@click.option("--dry-run", is_flag=True, help="Do everything, keep nothing, and show what would become another.")
@as_json_option
def import_file(
    file: Path,
    kind: str,
    currency: str,
    rate: str,
    tax: str,
    pictures_at: str,
    lang: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take over products from a CSV file. The same file again changes nothing."""
    with open_shop() as shop, progress_bar(as_json) as progress:
        try:
            report = import_catalog(
                file,
                kind=kind,
                currency=currency,
                rate=rate,
                tax=tax,
                pictures_at=pictures_at,
                media=media_address(shop),
                base_currency=shop.shop.base_currency,
                lang=lang or "",
                default_lang=str(shop.shop.policy("shop.default_language")),
                actor=actor(),
                following=Following(progress=progress),
                dry_run=dry_run,
            )
        except ImportRefused as error:
            advice = ADVICE.get(error.problem.code, "")
            raise click.ClickException(f"{error}{advice} Nothing was changed.") from error
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


@catalog.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "kind", type=click.Choice(OUT_FORMATS), default="own", show_default=True)
@click.option(
    "--lang", type=click.Choice(LANGUAGES), help="Of the texts, where the format knows one. Default: the shop's."
)
@click.option("--no-stock", is_flag=True, help="Own form: without the columns that set the stock.")
def export_file(file: Path, kind: str, lang: str | None, no_stock: bool) -> None:
    """Write all products into a CSV file."""
    written = 0
    with open_shop() as shop, progress_bar(silent=False) as progress:
        pieces = export_catalog(
            kind,
            base_currency=shop.shop.base_currency,
            lang=lang or str(shop.shop.policy("shop.default_language")),
            media=media_address(shop),
            stock=not no_stock,
            progress=progress,
        )
        beside = file.with_name(f".{file.name}.part")  # nobody finds half a file under the name
        try:
            with beside.open("wb") as target:
                for piece in pieces:
                    written += target.write(piece)
            beside.replace(file)
        except OSError as error:
            raise click.ClickException(f"{file} could not be written: {error.strerror}.") from error
        finally:
            beside.unlink(missing_ok=True)
    click.echo(f"{file}: {written:,} bytes.")


def media_address(shop: OpenShop) -> str:
    return f"{shop.settings.public_url}/media/"


@catalog.command("cards")
def rebuild_cards() -> None:
    """Work out anew what lists show of every product. Only what differs is written; safe at any time."""
    with open_shop():
        count = count_products()
        with progress_bar(not sys.stderr.isatty()) as progress:
            differed = refresh_concerned("all", (), lambda done: progress(done, count))
    click.echo(f"{count} products looked at, {differed} cards were not in step and are now.")


@contextmanager
def progress_bar(silent: bool, label: str = "Products") -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, which is not drawn where nobody watches."""
    hidden = silent or not sys.stderr.isatty()
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=hidden, show_pos=True) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield progress


def print_report(report: ImportReport) -> None:
    for difference in report.differences if report.dry_run else ():
        _print_difference(difference)
    for row in report.notes:
        click.echo(f"note, {_row(row)}")
    for row in report.refused:
        click.echo(f"refused, {_row(row)}")
    if report.refused_count > len(report.refused):
        click.echo(f"Of the refused rows only the first {MAX_KEPT:,} are listed.")
    trial = "Trial run, nothing was changed: " if report.dry_run else ""
    click.echo(
        f"{trial}{report.created} new, {report.updated} changed, {report.unchanged} as before; "
        f"{report.rows} rows read, {report.refused_count} refused."
    )


def _print_difference(difference: Difference) -> None:
    word = {"created": "new", "updated": "changed"}[difference.outcome]
    click.echo(f"{word}, row {difference.row_number} ({difference.handle})")
    for change in difference.changes:
        click.echo(f"    {_change(change)}")


def _change(change: Change) -> str:
    if change.field == "":
        return f"{change.where}: new"
    name = f"{change.where} {change.field}".strip()
    if change.field == "pictures":
        return f"{name}: {len(change.old)} -> {len(change.new)} (or their descriptions or order)"
    return f"{name}: {_short(change.old)} -> {_short(change.new)}"


def _short(value: Any) -> str:
    if value is None or value == "":
        return "(nothing)"
    text = " ".join(str(value).split())
    return text if len(text) <= MAX_CELL else f"{text[:MAX_CELL]}…"


def _row(row: RefusedRow) -> str:
    whose = f" ({row.handle})" if row.handle else ""
    return f"row {row.row_number}{whose}: {row.sentence()}"
