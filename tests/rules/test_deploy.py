"""What is given to operators is what the shop has: units, image, compose file."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from storefront.cli.main import COMMANDS
from storefront.jobs.registry import QUEUES

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
PROGRAM = "/opt/storefront/.venv/bin/storefront"


def test_every_unit_and_container_runs_a_command_that_there_is() -> None:
    commands = [line for unit in UNITS for line in re.findall(r"^ExecStart=\S+ (\w+)", unit.read_text("utf-8"), re.M)]
    assert sorted(commands) == ["db", "relay", "run", "serve", "worker"]
    parts = re.findall(r"command: \[(\w+)(?:, (\w+))?\]", (DEPLOY / "compose.yaml").read_text("utf-8"))
    assert {name for name, _ in parts} == {"db", "serve", "worker", "relay"}
    assert {queue for name, queue in parts if name == "worker"} == set(QUEUES)
    assert set(commands) | {name for name, _ in parts} <= set(COMMANDS)
    target = (DEPLOY / "systemd" / "storefront.target").read_text("utf-8")
    assert set(re.findall(r"storefront-worker@(\w+)\.service", target)) == set(QUEUES)


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    for unit in UNITS:
        text = unit.read_text("utf-8")
        assert "User=storefront" in text or unit.suffix == ".target"
        # Neither the program nor the account need to be on this machine.
        text = text.replace(PROGRAM, sys.executable).replace("User=storefront", "").replace("Group=storefront", "")
        (tmp_path / unit.name).write_text(text, "utf-8")
    for queue in QUEUES:
        shutil.copy(tmp_path / "storefront-worker@.service", tmp_path / f"storefront-worker@{queue}.service")
    names = [str(path) for path in sorted(tmp_path.iterdir()) if "@." not in path.name]
    done = subprocess.run(
        [analyze, "verify", "--man=no", *names],
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    mine = [line for line in (done.stdout + done.stderr).splitlines() if "storefront" in line]
    assert mine == [] and done.returncode == 0, done.stdout + done.stderr
