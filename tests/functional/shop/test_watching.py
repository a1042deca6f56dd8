"""What machines that watch the shop are told: /readyz thing by thing, /metrics to friends only, logs without people."""

import json
import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from storefront.cli.logs import JsonLines, TextLines
from storefront.core.db import session, unit_of_work, utcnow
from storefront.core.log_context import logged_as
from storefront.core.outbox.heartbeat import beat
from storefront.core.outbox.models import OutboxRow, OutboxState
from storefront.core.outbox.service import later
from storefront.testing.pytest_plugin import missing_service
from storefront.testing.valkey import ValkeyMissing, ValkeyServer


def alive(app: Flask, seconds_ago: int = 0) -> None:
    with app.app_context(), unit_of_work():
        beat(utcnow() - timedelta(seconds=seconds_ago))


def configured(app: Flask, **values: str) -> FlaskClient:
    """A client of the same shop with another environment."""
    shop = app.extensions["storefront"]
    app.extensions["storefront"] = replace(shop, settings=replace(shop.settings, **values))
    return app.test_client()


def words(client: FlaskClient) -> tuple[int, dict[str, str]]:
    answer = client.get("/readyz")
    assert answer.json is not None
    return answer.status_code, answer.json


def test_ready_says_of_each_thing_whether_it_is_there(app: Flask, client: FlaskClient, data_dir: Path) -> None:
    """RELIABILITY K151: each taken away for itself."""
    good = {"database": "ok", "migrations": "ok", "relay": "ok", "redis": "not used", "media": "ok"}
    assert words(client) == (503, {"status": "not ready", **good, "relay": "silent"})
    alive(app)
    assert words(client) == (200, {"status": "ready", **good})
    alive(app, seconds_ago=60)
    assert words(client)[1]["relay"] == "silent"
    alive(app)
    with app.app_context(), unit_of_work():
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    assert words(client) == (503, {"status": "not ready", **good, "migrations": "behind: core"})
    assert client.get("/healthz").status_code == 200


def test_ready_sees_a_media_folder_that_cannot_be_written(app: Flask, client: FlaskClient, data_dir: Path) -> None:
    media = data_dir / "media"
    if media.exists():
        media.rmdir()
    media.write_text("a file where the folder should be")
    assert words(client)[1]["media"] == "not writable"


def test_ready_follows_redis_down_and_up(app: Flask, tmp_path: Path) -> None:
    try:
        server = ValkeyServer(tmp_path)
    except ValkeyMissing:
        missing_service("Valkey")
    with server:
        client = configured(app, redis_url=server.url)
        assert words(client)[1]["redis"] == "ok"
        server.kill()
        code, found = words(client)
        assert (code, found["redis"]) == (503, "unreachable") and str(server.socket) not in str(found)
        server.start()
        assert words(client)[1]["redis"] == "ok"


FROM_HERE = {"REMOTE_ADDR": "127.0.0.1"}


@pytest.mark.parametrize(
    ("token", "address", "headers", "status"),
    [
        ("", "127.0.0.1", {}, 200),
        ("", "::1", {}, 200),
        ("", "203.0.113.7", {}, 404),
        ("", "127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}, 404),
        ("", "127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 404),
        ("", "203.0.113.7", {"Authorization": "Bearer "}, 404),
        ("s3cret", "203.0.113.7", {"Authorization": "Bearer s3cret"}, 200),
        ("s3cret", "203.0.113.7", {"Authorization": "Bearer s3cre"}, 404),
        ("s3cret", "203.0.113.7", {"Authorization": "Basic s3cret"}, 404),
        ("s3cret", "127.0.0.1", {}, 404),
        ("s3cret", "127.0.0.1", {"Authorization": "Bearer 秘密".encode().decode("latin-1")}, 404),
    ],
)
def test_figures_are_for_friends(app: Flask, token: str, address: str, headers: dict[str, str], status: int) -> None:
    client = configured(app, metrics_token=token)
    answer = client.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == status
    assert ("storefront_outbox" in answer.text) == (status == 200)


def figures(client: FlaskClient) -> dict[str, float]:
    lines = client.get("/metrics", environ_overrides=FROM_HERE).text.splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def test_figures_say_how_work_orders_and_requests_stand(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), unit_of_work():
        later("test.a", queue="mail", available_at=utcnow() - timedelta(seconds=90))
        later("test.b", queue="mail", available_at=utcnow() + timedelta(hours=1))
        session.add(OutboxRow(name="test.c", state=OutboxState.DEAD))
        session.add(OutboxRow(name="test.d", state=OutboxState.DONE))
    label = 'storefront_request_seconds_count{endpoint="service.robots",method="GET",status="2xx"}'
    before = figures(client).get(label, 0)
    client.get("/robots.txt")
    found = figures(client)
    assert found[label] == before + 1
    assert 89 <= found["storefront_outbox_oldest_seconds"] < 120
    assert found["storefront_outbox_dead_rows"] == 1
    assert found['storefront_outbox_rows{state="new"}'] == 2
    assert found['storefront_queue_depth{queue="mail"}'] == 1 and found['storefront_queue_depth{queue="slow"}'] == 0
    assert found["storefront_relay_up"] == 0
    assert not any("test." in name for name in found)


def line(formatter: logging.Formatter, message: str, *args: object, error: Exception | None = None) -> str:
    info = (type(error), error, None) if error else None
    return formatter.format(logging.LogRecord("storefront.jobs", logging.WARNING, "x.py", 1, message, args, info))


@pytest.mark.parametrize("make", [JsonLines, lambda: TextLines("%(message)s")])
def test_no_log_line_holds_a_mail_address(make: Callable[[], logging.Formatter]) -> None:
    written = line(
        make(), "refused: 550 <hanako.yamada+x@example.co.jp> unknown", error=ValueError("to 花子@例え.jp failed")
    )
    assert "@" not in written and "550" in written and "refused" in written


def test_json_lines_carry_the_ids_of_what_they_belong_to() -> None:
    with logged_as(job_id="0" * 32, job="mail.order_accepted"):
        found = json.loads(line(JsonLines(), "注文 %s\nnext", "failed"))
    assert (
        found["message"] == "注文 failed\nnext" and found["level"] == "warning" and found["logger"] == "storefront.jobs"
    )
    assert (found["job_id"], found["job"]) == ("0" * 32, "mail.order_accepted")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", found["time"])
    assert "job_id" not in json.loads(line(JsonLines(), "outside"))


def test_a_request_has_an_id_of_its_own_or_a_plain_one_of_the_proxy(client: FlaskClient) -> None:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(JsonLines().format(record))  # type: ignore[method-assign]
    log = logging.getLogger("storefront.request")
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    given = ["abcDEF12-9", "short", 'a"b{}' * 4, "x" * 65, ""]
    try:
        for value in given:
            client.get("/robots.txt", headers={"X-Request-ID": value})
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    ids = [json.loads(written)["request_id"] for written in lines]
    assert ids[0] == given[0] and len(set(ids)) == len(given)
    assert all(re.fullmatch("[0-9a-f]{16}", made) for made in ids[1:])
