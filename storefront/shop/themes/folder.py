"""One theme as it lies on the disk::

theme.toml      title = "Quiet"   version = "1.0"   api = ">=0.1,<0.2"
tokens.css      rules in layer theme
templates/      each in place of the shop's own of the same path
static/         pictures and sheets, at /static/themes/<name>/…
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storefront.core.values.colours import read_colour
from storefront.plugin_host.api_range import check_api
from storefront.plugin_host.errors import PluginBroken

# What templates are given and which of them there are: moved on when a theme must be looked at again.
THEME_API = "0.1"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
MAX_NAME = 40
# The back office and the page of a fault must work whatever a theme does; mails are written by another process; dev is for
# developers.
NOT_THEIRS = ("manage/", "mail/", "dev/", "errors/fault.html")
TOKEN = re.compile(r"--(?:c-(?P<colour>[a-z0-9-]+)|(?P<tint>tint-[1-8]))\s*:\s*(?P<value>[^;}]+)")
BOTH = re.compile(r"light-dark\(\s*(#[0-9a-fA-F]{3,6})\s*,\s*(#[0-9a-fA-F]{3,6})\s*\)\Z")
MAX_SHEET = 64 * 1024


class ThemeBroken(Exception):
    """This folder is no theme that can be used; the message says what to change. The shop shows its own look."""


@dataclass(frozen=True, slots=True)
class Theme:
    """``templates``: paths of those it overrides. ``colours``: tokens of its sheet, by scheme. ``stamp``: changes with any
    of its files. ``origin``: the distribution it came with, "" for a folder in DATA_DIR."""

    name: str
    title: str
    version: str
    root: Path
    origin: str = ""
    templates: frozenset[str] = frozenset()
    tokens: str = ""
    colours: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    stamp: str = ""

    def template(self, path: str) -> Path:
        return self.root / "templates" / path


def read_theme(root: Path, name: str, origin: str = "") -> Theme:
    """The theme in the folder ``root``. Raises ``ThemeBroken``."""
    if not NAME.match(name) or len(name) > MAX_NAME:
        raise ThemeBroken(
            f"The folder of a theme is called {name[:60]!r}. Use small letters, digits and single underscores, beginning "
            f"with a letter, {MAX_NAME} characters at most."
        )
    said = _read_toml(root)
    try:
        check_api(said.get("api"), THEME_API)
    except PluginBroken:
        raise ThemeBroken(
            f"theme.toml says api = {said.get('api')!r}; this shop has theme API {THEME_API}. Write a range such as "
            '">=0.1,<0.2", or install a version of the theme made for it.'
        ) from None
    tokens = _read_sheet(root / "tokens.css")
    return Theme(
        name=name,
        title=str(said.get("title") or name)[:80],
        version=str(said.get("version") or "")[:20],
        root=root,
        origin=origin,
        templates=frozenset(path for path in all_templates(root) if not path.startswith(NOT_THEIRS)),
        tokens=tokens,
        colours=colours_in(tokens),
        stamp=_stamp(root),
    )


def _read_toml(root: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((root / "theme.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ThemeBroken(f"theme.toml cannot be read: {error.__class__.__name__}. Each theme has one.") from None
    except tomllib.TOMLDecodeError as error:
        raise ThemeBroken(f"theme.toml is not well written: {error}") from None


def _read_sheet(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ThemeBroken(f"tokens.css cannot be read: {error.__class__.__name__}.") from None
    if len(text) > MAX_SHEET:
        raise ThemeBroken(f"tokens.css is longer than {MAX_SHEET // 1024} KB: every page would wait for it.")
    return text


def all_templates(root: Path) -> list[str]:
    folder = root / "templates"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html") if path.is_file())


def colours_in(sheet: str) -> dict[str, dict[str, str]]:
    """Tokens the sheet sets to plain colours: by scheme, as far as they can be read."""
    found: dict[str, dict[str, str]] = {"light": {}, "dark": {}}
    for match in TOKEN.finditer(sheet):
        token, value = match["colour"] or match["tint"], match["value"].strip()
        both = BOTH.match(value)
        pair = both.groups() if both else (value, value)
        try:
            light, dark = (read_colour(colour) for colour in pair)
        except ValueError:
            continue
        found["light"][token], found["dark"][token] = light, dark
    return found


def _stamp(root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file():
            state = path.stat()
            digest.update(f"{path.relative_to(root).as_posix()}\0{state.st_mtime_ns}\0{state.st_size}\0".encode())
    return digest.hexdigest()[:12]
