"""Handing jobs to workers over a real Valkey: what is lost, told twice or planted there changes nothing."""

import os
import pickle
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from redis import Redis
from sqlalchemy import select

from storefront.core.db import session, unit_of_work, utcnow
from storefront.core.outbox.claiming import LEASE, prolong
from storefront.core.outbox.handing import hand_over, take
from storefront.core.outbox.models import OutboxRow
from storefront.core.outbox.service import later
from storefront.jobs import registry, rq_queues, worker
from storefront.jobs.handover import Handover
from storefront.jobs.registry import job
from storefront.jobs.relay import run_due
from storefront.jobs.rq_queues import RqQueues, job_id
from storefront.jobs.runtime import Runtime, Work
from storefront.jobs.worker import OutboxJob, QueueWorker
from storefront.testing.databases import Database
from storefront.testing.pytest_plugin import missing_service
from storefront.testing.valkey import ValkeyMissing, ValkeyServer


@pytest.fixture(autouse=True)
def own_jobs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Jobs of a test are gone after it."""
    monkeypatch.setattr(registry, "_jobs", dict(registry._jobs))
    yield


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    try:
        started = ValkeyServer(tmp_path_factory.mktemp("valkey"))
    except ValkeyMissing:
        missing_service("Valkey")
    with started:
        yield started


@pytest.fixture
def redis(server: ValkeyServer) -> Iterator[Redis]:
    client = server.client()
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def shop(db: Database, runtime: Runtime, server: ValkeyServer, redis: Redis) -> Runtime:
    return replace(runtime, redis_url=server.url)


@pytest.fixture
def work(shop: Runtime) -> Iterator[Callable[[], QueueWorker]]:
    """A worker of ``critical`` in this process that carries out what waits; it stays registered until the test ends."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    workers: list[QueueWorker] = []

    def run() -> QueueWorker:
        made = worker._new_worker("critical", shop.redis_url, type("TestJob", (OutboxJob,), {"runtime": shop}))
        workers.append(made)
        made.work(burst=True, logging_level="WARNING")
        return made

    yield run
    for made in workers:
        made.connection.close()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def listener(shop: Runtime) -> Iterator[QueueWorker]:
    """Somebody who listens to ``critical`` and takes nothing yet."""
    made = worker._new_worker("critical", shop.redis_url, type("TestJob", (OutboxJob,), {"runtime": shop}))
    made.register_birth()
    yield made
    made.connection.close()


def rows() -> list[tuple[str, int]]:
    session.rollback()
    return [(row.state, row.attempts) for row in session.execute(select(OutboxRow.state, OutboxRow.attempts))]


def promise(name: str = "test.known", **values: object) -> None:
    with unit_of_work():
        later(name, **values)  # type: ignore[arg-type]


def test_a_row_is_handed_over_by_its_id_and_carried_out_once(shop, redis, work, listener) -> None:
    ran = []
    job("test.known")(lambda w: ran.append((w.row.args["n"], w.row.attempts)))
    promise(n=7)
    relay = Handover(shop)
    assert relay.turn() == 1 and relay.listening == {"critical"}
    assert rows() == [("sent", 1)]
    (message,) = redis.lrange("rq:queue:critical", 0, -1)
    row_id = session.scalars(select(OutboxRow.id)).one()
    session.rollback()
    assert message.decode() == job_id(row_id, 1)
    held = redis.hgetall(b"rq:job:" + message)
    assert b"n" not in held and b'"n"' not in held[b"data"] and b"7" not in held[b"description"]
    work()
    assert ran == [(7, 1)] and rows() == [("done", 1)]
    assert redis.keys("rq:job:*") == []  # RQ keeps nothing of what is done


def test_without_a_worker_or_without_redis_the_relay_works_itself(shop, redis, runtime) -> None:
    ran = []
    job("test.known")(lambda w: ran.append(w.row.id))
    promise()
    relay = Handover(shop)
    assert relay.turn() == 0 and relay.listening == frozenset() and rows() == [("new", 0)]
    away = Handover(replace(runtime, redis_url="unix:///nowhere/valkey.sock"))
    assert away.turn() == 0 and away.listening == frozenset()
    assert Handover(runtime).turn() == 0
    run_due(runtime)
    assert len(ran) == 1 and rows() == [("done", 1)]


def test_what_an_emptied_redis_lost_is_due_again_and_no_attempt_is_spent(shop, redis, listener) -> None:
    job("test.known")(lambda w: None)
    promise()
    relay = Handover(shop)
    relay.turn()
    with time_machine.travel(utcnow() + timedelta(seconds=25), tick=False):
        assert relay.sweep() == 0 and rows() == [("sent", 1)]  # it waits there, as it should
    redis.flushall()
    assert relay.sweep() == 0  # asked about a moment ago
    with time_machine.travel(utcnow() + timedelta(seconds=50), tick=False):
        assert relay.sweep() == 1 and rows() == [("new", 0)]
        listener.heartbeat()  # tells again that it listens, though Redis forgot it
        assert relay.turn() == 1 and rows() == [("sent", 1)]


