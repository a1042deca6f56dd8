"""``storefront run``: one parent, and nothing left behind."""

import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from storefront.cli import children
from storefront.cli.children import QUICK_DEATHS, CannotRun, Child, look_after
from storefront.cli.supervisor import check_port, only_one
from storefront.cli.valkey import socket_path
from storefront.testing.running import RunningShop, wait_for


def test_a_port_in_use_is_a_sentence_that_names_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotRun, match=rf"Port {port} of 127\.0\.0\.1 cannot be used.*PORT=\d+"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


def test_two_shops_never_share_a_folder(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(CannotRun, match="already running"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


def test_a_child_that_cannot_stay_up_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "COMMAND", (sys.executable, "-c", "import sys; sys.exit(3)"))
    monkeypatch.setattr(children, "BACK_OFF_SECONDS", (0.0,))
    child = Child("web", ())
    starts = 0

    def lives_and_dies() -> bool:
        nonlocal starts
        if child.process is None:
            starts += 1
        look_after((child,), os.environ)
        return False

    with pytest.raises(CannotRun, match=r"web ended 5 times in a row .*exit code 3"):
        wait_for(lives_and_dies, 60, "the child is given up")
    assert starts == QUICK_DEATHS + 1


def test_a_child_that_does_not_listen_is_ended_with_what_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deaf = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open(sys.argv[1], 'w').write(str(other.pid))\n"
        "time.sleep(600)\n"
    )
    monkeypatch.setattr(children, "COMMAND", (sys.executable, "-c", deaf))
    monkeypatch.setattr(children, "STOP_SECONDS", 0.2)
    note = tmp_path / "pid"
    child = Child("relay", (str(note),))
    child.start(os.environ)
    pid = int(wait_for(lambda: note.exists() and note.read_text(), 30, "it runs"))
    child.end()
    wait_for(lambda: not alive(pid), 10, "its own child has ended too")


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
def test_the_shop_runs_refuses_a_second_one_and_leaves_nothing_behind(tmp_path: Path) -> None:
    shop = RunningShop(tmp_path / "data", profile="")
    with shop:
        assert shop.get("/healthz").status == 200
        assert "already running" in shop.cli("run", code=1)
        for _ in range(20):
            shop.get("/robots.txt")
        # Whichever of the web processes is asked, it tells of all of them.
        assert 'endpoint="service.robots",method="GET",status="2xx"} 20.0' in shop.get("/metrics").text
        wait_for(lambda: shop.get("/readyz").status == 200, 30, f"everything is there\n{shop.last_words()}")
        assert '"redis":"ok"' in shop.get("/readyz").text.replace(" ", "")
        socket_file = socket_path(shop.data_dir, shop.env)
        assert socket_file.stat().st_mode & 0o777 == 0o700
        assert len(shop.left_behind()) >= 8  # parent, Valkey, web with its workers, three queues, relay
    assert shop.left_behind() == []


@pytest.mark.slow
def test_children_end_by_themselves_when_their_parent_was_killed(tmp_path: Path) -> None:
    shop = RunningShop(tmp_path / "data", profile="")
    parent = shop.start("run", port=shop.port)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    shop.processes.remove(parent)
    wait_for(lambda: not shop.left_behind(), 45, "every child has ended")
