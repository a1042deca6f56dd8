"""The shop under other settings: behind https, behind a proxy, with its database away."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from storefront.app import create_app
from storefront.config import ConfigError, Settings
from storefront.core.db import unit_of_work
from storefront.shop.csrf import from_catalogue
from storefront.shop.session import shop_session

KEY = "q8Zr1vXn4LwT7yBc2KmD9sPf3HgJ6aUe0RtY5oIi"
HTTPS = "https://shop.example"


@pytest.fixture
def database_kind() -> str:
    return "sqlite"  # nothing here depends on the database


def secure(settings: Settings, **changes: object) -> Flask:
    values = {"public_url": HTTPS, "environment": "production", "secret_key": KEY, **changes}
    return create_app(replace(settings, **values), plugins=[])  # type: ignore[arg-type]


def test_behind_https_cookies_are_host_cookies_and_secure(app_settings: Settings) -> None:
    app = secure(app_settings)

    @from_catalogue
    def make() -> str:
        with unit_of_work():
            shop_session(create=True)
        return ""

    app.add_url_rule("/t/make", view_func=make, methods=["POST"])
    client = app.test_client()
    made = client.post("/t/make", base_url=HTTPS, headers={"Sec-Fetch-Site": "same-origin"})
    kept = client.post("/en/preferences", base_url=HTTPS, headers={"Origin": HTTPS}, data={"currency": "JPY"})
    for response, name in ((made, "__Host-session"), (kept, "__Host-currency")):
        cookie = response.headers["Set-Cookie"]
        assert cookie.startswith(name + "=")
        for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert word in cookie
        assert "Domain" not in cookie
    assert "upgrade-insecure-requests" in kept.headers["Content-Security-Policy"]
    assert kept.headers["Strict-Transport-Security"].startswith("max-age=")


def test_in_production_only_the_public_host_is_served_and_only_its_pages_may_post(app_settings: Settings) -> None:
    client = secure(app_settings).test_client()
    assert client.get("/en/contact", base_url="https://localhost").status_code == 400
    refused = client.post("/en/preferences", base_url=HTTPS, headers={"Origin": "https://localhost"})
    assert refused.status_code == 403


def test_addresses_in_pages_are_those_of_the_public_url_whatever_the_proxy_says(app_settings: Settings) -> None:
    app = secure(app_settings, trusted_proxies=1)
    headers = {"X-Forwarded-Host": "shop.example", "X-Forwarded-Proto": "https"}
    page = app.test_client().get("/en/contact", base_url="http://10.0.0.1:8000", headers=headers)
    assert page.status_code == 200
    found = re.findall(r'hreflang="[\w-]+" href="([^"]+)"', page.get_data(as_text=True))
    assert f"{HTTPS}/ja/contact" in found
    stranger = app.test_client().get("/en/contact", headers={**headers, "X-Forwarded-Host": "evil.example"})
    assert stranger.status_code == 400


def test_an_app_in_production_with_a_weak_key_is_not_made(app_settings: Settings) -> None:
    with pytest.raises(ConfigError):
        secure(app_settings, secret_key="short")


def test_without_its_database_the_shop_says_so_and_stays_up(app_settings: Settings, tmp_path: Path) -> None:
    away = replace(app_settings, database_url="postgresql+psycopg://shop@127.0.0.1:1/shop?connect_timeout=2")
    client: FlaskClient = create_app(away, plugins=[]).test_client()
    page = client.get("/ja/")
    assert page.status_code == 500
    assert 'data-test="fault-number"' in page.get_data(as_text=True)
    assert client.get("/healthz").status_code == 200, "it is alive, though not ready"
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json is not None and ready.json["database"] == "unreachable" and ready.json["status"] == "not ready"
    assert "127.0.0.1" not in ready.text
    assert client.get("/static/shop.css").status_code == 200
