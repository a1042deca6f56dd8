"""``storefront plugins``: what is installed, and what of it the shop uses."""

from pathlib import Path

import click

from storefront.cli.kit.commands import check, new, translate
from storefront.cli.opening import actor, echo_json, open_shop, table
from storefront.config import settings_from_environment
from storefront.core.audit.service import record
from storefront.core.db import run_unit
from storefront.extensions import db
from storefront.plugin_host import boots, lifecycle, service
from storefront.plugin_host.errors import sentence
from storefront.plugin_host.lifecycle import Data
from storefront.plugin_host.report import report


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


REASON = click.option("--reason", default="", help="Why, for the audit log.")


@plugins.command()
@click.argument("name")
@REASON
def enable(name: str, reason: str) -> None:
    """Bring its tables up to date and offer what the plugin brings."""
    with open_shop() as shop:
        lifecycle.switch_on(db.engine, shop.host, name, actor(), reason)
        click.echo(f"{name} is enabled.")


@plugins.command()
@click.argument("name")
@REASON
def disable(name: str, reason: str) -> None:
    """Offer it no longer. What it has begun, it still ends."""
    with open_shop() as shop:
        run_unit(lambda: service.disable(shop.host, name, actor(), reason))
        click.echo(f"{name} is disabled.")


@plugins.command()
@click.argument("name", required=False)
@REASON
def retry(name: str | None, reason: str) -> None:
    """Let a stopped plugin run again, or load a broken one anew, in every process. Without NAME: leave safe mode, at the
    next start."""
    if name is None:
        folder = settings_from_environment().data_dir
        if boots.safe_mode_reason(folder):
            # While it is still safe mode: what made the shop die is not loaded to write this down.
            with open_shop():
                run_unit(lambda: record(actor(), "plugin.leave_safe_mode", ("plugin", ""), reason))
        left = boots.leave_safe_mode(folder)
        click.echo(
            "Every plugin is loaded again at the next start."
            if left
            else "The shop does not keep to safe mode by itself."
        )
        return
    with open_shop() as shop:
        lifecycle.try_again(db.engine, shop.host, name, actor(), reason)
        click.echo(f"{name} is tried again.")


@plugins.command()
@click.argument("name")
@click.option(
    "--data", type=click.Choice([*Data]), prompt="Its settings and what it kept", help="What becomes of them."
)
@click.option("--folder", type=click.Path(path_type=Path), help="Where an export is written. Default: in DATA_DIR.")
@REASON
def purge(name: str, data: str, folder: Path | None, reason: str) -> None:
    """Put a disabled plugin away: keep, export (then delete) or drop what it kept."""
    with open_shop() as shop:
        where = folder or shop.settings.data_dir / "exports" / "plugins"
        done = lifecycle.purge(db.engine, shop.host, name, Data(data), actor(), reason, folder=where)
        click.echo(f"{name} was put away.")
        if done.file is not None:
            click.echo(f"What it kept is in {done.file}")


@plugins.command("ask")
@click.argument("name")
def ask_settings(name: str) -> None:
    """Ask the plugin whether its settings work."""
    with open_shop() as shop:
        problems = lifecycle.ask_settings(shop.host, name, shop.shop)
        for problem in problems:
            click.echo(sentence(problem))
        if problems:
            raise click.ClickException(f"The settings of {name} do not work.")
        click.echo(f"The settings of {name} work.")


@plugins.command("report")
@click.argument("name")
def show_report(name: str) -> None:
    """What went wrong with it, to send to its author: no personal data, no secrets."""
    with open_shop() as shop:
        click.echo(report(shop.host, name, shop.shop), nl=False)


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


@plugins.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("name")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="COMMAND...")
def run_command(name: str, arguments: tuple[str, ...]) -> None:
    """Run a command that an enabled plugin brings; without COMMAND: say which there are."""
    with open_shop() as shop:
        shop.host.get(name)
        if not shop.host.is_enabled(name, shop.shop):
            raise click.ClickException(f"{name} is not enabled, so its commands are not there.")
        group = click.Group(name, commands={c.name or "": c for c in shop.host.commands(name)})
        if not group.commands:
            raise click.ClickException(f"{name} brings no commands.")

        def call() -> None:
            group.main(list(arguments) or ["--help"], prog_name=f"storefront plugins run {name}", standalone_mode=False)

        try:
            shop.host.watch.ask(name, "cli", call, ())
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:  # plugin code: noted under its name
            raise click.ClickException(f"The command of {name} broke off: {type(error).__name__}: {error}") from error


for author_command in (new, translate, check):
    plugins.add_command(author_command)
