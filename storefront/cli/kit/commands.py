"""``storefront plugins new|translate|check``: for whoever writes a plugin. They need no shop and no database."""

from pathlib import Path

import click

from storefront.cli.kit.making import CannotMake, Kind, make


@click.command()
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.argument("name")
@click.option("--dir", "folder", type=click.Path(path_type=Path), help="Default: storefront-NAME in this folder.")
def new(kind: str, name: str, folder: Path | None) -> None:
    """Begin a plugin: a project whose tests are green at once. NAME is its title, such as "Blue Post"."""
    try:
        made = make(Kind(kind), name, folder)
    except CannotMake as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{made} is there. Next:")
    click.echo(f"  cd {made}")
    click.echo("  python -m pip install -e '.[dev]'   (with --no-build-isolation --no-deps where there is no network)")
    click.echo("  python -m pytest -q")
    click.echo("  storefront plugins check .")
