import stat
from pathlib import Path

import pytest

from storefront.config import ConfigError, Settings

GOOD_KEY = "q8Zr1vXn4LwT7yBc2KmD9sPf3HgJ6aUe0RtY5oIi"
LIVE = {"PUBLIC_URL": "https://shop.example", "SECRET_KEY": GOOD_KEY}


def read(data_dir: Path, **env: str) -> Settings:
    return Settings.from_env({"DATA_DIR": str(data_dir), **env})


def test_with_nothing_set_the_shop_runs_for_development_with_its_own_lasting_key(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first.environment == "development"
    assert first.database_url == f"sqlite:///{tmp_path}/shop.sqlite"
    assert len(first.secret_key) >= 32
    assert first.secret_key == second.secret_key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_two_data_folders_never_share_a_key(tmp_path: Path) -> None:
    assert read(tmp_path / "a").secret_key != read(tmp_path / "b").secret_key


def test_an_https_address_means_production(tmp_path: Path) -> None:
    settings = read(tmp_path, **LIVE)
    assert settings.production
    assert settings.https


@pytest.mark.parametrize(
    "key", ["", "short", "a" * 60, "secret-password-changeme-example-default", "changeme" * 8, "ab" * 30]
)
def test_production_refuses_a_weak_key_and_says_what_to_do(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigError, match=r"SECRET_KEY is .*secrets\.token_urlsafe"):
        read(tmp_path, **{**LIVE, "SECRET_KEY": key})


def test_production_refuses_plain_http(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must start with https://"):
        read(tmp_path, STOREFRONT_ENV="production", SECRET_KEY=GOOD_KEY, PUBLIC_URL="http://shop.example")


@pytest.mark.parametrize("name", ["STOREFRONT_DEBUG", "FLASK_DEBUG"])
def test_production_refuses_debug(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="Debug is on"):
        read(tmp_path, **LIVE, **{name: "1"})


@pytest.mark.parametrize("url", ["shop.example", "ftp://shop.example", "https://shop.example/sub", "https://"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="PUBLIC_URL"):
        read(tmp_path, PUBLIC_URL=url, SECRET_KEY=GOOD_KEY)


def test_postgresql_is_always_reached_by_psycopg_3(tmp_path: Path) -> None:
    assert read(tmp_path, DATABASE_URL="postgresql://u@h/db").database_url == "postgresql+psycopg://u@h/db"
    assert read(tmp_path, DATABASE_URL="postgres://u@h/db").database_url == "postgresql+psycopg://u@h/db"


@pytest.mark.parametrize("url", ["mysql://u@h/db", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_other_databases_are_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        read(tmp_path, DATABASE_URL=url)


@pytest.mark.parametrize("count", ["-1", "many", "11", "1.5"])
def test_a_number_of_proxies_that_is_none_is_refused(tmp_path: Path, count: str) -> None:
    with pytest.raises(ConfigError, match="TRUSTED_PROXIES"):
        read(tmp_path, TRUSTED_PROXIES=count)
