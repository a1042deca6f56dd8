"""``storefront plugins new|translate|check``: for whoever writes a plugin. They need no shop and no database."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from storefront.cli.kit.catalogues import Unreadable, compile_domain, update
from storefront.cli.kit.making import CannotMake, Kind, domain_of, make
from storefront.cli.kit.project import NoProject, Project, installed_project, project_at

WIDTH = 11


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


@click.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
def translate(path: Path) -> None:
    """Bring the catalogues of the plugin in PATH in step with its sources, and compile them."""
    with TemporaryDirectory() as scratch:
        try:
            project = project_at(path, Path(scratch))
            domain = domain_of(project.package)
            update(domain, project.root)
            compile_domain(domain)
        except (NoProject, Unreadable) as error:
            raise click.ClickException(str(error)) from error


@click.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--tests/--no-tests", default=True, show_default=True, help="Run the plugin's own tests, too.")
def check(path: Path, tests: bool) -> None:
    """What a shop owner will meet: the plugin in the folder or wheel PATH, or the installed one of that name, looked at from all
    sides. Exit code 1 with findings. Of an installed plugin the shop's own contract tests are run, with its settings."""
    from storefront.cli.kit.checking import check as look  # it loads the plugin host, which "new" does not need

    count = 0
    with TemporaryDirectory() as scratch:
        try:
            project = project_at(path, Path(scratch)) if path.exists() else installed_project(str(path))
        except NoProject as error:
            raise click.ClickException(str(error)) from error
        for about, findings in look(project):
            click.echo(f"{about:<{WIDTH}} {'ok' if not findings else f'{len(findings)} finding(s)'}")
            for finding in findings:
                click.echo(f"  {finding.sentence}")
            count += len(findings)
        if tests and project.installed:
            count += run_contracts(project, Path(scratch))
        elif tests and project.is_source and project.tests.is_dir():
            count += run_tests(project.root)
    click.echo("All is well." if not count else f"{count} finding(s).")
    if count:
        sys.exit(1)


def run_tests(root: Path) -> int:
    """How many findings that is: 1 when the tests fail or cannot be run."""
    if find_spec("pytest") is None:
        click.echo(
            f"{'tests run':<{WIDTH}} 1 finding(s)\n  pytest is not installed here. Install the project with its dev extra."
        )
        return 1
    return _say(
        subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=root, capture_output=True, text=True, check=False)
    )


def run_contracts(project: Project, scratch: Path) -> int:
    """The shop's contract tests against an installed plugin (``storefront/testing/installed.py``); as ``run_tests``."""
    if find_spec("pytest") is None:
        click.echo(f"{'tests run':<{WIDTH}} not run: pytest is not installed here (pip install pytest)")
        return 0
    from storefront.cli.kit.stored import stored_settings  # it opens the shop, which "new" does not need
    from storefront.testing import installed

    given = scratch / "check.json"
    given.write_text(json.dumps({"module": project.module, "stored": stored_settings(project.name)}), "utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        "--rootdir",
        str(scratch),
    ]
    environment = {**os.environ, installed.VARIABLE: str(given)}
    return _say(
        subprocess.run(
            [*command, installed.__file__], cwd=scratch, env=environment, capture_output=True, text=True, check=False
        )
    )


def _say(done: "subprocess.CompletedProcess[str]") -> int:
    last = done.stdout.strip().splitlines()[-1:] or ["no word"]
    click.echo(f"{'tests run':<{WIDTH}} {'ok' if done.returncode == 0 else '1 finding(s)'}, {last[0]}")
    if done.returncode:
        click.echo(done.stdout[-4000:])
    return int(done.returncode != 0)
