"""A plugin's project as it lies in a folder, or as a wheel."""

import tomllib
import zipfile
from collections.abc import Mapping
from configparser import ConfigParser
from dataclasses import dataclass
from email.parser import Parser
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from storefront.plugin_host.discovery import GROUP


class NoProject(Exception):
    """Nothing here can be checked; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Project:
    """``root``: where the package lies, to be imported from; ``package``: its folder; ``name``, ``module``: of the entry point.
    ``pyproject``: empty for a wheel. ``wheel``: the file, when it is one. ``installed``: it is what the shop here runs."""

    root: Path
    package: Path
    name: str
    module: str
    distribution: str
    pyproject: Mapping[str, Any]
    wheel: Path | None = None
    installed: bool = False

    @property
    def is_source(self) -> bool:
        """Whether it is what its author works on."""
        return self.wheel is None and not self.installed

    @property
    def tests(self) -> Path:
        return self.root / "tests"


def installed_project(name: str) -> Project:
    """The plugin called ``name`` that is installed here. Raises ``NoProject``."""
    points = [point for point in entry_points(group=GROUP) if point.name == name]
    if not points:
        known = ", ".join(sorted({point.name for point in entry_points(group=GROUP)})) or "none"
        raise NoProject(f"There is neither a folder nor a wheel {name!r}, nor an installed plugin. Installed: {known}.")
    if len({point.value for point in points}) > 1:
        raise NoProject(f"The plugin name {name!r} is used by more than one distribution. Uninstall one.")
    module = points[0].module
    spec = find_spec(module.partition(".")[0])
    if spec is None or not spec.submodule_search_locations:
        raise NoProject(
            f"The package {module.partition('.')[0]!r} of the plugin {name!r} is not there. Install it again."
        )
    package = Path(spec.submodule_search_locations[0]).resolve()
    return Project(
        package.parent, package, name, module, points[0].dist.name if points[0].dist else "", {}, installed=True
    )


def project_at(path: Path, scratch: Path) -> Project:
    """The project in a folder, or in a wheel (unpacked into ``scratch``). Raises ``NoProject``."""
    path = path.resolve()
    if path.suffix == ".whl" and path.is_file():
        return _in_wheel(path, scratch)
    file = path / "pyproject.toml"
    if not file.is_file():
        raise NoProject(f"{path} has no pyproject.toml. Give the folder of a plugin's project, or a wheel.")
    try:
        pyproject = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NoProject(f"{file} cannot be read: {error}.") from error
    points = pyproject.get("project", {}).get("entry-points", {}).get(GROUP, {})
    name, module = _only(points, file)
    package = _package(path, module)
    return Project(path, package, name, module, pyproject["project"].get("name", ""), pyproject)


def _in_wheel(wheel: Path, scratch: Path) -> Project:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(scratch)
    scratch = scratch.resolve()
    folders = list(scratch.glob("*.dist-info"))
    points = folders[0] / "entry_points.txt" if len(folders) == 1 else None
    if points is None or not points.is_file():
        raise NoProject(f"{wheel} has no entry points. Declare one in the group {GROUP} of pyproject.toml.")
    parser = ConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(points)
    name, module = _only(dict(parser[GROUP]) if GROUP in parser else {}, wheel)
    metadata = Parser().parsestr((folders[0] / "METADATA").read_text("utf-8"))
    return Project(scratch, _package(scratch, module), name, module, metadata["Name"], {}, wheel)


def _only(points: Mapping[str, str], where: Path) -> tuple[str, str]:
    if len(points) != 1:
        raise NoProject(
            f"{where} has {len(points)} entry points in the group {GROUP}. A plugin's project has exactly one."
        )
    ((name, module),) = points.items()
    return name, module


def _package(root: Path, module: str) -> Path:
    package = root / module.partition(".")[0]
    if not package.is_dir():
        raise NoProject(f"The entry point names {module!r}, but there is no folder {package.name} in {root}.")
    return package
