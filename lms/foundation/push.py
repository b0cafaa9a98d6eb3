"""Messages to a browser that asked for them: sealed for it (RFC 8291) and signed by this installation (RFC 8292).

Nothing here opens a connection: see `carrier`. The service in between, of the browser's maker, learns how long a message is
and when it was sent, never its words.
"""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lms.foundation.errors import Invalid

MAKERS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    "*.notify.windows.com",
)
"""The services of the makers of browsers; `*.` stands for any names before the rest."""
RECORD = 4096
LONGEST_MESSAGE = RECORD - 16 - 1 - 86
"""In bytes: a service must take a body of 4096, and the seal, its mark of the end and the head are part of it."""
SIGNED_FOR = timedelta(hours=12)
"""A service refuses a signature for more than a day."""


def packed(data: bytes) -> str:
    """Bytes as these standards write them: base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """The bytes. Raises ValueError."""
    if not text.isascii():
        raise ValueError("not base64url")
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@dataclass(frozen=True)
class Browser:
    """Where a browser is told something, and what its messages are sealed with, as it said so itself."""

    endpoint: str
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


@dataclass(frozen=True)
class ServerKey:
    """The key that signs what this installation sends, and whom a service may write to when something is wrong with it."""

    secret: str = field(repr=False)
    contact: str

    @cached_property
    def private(self) -> ec.EllipticCurvePrivateKey:
        """The key itself. Raises ValueError when the secret is none."""
        secret = unpacked(self.secret)
        if len(secret) != 32:
            raise ValueError("a secret has 32 bytes")
        return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())

    @property
    def public(self) -> str:
        """What a browser must be told to take this installation's messages."""
        return packed(public_bytes(self.private.public_key()))

    def authorization(self, endpoint: str, now: datetime) -> str:
        """The header that says who sends to an endpoint (RFC 8292)."""
        said = {
            "aud": f"https://{urlsplit(endpoint).hostname}",
            "exp": int((now + SIGNED_FOR).timestamp()),
            "sub": self.contact,
        }
        parts = [
            packed(json.dumps(one, separators=(",", ":")).encode())
            for one in ({"typ": "JWT", "alg": "ES256"}, said)
        ]
        signed = self.private.sign(".".join(parts).encode(), ec.ECDSA(SHA256()))
        signature = b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(signed))
        return f"vapid t={'.'.join([*parts, packed(signature)])}, k={self.public}"


def new_secret() -> str:
    """A secret for a new ServerKey."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return packed(number.to_bytes(32, "big"))


def check_browser(browser: Browser, hosts: Sequence[str]) -> Browser:
    """The browser with its keys in their one form. Refuses an address that is none of the services', and keys that are none: Invalid.

    A browser names the address and a server inside a firm's network would call it: so only names that are listed, only
    https on its own port, and nothing that could be read as another address.
    """
    try:
        parts = urlsplit(browser.endpoint)
        sound = (
            parts.scheme == "https"
            and parts.port in (None, 443)
            and parts.username is None
            and parts.password is None
            and not parts.fragment
            and len(browser.endpoint) <= 1000
            and browser.endpoint.isascii()
            and browser.endpoint.isprintable()
            and " " not in browser.endpoint
            and "\\" not in browser.endpoint
            and is_among(parts.hostname or "", hosts)
        )
        keys = unpacked(browser.p256dh), unpacked(browser.auth)
        browser = Browser(browser.endpoint, browser.p256dh.rstrip("="), browser.auth.rstrip("="))
        sound = (
            sound
            and (len(keys[0]), len(keys[1])) == (65, 16)
            and (packed(keys[0]), packed(keys[1])) == (browser.p256dh, browser.auth)
            and all(0 < len(label) <= 63 for label in (parts.hostname or "").split("."))
        )
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), keys[0])
    except ValueError:
        sound = False
    if not sound:
        raise Invalid("Messages cannot be sent to this browser from here.")
    return browser


def is_among(host: str, hosts: Sequence[str]) -> bool:
    """Whether a name is listed, itself or under a `*.`."""
    return any(host.endswith(one[1:]) if one.startswith("*.") else host == one for one in hosts)


def sealed(
    message: bytes,
    browser: Browser,
    *,
    salt: bytes | None = None,
    own: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The message as only the browser can read it. `salt` and `own` are made afresh, but for a test with known ones."""
    if len(message) > LONGEST_MESSAGE:
        raise ValueError(f"a message has at most {LONGEST_MESSAGE} bytes")
    salt, own = salt or os.urandom(16), own or ec.generate_private_key(ec.SECP256R1())
    theirs = unpacked(browser.p256dh)
    mine = public_bytes(own.public_key())
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    start = _derived(shared, unpacked(browser.auth), b"WebPush: info\0" + theirs + mine, 32)
    key = _derived(start, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(start, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(mine)]) + mine
    return head + AESGCM(key).encrypt(nonce, message + b"\x02", None)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
