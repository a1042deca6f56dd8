"""``storefront demo``: a shop to look at."""

import os

import click

from storefront.cli.opening import open_app
from storefront.extensions import db
from storefront.plugin_host.lifecycle import note_migration
from storefront.plugin_host.migrations import upgrade_all
from storefront.profiles.loader import BadProfile, profile_names, seed_if_empty


@click.command()
@click.option("--profile", default="", help="Which shop. Default: $PROFILE, else mart.")
def demo(profile: str) -> None:
    """Prepare the database and fill it from a profile, if it is still empty. Does not serve."""
    name = profile or os.environ.get("PROFILE") or "mart"
    if name not in profile_names():
        raise click.ClickException(f"There is no profile {name!r}. There are: {', '.join(profile_names())}.")
    with open_app() as app:
        extension = app.extensions["storefront"]
        upgrade_all(db.engine, extension.host, note_migration)
        try:
            seeded = seed_if_empty(name, extension.settings.media_dir, originals_dir=extension.settings.originals_dir)
        except BadProfile as error:
            raise click.ClickException(f"The profile {name} cannot be used: {error}") from error
        click.echo(f"The shop {name} is ready." if seeded else "The database has a shop already; nothing was changed.")
