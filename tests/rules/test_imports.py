"""Imports run downwards only. The layers stand in ``pyproject.toml``."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def lint_imports(config: Path) -> "subprocess.CompletedProcess[str]":
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [str(program), "--no-cache", "--config", str(config)], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_imports_run_downwards_only() -> None:
    done = lint_imports(ROOT / "pyproject.toml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_import_upwards_is_noticed(tmp_path: Path) -> None:
    """The gate itself: the shop pages do import core, so a rule against just that is broken."""
    config = tmp_path / "contracts.toml"
    config.write_text(
        "[tool.importlinter]\nroot_package = 'storefront'\n"
        "[[tool.importlinter.contracts]]\nname = 'upside down'\ntype = 'layers'\n"
        "layers = ['storefront.core', 'storefront.shop']\n"
    )
    done = lint_imports(config)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "upside down BROKEN" in done.stdout


def test_every_room_of_the_house_is_in_the_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    house, areas = (
        {name.strip() for layer in contract["layers"] for name in layer.split("|")} for contract in contracts[:2]
    )
    rooms = {path.parent.name for path in (ROOT / "storefront").glob("*/__init__.py")} - {"testing"}
    assert rooms <= {name.removeprefix("storefront.") for name in house}
    core = ROOT / "storefront" / "core"
    inside = {path.parent.name for path in core.glob("*/__init__.py")} | {path.stem for path in core.glob("[a-z]*.py")}
    assert inside - {"migrations"} <= areas
