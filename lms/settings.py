"""Settings from the environment: every variable, its type and its default, in one place."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lms.foundation.errors import Invalid
from lms.foundation.post import SmtpPost
from lms.foundation.push import MAKERS, ServerKey


@dataclass(frozen=True)
class Settings:
    """What the operator may choose. See `docs/operating.md`."""

    home: Path
    database: str
    secret_key: str
    secure_cookies: bool
    testing: bool = False
    log_requests: bool = False
    metrics_token: str = ""
    shared_store: str = ""
    jobs: bool = True
    """Whether the processes that serve pages do the jobs too; else `lms jobs work` does."""
    origin: str = ""
    """The address people type, such as https://learn.example.bz: passkeys are made for it. Empty: each request's own."""
    backup_passphrase: str = ""
    """Seals backups, and opens them. Empty: they are written as they are."""
    post: SmtpPost | None = None
    """Who carries letters. None: what needs a letter is not offered."""
    push: ServerKey | None = None
    """Signs messages to people's browsers. None: no page offers them."""
    push_hosts: tuple[str, ...] = MAKERS
    """The services that may be called to carry them."""

    @property
    def files(self) -> Path:
        """Where uploaded and published files are kept."""
        return self.home / "files"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises Invalid with the name of the variable that is wrong."""
    home = Path(environment.get("LADDER_HOME", "instance")).absolute()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Invalid(
            "LADDER_HOME: %(home)s cannot be a folder of ours: %(why)s.", home=home, why=error.strerror
        ) from None
    return Settings(
        home=home,
        database=_database(environment.get("LADDER_DATABASE", f"sqlite:///{home / 'ladder.db'}")),
        secret_key=environment.get("LADDER_SECRET_KEY") or _kept_secret(home / "secret_key"),
        secure_cookies=_switch(environment, "LADDER_SECURE_COOKIES", default=True),
        log_requests=_switch(environment, "LADDER_LOG_REQUESTS", default=False),
        metrics_token=_token(environment.get("LADDER_METRICS_TOKEN", "")),
        shared_store=_store(environment.get("LADDER_REDIS", "")),
        jobs=_switch(environment, "LADDER_JOBS", default=True),
        origin=_origin(environment.get("LADDER_ORIGIN", "")),
        backup_passphrase=_passphrase(environment.get("LADDER_BACKUP_PASSPHRASE", "")),
        post=_post(environment),
        push=_push(environment),
        push_hosts=_push_hosts(environment.get("LADDER_PUSH_HOSTS", "")),
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    if address and (parts.scheme not in ("https", "http") or not parts.hostname or parts.path.strip("/")):
        raise Invalid("LADDER_ORIGIN must be an address such as https://learn.example.bz, without a path.")
    return address.rstrip("/")


def _push(environment: Mapping[str, str]) -> ServerKey | None:
    secret = environment.get("LADDER_PUSH_KEY", "")
    if not secret:
        return None
    contact = environment.get("LADDER_PUSH_CONTACT", "")
    if not contact.startswith(("mailto:", "https://")) or not contact.isprintable() or " " in contact:
        raise Invalid("LADDER_PUSH_CONTACT must be mailto: and an address, or one that begins with https://.")
    key = ServerKey(secret, contact)
    try:
        key.public  # noqa: B018  (it is made, or it cannot be)
    except ValueError:
        raise Invalid("LADDER_PUSH_KEY must be a key that `lms push keys` made.") from None
    return key


def _push_hosts(text: str) -> tuple[str, ...]:
    found = tuple(text.replace(",", " ").lower().split())
    for one in found:
        name = one.removeprefix("*.")
        if "." not in name or not name.replace(".", "").replace("-", "").isalnum() or name[-1].isdigit():
            raise Invalid(
                "LADDER_PUSH_HOSTS must be names of hosts, such as push.example.org or *.example.org."
            )
    return found or MAKERS


def _post(environment: Mapping[str, str]) -> SmtpPost | None:
    host = environment.get("LADDER_SMTP_HOST", "")
    if not host:
        return None
    security = environment.get("LADDER_SMTP_SECURITY", "starttls").lower()
    if security not in ("starttls", "tls", "off"):
        raise Invalid("LADDER_SMTP_SECURITY must be starttls, tls or off.")
    port = environment.get("LADDER_SMTP_PORT", "465" if security == "tls" else "587")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise Invalid("LADDER_SMTP_PORT must be a number of a port.")
    sender = environment.get("LADDER_SMTP_FROM", "")
    if "@" not in sender or "\n" in sender:
        raise Invalid("LADDER_SMTP_FROM must be the address that letters come from.")
    user, password = environment.get("LADDER_SMTP_USER", ""), environment.get("LADDER_SMTP_PASSWORD", "")
    if user and security == "off" and host not in ("localhost", "127.0.0.1", "::1"):
        raise Invalid("LADDER_SMTP_SECURITY=off would send the password in the open. Use starttls or tls.")
    return SmtpPost(host, int(port), sender, user, password, security)


def _token(value: str) -> str:
    if value and len(value) < 16:
        raise Invalid("LADDER_METRICS_TOKEN must have 16 characters or more, or be left out.")
    return value


def _passphrase(value: str) -> str:
    if value and len(value) < 20:
        raise Invalid("LADDER_BACKUP_PASSPHRASE must have 20 characters or more, or be left out.")
    return value


def _store(address: str) -> str:
    if address and not address.startswith(("redis://", "rediss://", "unix://")):
        raise Invalid("LADDER_REDIS must start with redis://, rediss:// or unix://.")
    return address


def _database(address: str) -> str:
    if address.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + address.split("://", 1)[1]
    if address.startswith(("sqlite:///", "postgresql+psycopg://")):
        return address
    raise Invalid("LADDER_DATABASE must start with sqlite:/// or postgresql://.")


def _switch(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environment.get(name, "1" if default else "0").lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise Invalid("%(name)s must be on or off.", name=name)


def _kept_secret(path: Path) -> str:
    """The secret that signs cookies; made once and kept, so that a restart signs nobody out."""
    if not path.exists():
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(secrets.token_hex(32))
        temporary.chmod(0o600)
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_text()
