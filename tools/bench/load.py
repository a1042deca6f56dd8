"""Load on one page of one server: by wrk when it is installed, else by threads of this process."""

import http.client
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tools.bench.servers import WORKERS, Server

WRK = shutil.which("wrk")
CLIENT = "wrk" if WRK else "threads of this process"
SETTLE = 0.2
SCRIPT = Path(__file__).with_name("requests.lua")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. ``body``: of a POST of a form; "" for a GET."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Requests per second; milliseconds; answers that were not 200; answers in all. With few answers the slowest were
    still on their way when time was up, and the milliseconds say too little."""

    rate: float
    p50: float
    p99: float
    bad: int
    answers: int


class NotAnswered(Exception):
    """A page did not answer 200."""


def send(server: Server, asked: Asked) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    headers = dict(asked.headers)
    if asked.body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("POST" if asked.body else "GET", asked.path, asked.body or None, headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def probe(server: Server, asked: Asked) -> bytes:
    """The page, asked for once. Raises ``NotAnswered`` for anything but 200."""
    status, body = send(server, asked)
    if status != 200:
        raise NotAnswered(f"{server.name} answered {status} to {asked.path}")
    return body


def drain(server: Server, asked: Asked) -> None:
    """Wait until every worker is free again: abandoned requests are still answered, and would slow the next target."""
    threads = [threading.Thread(target=send, args=(server, asked)) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(SETTLE)


def load(server: Server, requests: Sequence[Asked], seconds: float, clients: int) -> Run:
    """``clients`` at once for ``seconds``, the requests in turn."""
    run = _wrk(server, requests, seconds, clients) if WRK else _threads(server, requests, seconds, clients)
    drain(server, requests[0])
    return run


def _wrk(server: Server, requests: Sequence[Asked], seconds: float, clients: int) -> Run:
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        for asked in requests:
            headers = "\x1f".join(f"{name}\x1e{value}" for name, value in asked.headers.items())
            file.write(f"{asked.path}\t{headers}\t{asked.body}\n")
        file.flush()
        command = [
            str(WRK), f"-t{min(clients, 2)}", f"-c{clients}", f"-d{max(1, round(seconds))}s", "--timeout", "60s",
            "-s", str(SCRIPT), f"http://127.0.0.1:{server.port}/", "--", file.name,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 90, check=False)
    found = re.search(r"^figures (\S+) (\S+) (\S+) (\S+) (\S+)$", done.stdout, re.MULTILINE)
    if not found:
        raise RuntimeError(f"wrk failed: {done.stdout}{done.stderr}")
    rate, p50, p99, bad, answers = map(float, found.groups())
    # Nobody was answered in the time there was: that is a failure too.
    return Run(rate, p50 / 1000, p99 / 1000, int(bad) if answers else max(int(bad), 1), int(answers))


def _threads(server: Server, requests: Sequence[Asked], seconds: float, clients: int) -> Run:
    times: list[float] = []
    bad: list[int] = []
    turn = count()
    begin = time.perf_counter()

    def client() -> None:
        while time.perf_counter() - begin < seconds:
            start = time.perf_counter()
            status, _ = send(server, requests[next(turn) % len(requests)])
            times.append((time.perf_counter() - start) * 1000)
            if status != 200:
                bad.append(status)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begin
    ordered = sorted(times)  # each client has at least one: it looks at the clock before it asks
    return Run(len(times) / took, statistics.median(ordered), ordered[int(len(ordered) * 0.99)], len(bad), len(times))
