"""From nothing to a carrier of a third party that sells, by the script anybody can run."""

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("third_party.sh")
MOST_SECONDS = 400  # of a crowded machine; the script says how long it took


@pytest.mark.slow
def test_a_stranger_writes_a_carrier_and_a_running_shop_takes_it_up(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", str(SCRIPT), sys.executable, str(tmp_path / "third")],
        env={**os.environ, "TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False, timeout=MOST_SECONDS, start_new_session=True,
    )  # fmt: skip
    print(done.stdout)
    assert done.returncode == 0, done.stdout[-8000:]
    assert "every web process offers it" in done.stdout
    assert "lost: []" in done.stdout
    assert "from nothing to a working, tested, enabled carrier" in done.stdout
    assert not left_behind(tmp_path / "third" / "data")


def left_behind(data_dir: Path) -> list[str]:
    """Processes of this machine that work on the script's shop."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"DATA_DIR={data_dir}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def test_every_line_of_the_tutorial_is_run() -> None:
    tutorial = (SCRIPT.parents[2] / "docs" / "tutorial-carrier.md").read_text("utf-8")
    blocks = re.findall(r"^```(.*)$", tutorial, re.MULTILINE)[::2]
    ran = set(re.findall(r"^tutorial (\w+)", SCRIPT.read_text("utf-8"), re.MULTILINE))
    assert blocks and {f"sh {name}" for name in ran} == set(blocks)
