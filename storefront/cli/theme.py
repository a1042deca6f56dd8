"""``storefront theme``: how the shop is dressed."""

from pathlib import Path

import click

from storefront.cli.opening import actor, echo_json, open_shop, table
from storefront.core.db import run_unit
from storefront.core.settings.look import check_look, look_of, use_theme
from storefront.core.settings.theme_faults import faults_of, forget_faults
from storefront.shop.themes.checking import check_theme, copied_from
from storefront.shop.themes.folder import MAX_NAME, NAME, THEME_API, Theme, ThemeBroken, read_theme
from storefront.shop.themes.shelf import FOLDER, ThemeShelf

TOML = 'title = "{title}"\nversion = "0.1"\napi = ">={api},<0.2"\n'
TOKENS = """/* Tokens that differ from the shop's own, for light and for dark paper: docs/theming.md lists them. */
@layer theme {
  :root { }
}
"""


@click.group()
def theme() -> None:
    """See, choose and check themes. Changes hold at once, without a restart."""


@theme.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_themes(as_json: bool) -> None:
    """Every theme, and which one is in use."""
    with open_shop() as shop:
        used, found = str(shop.shop.policy("look.theme")), _shelf(shop.app).find()
        if as_json:
            echo_json([_said(each.name, each.theme, each.reason, used) for each in found.values()])
            return
        if not found:
            click.echo("There is no theme. The shop has its own look.")
            return
        rows = [
            (
                each.name,
                "in use" if each.name == used else "" if each.theme else "cannot be used",
                each.theme.version if each.theme else "",
                each.origin or f"DATA_DIR/{FOLDER}",
                each.theme.title if each.theme else "",
            )
            for each in found.values()
        ]
        table(rows, ("theme", "state", "version", "from", "title"))
        for each in found.values():
            if each.reason:
                click.echo(f"{each.name}: {each.reason}")


def _said(name: str, found: Theme | None, reason: str, used: str) -> dict[str, object]:
    return {
        "name": name,
        "title": found.title if found else "",
        "version": found.version if found else "",
        "in_use": name == used,
        "reason": reason,
    }


@theme.command()
@click.argument("name", required=False)
def use(name: str | None) -> None:
    """Dress the shop with NAME; without NAME: the shop's own look. Again for the same theme: its files are read anew."""
    with open_shop() as shop:
        found = _readable(_shelf(shop.app), name) if name else None
        look = look_of({**shop.shop.policies, "look.theme": name or ""})
        try:
            check_look(look, found.colours if found else {})
        except ValueError as error:
            raise click.ClickException(
                f"The colours chosen in the back office cannot be read on those of the theme. {error} Choose them anew, "
                "or go back to the default there (/manage/look/)."
            ) from error

        def work() -> None:
            use_theme(name or "", actor())
            if name:
                forget_faults(name)

        run_unit(work)
        click.echo(f"The shop wears {name}." if name else "The shop has its own look.")


@theme.command()
@click.argument("name")
def check(name: str) -> None:
    """Say what is wrong with a theme, or may be. NAME: a theme, or the folder of one."""
    with open_shop() as shop:
        folder = Path(name)
        try:
            found = read_theme(folder.resolve(), folder.resolve().name) if folder.is_dir() else None
        except ThemeBroken as error:
            raise click.ClickException(str(error)) from error
        found = found or _readable(_shelf(shop.app), name)
        remarks = check_theme(found)
        for remark in remarks:
            click.echo(f"{'broken ' if remark.broken else ''}{remark.about}: {remark.sentence}")
        for fault in faults_of(found.name, found.stamp):
            click.echo(f"broken templates/{fault.template}: line {fault.line}, {fault.error} (seen in the shop)")
        if any(remark.broken for remark in remarks):
            raise click.ClickException(f"{found.name} has templates that cannot be used.")
        counted = f"{len(found.templates)} templates, {len(remarks)} remarks"
        click.echo(f"{found.name} {found.version} can be used: {counted}.")


@theme.command()
@click.argument("name")
@click.option("--title", help="Its name for people. Default: NAME.")
def new(name: str, title: str | None) -> None:
    """Begin a theme in DATA_DIR."""
    if not NAME.match(name) or len(name) > MAX_NAME:
        raise click.ClickException(
            f"{name[:60]!r} cannot be the name of a theme. Use small letters, digits and single underscores."
        )
    with open_shop() as shop:
        root = shop.settings.data_dir / FOLDER / name
        if root.exists():
            raise click.ClickException(f"{root} is there already.")
        (root / "templates").mkdir(parents=True)
        (root / "static").mkdir()
        shown = (title or name).replace("\\", "").replace('"', "'")
        (root / "theme.toml").write_text(TOML.format(title=shown, api=THEME_API), encoding="utf-8")
        (root / "tokens.css").write_text(TOKENS, encoding="utf-8")
        click.echo(f"A theme to begin with is in {root}")


@theme.command()
@click.argument("name")
@click.argument("template")
def copy(name: str, template: str) -> None:
    """Copy the shop's own TEMPLATE (such as home/page.html) into the theme NAME, to be changed there."""
    with open_shop() as shop:
        found = _readable(_shelf(shop.app), name)
        target = found.template(template)
        try:
            text = copied_from(template, THEME_API)
        except LookupError as error:
            raise click.ClickException(f"The shop has no template {template!r} that a theme may dress.") from error
        if target.exists():
            raise click.ClickException(f"{target} is there already.")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        click.echo(f"{target} is yours. A template that changes little better extends the shop's own:")
        click.echo(f'{{% extends "shop:{template}" %}}')


def _shelf(app: object) -> ThemeShelf:
    shelf = app.extensions["storefront"].themes  # type: ignore[attr-defined]
    assert isinstance(shelf, ThemeShelf)
    return shelf


def _readable(shelf: ThemeShelf, name: str) -> Theme:
    found = shelf.get(name)
    if found is None:
        listed = ", ".join(shelf.find()) or "none"
        raise click.ClickException(f"No theme named {name!r} is installed. Installed themes: {listed}.")
    if found.theme is None:
        raise click.ClickException(f"{name}: {found.reason}")
    return found.theme