def test_a_server_that_dies_while_rows_are_told_costs_no_attempt(
    db: Database, runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job("test.known")(lambda w: None)
    promise()
    with ValkeyServer(tmp_path) as own:
        shop = replace(runtime, redis_url=own.url)
        made = worker._new_worker("critical", own.url, type("TestJob", (OutboxJob,), {"runtime": shop}))
        made.register_birth()
        put = RqQueues.put

        def dies_first(self: RqQueues, rows: object) -> None:
            own.kill()
            put(self, rows)  # type: ignore[arg-type]

        monkeypatch.setattr(RqQueues, "put", dies_first)
        relay = Handover(shop)
        assert relay.turn() == 0 and relay.listening == frozenset()
        assert rows() == [("new", 0)]
        made.connection.close()
    assert run_due(runtime) == 1 and rows() == [("done", 1)]


def test_a_row_told_twice_or_late_runs_once(shop, redis, work, listener) -> None:
    ran = []
    job("test.known")(lambda w: ran.append(w.row.id))
    promise()
    queues = RqQueues(redis)
    told = hand_over(10, utcnow(), ("critical",))
    queues.put(told)
    redis.rpush("rq:queue:critical", job_id(told[0].id, 1))
    work()
    queues.put(told)  # a copy that comes when it is done
    work()
    assert len(ran) == 1 and rows() == [("done", 1)]


def test_what_was_begun_before_goes_before_what_waits(shop, redis, work, listener) -> None:
    job("test.known")(lambda w: None)
    promise()
    (begun,) = hand_over(10, utcnow(), ("critical",))
    assert take(begun.id, begun.attempts, utcnow()) == begun  # by a worker that dies
    queues = RqQueues(redis)
    promise()
    queues.put(hand_over(10, utcnow(), ("critical",)))
    with time_machine.travel(utcnow() + LEASE * 1.5, tick=False):
        queues.put([row for row in hand_over(10, utcnow(), ("critical",)) if row.id == begun.id])
    waiting = [entry.decode() for entry in redis.lrange("rq:queue:critical", 0, -1)]
    assert waiting[0] == job_id(begun.id, 2) and len(waiting) == 2


def test_only_one_taker_gets_an_attempt_and_a_long_job_keeps_it(db: Database) -> None:
    job("test.known")(lambda w: None)
    promise()
    (told,) = hand_over(10, utcnow(), ())
    taken = take(told.id, told.attempts, utcnow())
    assert taken == told
    assert take(told.id, told.attempts, utcnow()) is None
    with unit_of_work():
        assert prolong(taken, utcnow(), timedelta(minutes=15))
    with time_machine.travel(utcnow() + timedelta(minutes=10), tick=False):
        assert hand_over(10, utcnow(), ()) == []
    with time_machine.travel(utcnow() + timedelta(minutes=16), tick=False):
        (again,) = hand_over(10, utcnow(), ())
        assert again.attempts == 2
        with unit_of_work():
            assert not prolong(taken, utcnow())
    assert timedelta(minutes=2) > LEASE


def test_a_failed_attempt_is_handed_over_again_under_its_next_number(shop, redis, work, listener) -> None:
    ran = []

    def sometimes(w: Work) -> None:
        ran.append(w.row.attempts)
        if len(ran) == 1:
            raise RuntimeError("first time wrong")

    job("test.known")(sometimes)
    promise()
    relay = Handover(shop)
    relay.turn()
    work()
    assert rows() == [("new", 1)]
    with time_machine.travel(utcnow() + timedelta(minutes=1), tick=False):
        listener.heartbeat()
        relay.turn()
        assert rows() == [("sent", 2)]
        work()
    assert ran == [1, 2] and rows() == [("done", 2)]


def test_a_worker_asked_to_stop_finishes_what_it_has_at_hand(shop, redis, work, listener) -> None:
    ran = []

    def asked_meanwhile(w: Work) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        ran.append(w.row.id)

    job("test.known", outside=True)(asked_meanwhile)
    promise()
    promise()
    Handover(shop).turn()
    assert work().stopping
    assert len(ran) == 1 and sorted(rows()) == [("done", 1), ("sent", 1)]


def test_a_job_that_takes_too_long_is_ended_noted_and_the_next_one_runs(
    shop, redis, work, listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RELIABILITY J134."""
    monkeypatch.setitem(rq_queues.TIME_LIMITS, "critical", timedelta(seconds=1))
    job("test.long", outside=True)(lambda w: time.sleep(30))
    job("test.known")(lambda w: None)
    promise("test.long", available_at=utcnow() - timedelta(seconds=5))
    promise()
    Handover(shop).turn()
    work()
    assert sorted(rows()) == [("done", 1), ("new", 1)]
    error = session.scalars(select(OutboxRow.last_error).where(OutboxRow.name == "test.long")).one()
    session.rollback()
    assert "JobTimeoutException" in error


class Canary:
    """Unpickling it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return open, (str(self.path), "w")


def test_what_is_planted_in_redis_is_never_executed(shop, redis, work, listener, tmp_path: Path) -> None:
    """RELIABILITY J136."""
    ran = []
    job("test.known")(lambda w: ran.append(w.row.id))
    canary = tmp_path / "canary"
    call = f'["os.mkdir", null, ["{canary}"], {{}}]'.encode()
    planted = {
        "pickled": {"data": pickle.dumps(Canary(canary)), "origin": "critical", "status": "queued"},
        "0" * 32 + "-1": {"data": call, "origin": "critical", "status": "queued"},
        "hooked": {
            "data": call,
            "origin": "critical",
            "status": "queued",
            "success_callback_name": "os.abort",
            "failure_callback_name": "os.abort",
        },
    }
    for name, fields in planted.items():
        redis.hset(f"rq:job:{name}", mapping=fields)
        redis.rpush("rq:queue:critical", name)
    promise()
    Handover(shop).turn()
    work()
    assert not canary.exists()
    assert len(ran) == 1 and rows() == [("done", 1)]
