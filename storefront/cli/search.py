"""``storefront search``: the index of goods and orders."""

import sys

import click

from storefront.cli.opening import open_shop
from storefront.jobs.search import mend, rebuild, reorder_products, settle


@click.group()
def search() -> None:
    """The search index."""


@search.command("rebuild")
@click.option(
    "--mend", "damaged", is_flag=True, help="SQLite: first make the full text table anew; other writers wait meanwhile."
)
def rebuild_index(damaged: bool) -> None:
    """Write every document of the index anew while the shop runs."""
    with open_shop():
        if damaged:
            mend()
        with click.progressbar(length=1, label="Documents", file=sys.stderr, show_pos=True) as bar:
            before = {"products": 0, "orders": 0}
            totals: dict[str, int] = {}

            def progress(what: str, done: int, total: int) -> None:
                totals[what] = total
                bar.length = max(sum(totals.values()), 1)
                bar.update(done - before[what])
                before[what] = done

            rebuild(progress)
        click.echo(f"{before['products']} products and {before['orders']} orders can be found.")


@search.command("reorder")
def reorder_index() -> None:
    """Give every product its place among the hits by what sold, is in stock and is new, as every night."""
    with open_shop():
        moved = reorder_products()
        settle()
        click.echo(f"{moved} products moved.")
