"""From nothing to a carrier of a third party that sells, by the script anybody can run."""

import os
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
