"""What the environment says (DESIGN A2), read once at start and checked: a shop that would run unsafely does not start."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

PRODUCTION = "production"
DEVELOPMENT = "development"
MIN_SECRET_LENGTH = 32
MIN_SECRET_VARIETY = 10
KNOWN_SECRETS = ("changeme", "change-me", "change_me", "secret", "password", "default", "example", "insecure", "12345")
PLUGIN_PREFIX = "PLUGIN__"
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})


class ConfigError(Exception):
    """The shop may not start like this; the message says why and what to change."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One process's settings. ``public_url`` has no trailing slash. ``trusted_proxies``: how many proxies stand in
    front and may be believed about scheme, host and client address. ``plugin_settings``: variables that set settings of
    plugins, by their whole names."""

    environment: str
    database_url: str
    data_dir: Path
    public_url: str
    secret_key: str
    mail_url: str
    secret_key_fallbacks: tuple[str, ...] = ()
    redis_url: str = ""
    profile: str = ""
    trusted_proxies: int = 0
    debug: bool = False
    safe_mode: bool = False
    metrics_token: str = ""
    plugin_settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Read and check. Creates ``DATA_DIR`` and, outside production, a random key in it when none is given.
        Raises ``ConfigError``."""
        data_dir = Path(env.get("DATA_DIR") or "instance").expanduser().resolve()
        public_url = _public_url(env)
        environment = _environment(env, public_url)
        settings = cls(
            environment=environment,
            database_url=_database_url(env.get("DATABASE_URL", ""), data_dir),
            data_dir=data_dir,
            public_url=public_url,
            secret_key=_secret_key(env, environment, data_dir),
            secret_key_fallbacks=tuple(part for part in env.get("SECRET_KEY_FALLBACKS", "").split(",") if part),
            redis_url=env.get("REDIS_URL", ""),
            mail_url=env.get("MAIL_URL") or f"file:{data_dir / 'mail'}",
            profile=env.get("PROFILE", ""),
            trusted_proxies=_count(env, "TRUSTED_PROXIES"),
            debug=_flag(env, "STOREFRONT_DEBUG") or _flag(env, "FLASK_DEBUG"),
            safe_mode=_flag(env, "SAFE_MODE"),
            metrics_token=env.get("METRICS_TOKEN", ""),
            plugin_settings={name: value for name, value in env.items() if name.startswith(PLUGIN_PREFIX)},
        )
        settings.check()
        return settings

    def check(self) -> None:
        """Raises ``ConfigError`` for what must not run in production."""
        if not self.production:
            return
        reason = weakness(self.secret_key)
        if reason:
            raise ConfigError(
                f"SECRET_KEY is {reason}. In production it must be random and at least {MIN_SECRET_LENGTH} characters "
                "long. Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        if not self.https:
            raise ConfigError(
                f"PUBLIC_URL is {self.public_url}: in production it must start with https://, since cookies and "
                "addresses would travel readable. Set the https address, or STOREFRONT_ENV=development for a trial."
            )
        if self.debug:
            raise ConfigError(
                "Debug is on: in production it would show the shop's inside to visitors. Unset STOREFRONT_DEBUG and "
                "FLASK_DEBUG, or set STOREFRONT_ENV=development for a trial."
            )

    @property
    def production(self) -> bool:
        return self.environment == PRODUCTION

    @property
    def https(self) -> bool:
        """Decides ``Secure`` and ``__Host-`` cookies."""
        return self.public_url.startswith("https://")

    @property
    def public_host(self) -> str:
        """Host name of ``public_url``, without port."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def media_dir(self) -> Path:
        return self.data_dir / "media"

    @property
    def originals_dir(self) -> Path:
        """Pictures as they were handed in: never served."""
        return self.data_dir / "originals"

    @property
    def imports_dir(self) -> Path:
        """Catalogue files that were uploaded and wait to be imported."""
        return self.data_dir / "imports"


def settings_from_environment() -> Settings:
    return Settings.from_env(os.environ)


def weakness(key: str) -> str:
    """Why ``key`` cannot protect anything, or ""."""
    if not key:
        return "not set"
    if len(key) < MIN_SECRET_LENGTH:
        return f"only {len(key)} characters long"
    if len(set(key)) < MIN_SECRET_VARIETY:
        return "too uniform to be random"
    lowered = key.lower()
    # A random key may hold a short word by chance; one that is little else but known words is not random.
    for word in KNOWN_SECRETS:
        lowered = lowered.replace(word, "")
    if len(lowered) < len(key) and len(lowered) < MIN_SECRET_LENGTH:
        return "made of well-known words"
    return ""


def _public_url(env: Mapping[str, str]) -> str:
    url = (env.get("PUBLIC_URL") or f"http://127.0.0.1:{env.get('PORT') or 8000}").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ConfigError(
            f"PUBLIC_URL is {url!r}: it must be the shop's address without a path, such as https://shop.example."
        )
    return url


def _environment(env: Mapping[str, str], public_url: str) -> str:
    named = env.get("STOREFRONT_ENV", "").strip().lower()
    if named in (PRODUCTION, DEVELOPMENT):
        return named
    if named:
        raise ConfigError(f"STOREFRONT_ENV is {named!r}: it may be {PRODUCTION} or {DEVELOPMENT}.")
    return PRODUCTION if public_url.startswith("https://") else DEVELOPMENT


def _database_url(url: str, data_dir: Path) -> str:
    """SQLAlchemy's form: PostgreSQL always by psycopg 3, SQLite paths always absolute."""
    data_dir.mkdir(parents=True, exist_ok=True)
    if not url:
        return f"sqlite:///{data_dir / 'shop.sqlite'}"
    scheme, separator, rest = url.partition("://")
    if scheme in ("postgres", "postgresql"):
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite" and separator:
        path = rest.removeprefix("/")
        if not path or path == ":memory:":
            raise ConfigError("DATABASE_URL names a SQLite database in memory: background work could not see it.")
        return f"sqlite:///{Path(path).expanduser().resolve()}"
    if scheme == "postgresql+psycopg":
        return url
    raise ConfigError(f"DATABASE_URL begins with {scheme!r}: the shop runs on postgresql:// or sqlite:///.")


def _secret_key(env: Mapping[str, str], environment: str, data_dir: Path) -> str:
    given = env.get("SECRET_KEY", "")
    if given or environment == PRODUCTION:
        return given
    path = data_dir / "secret_key"
    if not path.exists():
        draft = data_dir / f"secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # of several processes starting at once one wins, all read the same key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def _count(env: Mapping[str, str], name: str) -> int:
    text = env.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdigit() and int(text) <= 10):
        raise ConfigError(f"{name} is {text!r}: it must be the number of proxies in front of the shop, 0 to 10.")
    return int(text)


def _flag(env: Mapping[str, str], name: str) -> bool:
    return env.get(name, "").strip().lower() in TRUE_WORDS
