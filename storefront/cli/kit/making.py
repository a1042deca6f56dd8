"""``storefront plugins new``: a project whose tests are green at once. Its files are in ``scaffold/``, so they always fit the
shop they came with; ``@name@`` and the like are filled in."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path

from storefront.cli.kit.catalogues import LOCALES, Domain, compile_domain, read, render, update
from storefront.core.contracts.meta import API_VERSION
from storefront.plugin_host.errors import PluginBroken
from storefront.plugin_host.names import PACKAGE_PREFIX, check_name

SCAFFOLD = Path(__file__).parent / "scaffold"
SUFFIX = ".in"
MARK = re.compile(r"@(\w+)@")
TITLE = re.compile(r"[^\x00-\x1f\x7f\"\\@]{1,60}\Z")
HOME = "JP"
# Where the files of the scaffold come to lie; a wheel of the shop holds no folder "tests".
PLACES = {"package/": "@package@/", "own_tests/": "tests/", "gitignore": ".gitignore"}


class Kind(StrEnum):
    CARRIER = "carrier"
    PAYMENT = "payment"
    ADJUSTER = "adjuster"
    PAGE = "page"


ABOUT = {
    Kind.CARRIER: "A carrier with prices by country and weight.",
    Kind.PAYMENT: "A payment method: the shopper pays first, the goods wait for the money.",
    Kind.ADJUSTER: "A discount for large orders.",
    Kind.PAGE: "A note on the page of every product, written on a page of its own in the back office.",
}


class CannotMake(Exception):
    """Why no project was made; nothing was written."""


def make(kind: Kind, title: str, folder: Path | None = None) -> Path:
    """Write a project and return its folder; default ``storefront-<name>`` in the current one. Raises ``CannotMake``."""
    name = name_of(title)
    target = folder or Path(f"storefront-{name.replace('_', '-')}")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CannotMake(f"{target} exists already. Choose another folder with --dir.")
    values = words_of(kind, name, title)
    for path, text in _files(kind, values):
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    _translate(target, name)
    return target


def name_of(title: str) -> str:
    """``Blue Post`` is ``blue_post``. Raises ``CannotMake``."""
    if not TITLE.match(title):
        raise CannotMake(f"{title!r} cannot be a title. Use up to 60 characters without quotation marks.")
    name = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    try:
        return check_name(name.removeprefix(PACKAGE_PREFIX))
    except PluginBroken as error:
        raise CannotMake(str(error)) from error


def words_of(kind: Kind, name: str, title: str) -> Mapping[str, str]:
    shown = title if title != name else name.replace("_", " ").capitalize()
    major, minor = API_VERSION.split(".")[:2]
    return {
        "name": name,
        "package": PACKAGE_PREFIX + name,
        "distribution": f"storefront-{name.replace('_', '-')}",
        "title": shown,
        "about": ABOUT[kind],
        "api": f">={API_VERSION},<{major}.{int(minor) + 1}",
        "country": HOME,
        "year": str(date.today().year),
    }


def _files(kind: Kind, values: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    for part in ("common", kind):
        for path in sorted((SCAFFOLD / part).rglob(f"*{SUFFIX}")):
            inside = path.relative_to(SCAFFOLD / part).as_posix().removesuffix(SUFFIX)
            for ours, theirs in PLACES.items():
                if inside.startswith(ours):
                    inside = theirs + inside.removeprefix(ours)
            yield Path(_filled(inside, values)), _filled(path.read_text("utf-8"), values)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return MARK.sub(lambda found: values[found[1]], text)


def domain_of(package: Path) -> Domain:
    """The translation domain of a plugin's package."""
    return Domain(package.name.removeprefix(PACKAGE_PREFIX), package, package / "templates", package / "translations")


def _translate(project: Path, name: str) -> None:
    """The catalogues of the new project, complete in all languages, and compiled."""
    domain = domain_of(project / (PACKAGE_PREFIX + name))
    known = tomllib.loads((SCAFFOLD / "translations.toml").read_text("utf-8"))
    update(domain, project, quiet=True)
    for locale in LOCALES:
        catalog = read(domain.po(locale), locale)
        for message in catalog:
            if message.id:
                message.string = known[message.id][locale]
        domain.po(locale).write_bytes(render(catalog, locale))
    compile_domain(domain, quiet=True)
