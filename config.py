"""Settings: typed, read from the environment only, with no unsafe default in production."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent


class SettingsError(RuntimeError):
    """A setting is missing or unusable; the message names it and says what would be right."""


@dataclass(frozen=True)
class Settings:
    """Everything the application reads from its surroundings.

    ``database_url`` is an SQLAlchemy URL (SQLite file or ``postgresql+psycopg://``).
    ``mail_url`` is ``file:FOLDER`` (every message becomes an .eml file) or ``smtp://[user:pass@]host:port``.
    ``trusted_proxies`` is the number of proxies in front whose X-Forwarded-For and -Proto are believed.
    ``clamd_url`` is the virus scanner: ``unix:/run/clamav/clamd.ctl`` or ``tcp://127.0.0.1:3310``; empty means none.
    ``conflict_years`` is for how many years after its end a tie of a reviewer goes on counting (CON-14).
    ``rows_a_day`` and ``files_a_day``: administrators are told of who takes more than that out of the house on one day.
    ``demo`` allows demonstration accounts and their password to be shown on the sign-in page.
    """

    env: str
    secret_key: str
    database_url: str
    instance: Path
    mail_url: str
    mail_from: str
    public_url: str
    demo: bool
    secure_cookies: bool
    trusted_proxies: int
    clamd_url: str = ""
    conflict_years: int = 3
    rows_a_day: int = 50_000
    files_a_day: int = 300

    @property
    def production(self) -> bool:
        return self.env == "production"


def normalise_database_url(url: str) -> str:
    """Accept the short ``postgres://`` forms and name the driver that is installed; refuse what we cannot open."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            url = "postgresql+psycopg://" + url[len(prefix) :]
    try:
        known = make_url(url).drivername in ("sqlite", "postgresql+psycopg")
    except (ArgumentError, ValueError):
        known = False
    if not known:  # the message does not repeat the address: it may hold a password
        raise SettingsError(
            "DATABASE_URL is not usable; write sqlite:////path/file.db or postgresql://user:password@host/name"
        )
    return url


def _instance_secret(instance: Path) -> str:
    """A secret made once for this machine, so that sign-ins survive a restart outside production."""
    path = instance / "secret_key"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _count(env: dict[str, str], name: str, default: str = "0", most: int = 10) -> int:
    text = env.get(name) or default
    if not (text.isascii() and text.isdigit() and int(text) <= most):
        raise SettingsError(f"{name} is {text!r}; give a whole number from 0 to {most}")
    return int(text)


def _clamd(url: str) -> str:
    """The scanner's address as given; raises SettingsError for one that names neither a socket file nor a port."""
    parts = urlsplit(url)
    try:
        usable = not url or (
            parts.path.startswith("/")
            if parts.scheme == "unix"
            else parts.scheme == "tcp" and bool(parts.hostname and parts.port)
        )
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError("CLAMD_URL is not usable; write unix:/run/clamav/clamd.ctl or tcp://127.0.0.1:3310")
    return url


def load_settings(environ: dict[str, str] | None = None) -> Settings:
    """Read the settings; raises SettingsError naming the variable that is missing or wrong."""
    env = dict(os.environ if environ is None else environ)
    name = env.get("APP_ENV", "local")
    if name not in ("local", "production", "test"):
        raise SettingsError(f"APP_ENV is {name!r}; use local, test or production")
    instance = Path(env.get("INSTANCE_PATH", ROOT / "instance")).resolve()
    production = name == "production"
    if production:
        missing = [key for key in ("SECRET_KEY", "DATABASE_URL") if not env.get(key)]
        if missing:
            raise SettingsError("in production these must be set: " + ", ".join(missing))
        if len(env["SECRET_KEY"]) < 16:
            raise SettingsError("SECRET_KEY is shorter than 16 characters; use a long random text")
    public_url = env.get("PUBLIC_URL") or f"http://{env.get('HOST', '127.0.0.1')}:{env.get('PORT', '8000')}"
    return Settings(
        env=name,
        secret_key=env.get("SECRET_KEY") or _instance_secret(instance),
        database_url=normalise_database_url(env.get("DATABASE_URL") or f"sqlite:///{instance / 'renkei.db'}"),
        instance=instance,
        mail_url=env.get("MAIL_URL") or f"file:{instance / 'mail'}",
        mail_from=env.get("MAIL_FROM", "Renkei <no-reply@renkei.example>"),
        public_url=public_url.rstrip("/"),
        demo=not production,
        secure_cookies=public_url.startswith("https://"),
        trusted_proxies=_count(env, "TRUSTED_PROXIES"),
        conflict_years=_count(env, "CONFLICT_YEARS", "3"),
        rows_a_day=_count(env, "EXPORT_ROWS_A_DAY", "50000", 100_000_000),
        files_a_day=_count(env, "EXPORT_FILES_A_DAY", "300", 100_000_000),
        clamd_url=_clamd(env.get("CLAMD_URL", "")),
    )
