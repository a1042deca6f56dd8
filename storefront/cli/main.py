"""``storefront``: the group of all commands. Each is imported when it is called, so that a short command starts fast."""

from importlib import import_module

import click

import storefront

# name: module and object. "see" commands stand before those that run processes.
COMMANDS = {
    "db": "storefront.cli.db:db",
    "demo": "storefront.cli.demo:demo",
    "orders": "storefront.cli.orders:orders",
    "catalog": "storefront.cli.catalog:catalog",
    "search": "storefront.cli.search:search",
    "plugins": "storefront.cli.plugins:plugins",
    "theme": "storefront.cli.theme:theme",
    "secrets": "storefront.cli.secrets:secrets",
    "owner": "storefront.cli.owner:owner",
    "pricing": "storefront.cli.pricing:pricing",
    "mail": "storefront.cli.mail:mail",
    "audit": "storefront.cli.audit:audit",
    "run": "storefront.cli.supervisor:run",
    "serve": "storefront.cli.serve:serve",
    "web": "storefront.cli.serve:web",
    "reload": "storefront.cli.supervisor:reload",
    "worker": "storefront.cli.worker:worker",
    "relay": "storefront.cli.relay:relay",
    "tick": "storefront.cli.relay:tick",
}


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, name = target.partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LazyGroup)
@click.version_option(storefront.__version__, prog_name="storefront")
def main() -> None:
    """The shop's command line. Settings come from the environment; see docs/operating.md."""


if __name__ == "__main__":
    main(prog_name="storefront")
