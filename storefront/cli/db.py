"""``storefront db``: the database's shape."""

import click

from storefront.cli.opening import open_app
from storefront.extensions import db as database
from storefront.plugin_host.lifecycle import note_migration
from storefront.plugin_host.migrations import upgrade_all


@click.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Make the tables, or bring them up to date: the core's, then those of each installed plugin."""
    with open_app() as app:
        host = app.extensions["storefront"].host
        upgrade_all(database.engine, host, note_migration)
        click.echo("The database is up to date.")
        for plugin in host.broken:
            click.echo(f"The plugin {plugin.name} does not run: {plugin.reason}", err=True)
