"""``storefront audit``: whether the books agree."""

import sys

import click

from storefront.cli.opening import echo_json, open_shop
from storefront.core.invariants.checks import run_all


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def audit(as_json: bool) -> None:
    """Check every invariant on the live database. Exit code 1, and the rows, when one is broken."""
    with open_shop():
        findings = run_all()
        if as_json:
            echo_json(findings)
        else:
            for finding in findings:
                click.echo(str(finding))
            click.echo(f"{len(findings)} finding(s)." if findings else "All invariants hold.")
    if findings:
        sys.exit(1)
