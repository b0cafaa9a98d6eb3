"""Carries messages to the services of the makers of browsers: one address, looked at again just before it is called.

A name may answer with an address inside the firm's own network, or with another one the second time. So the name is looked
up once, every address it has must be a public one, and the connection goes to that address. No redirect is followed and no
body is read.
"""

import enum
import http.client
import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from lms.foundation.errors import Invalid
from lms.foundation.push import MAKERS, Browser, ServerKey, check_browser, sealed

log = logging.getLogger(__name__)

TIMEOUT = 10.0
"""Seconds that a service may be silent."""
REST = timedelta(minutes=5)
"""So long a service that was not reached is left alone."""
SOONEST, LATEST = timedelta(minutes=1), timedelta(days=1)
"""What a service asks us to wait is taken between these."""
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses that stand for one of the older kind."""
TOPIC = "ladder"
"""A message that waits at the service is replaced by the next one."""


class Came(enum.StrEnum):
    """What became of a message."""

    TAKEN = "taken"
    """By the service: whether the browser ever shows it, nobody tells us."""
    GONE = "gone"
    """The browser is not to be reached under this address any more."""
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """What a service said. `wait`: how long it wants to be left alone, when it says so."""

    came: Came
    wait: timedelta = SOONEST


def public_address(host: str) -> tuple[str, int]:
    """Where a name leads. Raises Invalid when any of its addresses is not a public one, OSError when it leads nowhere."""
    found = [
        str(one[4][0])
        for one in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    ]
    if not found or not all(is_public(one) for one in found):
        raise Invalid("Messages cannot be sent to this browser from here.")
    return found[0], 443


def is_public(address: str) -> bool:
    """Whether an address is out in the world: not of this machine, of a network of one's own, or of many at once."""
    known = ipaddress.ip_address(address.split("%")[0])
    inner = getattr(known, "ipv4_mapped", None) or getattr(known, "sixtofour", None) or known
    if known in TRANSLATED:
        inner = ipaddress.IPv4Address(int(known) & 0xFFFFFFFF)
    return all(one.is_global and not one.is_multicast for one in (known, inner))


@dataclass(frozen=True)
class Carrier:
    """Whoever carries messages: the key they are signed with, the services that may be called, and how a name is found."""

    key: ServerKey
    hosts: tuple[str, ...] = MAKERS
    find: Callable[[str], tuple[str, int]] = public_address
    safe: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)
    resting: dict[str, datetime] = field(default_factory=dict, repr=False, compare=False)
    """Services that this process could not reach, and until when it does not try: other jobs wait behind each try."""

    def send(self, browser: Browser, message: bytes, *, stands: timedelta, now: datetime) -> Answer:
        """Hand a message to the browser's service, which drops it when it could not deliver it while it `stands`."""
        host = urlsplit(browser.endpoint).hostname or ""
        rests = self.resting.get(host, now)
        if rests > now:
            return Answer(Came.LATER, rests - now)
        try:
            check_browser(browser, self.hosts)
            status, said = self._called(browser, message, stands, now)
        except (Invalid, UnicodeError):
            log.warning("a message was not sent: its address is none of a push service")
            return Answer(Came.REFUSED)
        except (OSError, http.client.HTTPException) as error:
            log.warning("%s was not reached: %s", host, type(error).__name__)
            self.resting[host] = now + REST
            return Answer(Came.LATER, REST)
        if status in (404, 410):
            return Answer(Came.GONE)
        if status == 429 or status >= 500:
            return Answer(Came.LATER, _wait(said.get("retry-after", ""), now))
        if 200 <= status < 300:
            return Answer(Came.TAKEN)
        log.warning("a push service refused a message: %s", status)
        return Answer(Came.REFUSED)

    def _called(
        self, browser: Browser, message: bytes, stands: timedelta, now: datetime
    ) -> tuple[int, Mapping[str, str]]:
        parts = urlsplit(browser.endpoint)
        host = parts.hostname or ""
        raw = socket.create_connection(self.find(host), TIMEOUT)
        try:
            line = http.client.HTTPConnection(host, timeout=TIMEOUT)
            line.sock = self.safe.wrap_socket(raw, server_hostname=host)
        except (OSError, ValueError):
            raw.close()
            raise
        try:
            line.request(
                "POST",
                f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}",
                sealed(message, browser),
                {
                    "Authorization": self.key.authorization(browser.endpoint, now),
                    "Content-Encoding": "aes128gcm",
                    "Content-Type": "application/octet-stream",
                    "TTL": str(max(0, int(stands.total_seconds()))),
                    "Topic": TOPIC,
                    "Urgency": "normal",
                },
            )
            reply = line.getresponse()
            return reply.status, {name.lower(): value for name, value in reply.getheaders()}
        finally:
            line.close()


def _wait(said: str, now: datetime) -> timedelta:
    """How long to wait: `Retry-After` in seconds or as a date, and a minute when it is neither."""
    try:
        if said.isascii() and said.isdigit():
            asked = timedelta(seconds=int(said[:9]))
        else:
            moment = parsedate_to_datetime(said)
            asked = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    except ValueError:
        asked = SOONEST
    return min(max(asked, SOONEST), LATEST)
