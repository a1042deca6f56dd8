"""``storefront plugins``: what is installed, and what of it the shop uses."""

import click

from storefront.cli.opening import actor, echo_json, open_shop, table
from storefront.core.db import run_unit
from storefront.plugin_host import service
from storefront.plugin_host.errors import sentence


@click.group()
def plugins() -> None:
    """See, enable, disable and set up plugins. Changes hold at once, without a restart."""


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_plugins(as_json: bool) -> None:
    """Every plugin, its state and what is missing."""
    with open_shop() as shop:
        found = service.describe(shop.host, shop.shop)
        if as_json:
            echo_json(found)
            return
        if not found:
            click.echo("No plugin is installed, so nothing can be sold yet.")
            return
        rows = [(info.name, str(info.status), info.version, info.title) for info in found]
        table(rows, ("plugin", "status", "version", "title"))
        for info in found:
            if info.reason:
                click.echo(f"{info.name}: {info.reason}")
            for problem in info.problems:
                click.echo(f"{info.name}: {sentence(problem)}")


@plugins.command()
@click.argument("name")
def enable(name: str) -> None:
    """Offer what the plugin brings."""
    with open_shop() as shop:
        run_unit(lambda: service.enable(shop.host, name, actor()))
        click.echo(f"{name} is enabled.")


@plugins.command()
@click.argument("name")
def disable(name: str) -> None:
    """Offer it no longer. What it has begun, it still ends."""
    with open_shop() as shop:
        run_unit(lambda: service.disable(shop.host, name, actor()))
        click.echo(f"{name} is disabled.")


@plugins.command("set")
@click.argument("name")
@click.argument("pairs", nargs=-1, required=True, metavar="KEY=VALUE...")
def set_values(name: str, pairs: tuple[str, ...]) -> None:
    """Change settings of a plugin; KEY= alone sets the default again."""
    values: dict[str, str | None] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise click.ClickException(f"{pair[:40]!r} is not understood. Write KEY=VALUE. Nothing was changed.")
        values[key] = value or None
    with open_shop() as shop:
        missing = run_unit(lambda: service.set_settings(shop.host, name, values, actor()))
        click.echo(f"{name}: {', '.join(sorted(values))} set.")
        for problem in missing:
            click.echo(f"Still missing: {sentence(problem)}")
