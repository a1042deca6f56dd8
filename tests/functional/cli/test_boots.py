"""A plugin that ends the process while it is imported: after three such starts the shop starts without it and says so."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from storefront.plugin_host import boots

RUN = (sys.executable, "-m", "storefront.cli.main")
DEADLY = "import os, pathlib\nif not pathlib.Path({flag!r}).exists(): os._exit(77)\nfrom storefront.plugin import PluginMeta\nMETA = PluginMeta('deadly', 'Deadly', '1')\n"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with an installed plugin that dies until a file says that it is mended."""
    site = tmp_path / "site"
    (site / "storefront_deadly").mkdir(parents=True)
    (site / "storefront_deadly" / "__init__.py").write_text("")
    (site / "storefront_deadly" / "plugin.py").write_text(DEADLY.format(flag=str(tmp_path / "mended")))
    info = site / "storefront_deadly-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: storefront-deadly\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[storefront.plugins]\ndeadly = storefront_deadly.plugin\n")
    return site


@pytest.mark.req("SHOP-6")
def test_starts_that_die_lead_to_safe_mode_and_out_again(installed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    env = {
        **os.environ,
        "PYTHONPATH": str(installed),
        "DATA_DIR": str(data),
        "STOREFRONT_ENV": "development",
        "SECRET_KEY": "a-key-for-tests-only-0123456789abcdefghij",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*RUN, *arguments], env=env, capture_output=True, text=True, check=False, timeout=60)

    for _ in range(boots.MOST_DEATHS):
        assert run("db", "upgrade").returncode == 77
    started = run("db", "upgrade")
    assert started.returncode == 0, started.stderr
    assert "SAFE MODE" in started.stderr and "deadly" in started.stderr
    listed = run("plugins", "list").stdout
    assert "deadly" in listed and "skipped" in listed and "died 3 times" in listed
    assert "payments_cod" in listed, "what comes with the shop runs"
    (tmp_path / "mended").touch()
    assert "skipped" in run("plugins", "list").stdout, "it stays until the owner says so"
    assert "loaded again" in run("plugins", "retry", "--reason", "mended").stdout
    with closing(sqlite3.connect(tmp_path / "data" / "shop.sqlite")) as shop:
        asked = shop.execute("SELECT act, reason FROM audit_entry WHERE act LIKE 'plugin.%'").fetchall()
    assert asked == [("plugin.leave_safe_mode", "mended")]
    assert "skipped" not in run("plugins", "list").stdout


def test_a_start_that_is_asked_to_end_or_fails_in_python_is_no_death(tmp_path: Path) -> None:
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt), boots.counted(tmp_path) as (reason, note):
            note("stamps")
            raise KeyboardInterrupt
        assert reason == ""
    assert not list((tmp_path / "run" / "boots").iterdir())


def test_processes_that_die_together_are_one_start(tmp_path: Path) -> None:
    folder = tmp_path / "run" / "boots"
    folder.mkdir(parents=True)
    now = int(__import__("time").time())
    for number in range(9):
        (folder / f"{number}-{now}{number:09d}").write_text("stamps")
    with boots.counted(tmp_path) as (reason, _note):
        assert reason == ""
    for ago, loading in ((30, "stamps"), (60, "stamps"), (4000, "old")):
        mark = folder / f"1-{now - ago}000000000"
        mark.write_text(loading)
        os.utime(mark, (now - ago + 1, now - ago + 1))
    with boots.counted(tmp_path) as (reason, _note):
        assert "died 3 times" in reason and "stamps" in reason and "old" not in reason
    assert boots.leave_safe_mode(tmp_path)
    with boots.counted(tmp_path) as (reason, _note):
        assert reason == ""
