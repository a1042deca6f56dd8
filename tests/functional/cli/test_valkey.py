"""The Valkey that comes with the shop: where its socket lies, what a killed parent leaves, and a shop without any."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from storefront.cli import supervisor, valkey
from storefront.cli.supervisor import make_family
from storefront.config import Settings
from storefront.testing.pytest_plugin import missing_service
from storefront.testing.running import wait_for
from storefront.testing.valkey import ValkeyMissing, ValkeyServer


@pytest.fixture
def left(tmp_path: Path) -> Iterator[ValkeyServer]:
    """A server that nobody looks after."""
    try:
        server = ValkeyServer(tmp_path)
    except ValkeyMissing:
        missing_service("Valkey")
    with server:
        yield server


def test_a_leftover_server_ends_and_its_data_are_taken_over(left: ValkeyServer, tmp_path: Path) -> None:
    left.client().set("kept", "yes")
    assert left.process is not None
    first = left.process
    assert valkey.end_leftover(left.socket, tmp_path) or first.poll() is not None
    assert first.wait(10) == 0 and not valkey.answers(left.socket)
    left.start()
    assert left.client().get("kept") == b"yes"


def test_one_that_does_not_answer_any_more_is_ended_for_good(
    left: ValkeyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(valkey, "LEAVE_SECONDS", 0.3)
    monkeypatch.setattr(valkey, "ANSWER_SECONDS", 0.3)
    assert left.process is not None
    os.kill(left.process.pid, signal.SIGSTOP)
    assert valkey.end_leftover(left.socket, tmp_path)
    assert left.process.wait(10) == -signal.SIGKILL


def test_a_number_that_belongs_to_another_process_by_now_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    valkey.pid_file(tmp_path).write_text(f"{other.pid}\n")
    assert not valkey.end_leftover(tmp_path / "run" / "valkey.sock", tmp_path)
    assert other.poll() is None
    other.kill()
    other.wait()


def test_a_server_opens_no_port_and_forgets_nothing_silently(left: ValkeyServer) -> None:
    settings = left.client().config_get("*")
    assert settings["port"] == "0" and settings["appendonly"] == "yes" and settings["maxmemory-policy"] == "noeviction"
    assert left.socket.stat().st_mode & 0o777 == 0o700 and left.socket.parent.stat().st_mode & 0o777 == 0o700


def test_a_path_too_long_for_a_socket_is_replaced_by_a_private_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    base = Path("/tmp") / f"sf-{os.getpid()}"
    base.mkdir()
    try:
        path = valkey.socket_path(deep, {"XDG_RUNTIME_DIR": str(base)})
        assert path.parent.parent == base and len(os.fsencode(path)) <= valkey.LONGEST_SOCKET
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert valkey.socket_path(deep, {"XDG_RUNTIME_DIR": str(base)}) == path
        assert valkey.socket_path(tmp_path / ("e" * 100), {"XDG_RUNTIME_DIR": str(base)}) != path
        path.parent.rmdir()
        path.parent.symlink_to(tmp_path)  # what somebody else may have put there
        with pytest.raises(valkey.SocketRefused, match="somebody else"):
            valkey.socket_path(deep, {"XDG_RUNTIME_DIR": str(base)})
        path.parent.unlink()
    finally:
        shutil.rmtree(base)


def settings(tmp_path: Path, **env: str) -> Settings:
    return Settings.from_env({"DATA_DIR": str(tmp_path), "PUBLIC_URL": "http://127.0.0.1:8000", **env})


def test_where_there_is_no_server_the_relay_does_the_workers_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(valkey, "find_binary", lambda env: None)
    family = make_family(settings(tmp_path), {})
    assert [child.name for child in family.all] == ["web", "relay"]
    assert "REDIS_URL" not in family.env and family.redis_note == "none on this machine"
    assert "all background work" in family.relay.note


def test_a_redis_of_ones_own_is_used_and_none_is_started(tmp_path: Path) -> None:
    family = make_family(settings(tmp_path, REDIS_URL="redis://cache.example:6379/0"), {})
    assert [child.name for child in family.all] == ["web", "critical", "mail", "slow", "relay"]
    assert family.env["REDIS_URL"] == "redis://cache.example:6379/0"
    assert [child.needed for child in family.all] == [True, False, False, False, True]


def test_a_worker_says_what_it_needs(cli: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storefront.cli.worker.end_with_parent", lambda end: None)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        assert "set REDIS_URL" in cli("worker", "mail", code=1, REDIS_URL="").output
        assert "'nonsense' is not one of 'critical', 'mail', 'slow'" in cli("worker", "nonsense", code=2).output
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_files_that_cannot_be_read_are_given_up_since_the_outbox_has_it_all(tmp_path: Path) -> None:
    if valkey.find_binary(os.environ) is None:
        missing_service("Valkey")
    (tmp_path / "run").mkdir()
    child, url, _ = supervisor.embedded(tmp_path, os.environ)
    assert child is not None and url.startswith("unix://")
    manifest = tmp_path / "valkey" / "appendonlydir" / "appendonly.aof.manifest"
    manifest.parent.mkdir(mode=0o700)
    manifest.write_text("no manifest at all\n")
    child.start(os.environ)
    assert child.process is not None and child.process.wait(20) != 0
    child.note_death()
    child.quick_deaths = supervisor.UNREADABLE_AFTER
    child.start(os.environ)
    wait_for(lambda: valkey.answers(Path(url.removeprefix("unix://"))), 20, "it runs again")
    child.end()
