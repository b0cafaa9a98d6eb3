"""The installation's key: what this Ladder signs can be checked anywhere, and another Ladder's only once it is trusted.

The key is an Ed25519 key in `LADDER_HOME/passport/key.pem`, made with the first signature and readable by its owner only.
The keys of other Ladders lie beside it, in `trusted/`, put there by whoever runs this machine.
"""

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from lms.foundation.errors import Invalid


@dataclass(frozen=True)
class Known:
    """A key whose signatures are believed: whose it is, and its raw 32 bytes."""

    id: str
    name: str
    raw: bytes

    @property
    def text(self) -> str:
        """The key as people copy it."""
        return base64.b64encode(self.raw).decode()


def key_id(raw: bytes) -> str:
    """A short name for a public key: people compare it by reading it aloud."""
    return hashlib.sha256(raw).hexdigest()[:16]


class Keys:
    """This installation's key, and those it trusts. `home`: LADDER_HOME."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "passport"

    @property
    def path(self) -> Path:
        """Where the private key lies."""
        return self.folder / "key.pem"

    def own(self) -> Known:
        """The public half of our key; made when there is none yet."""
        raw = self._private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return Known(key_id(raw), "", raw)

    def sign(self, content: bytes) -> str:
        """Our signature of these bytes."""
        return base64.b64encode(self._private().sign(content)).decode()

    def find(self, key: str) -> Known | None:
        """A key we believe, by its short name: ours or a trusted one."""
        return next((one for one in (self.own(), *self.trusted()) if one.id == key), None)

    def trusted(self) -> Sequence[Known]:
        """The keys of other Ladders that were trusted here, by their names. Raises Invalid (a file is spoilt)."""
        return sorted(
            (_read_trusted(path) for path in self.folder.glob("trusted/*.json")), key=lambda one: one.name
        )

    def trust(self, name: str, text: str) -> Known:
        """Believe a key from now on. Raises Invalid."""
        if not name.strip():
            raise Invalid("Say whose key it is.")
        known = Known(key_id(raw := _raw(text)), name.strip(), raw)
        folder = self.folder / "trusted"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        said = json.dumps({"name": known.name, "key": known.text}, ensure_ascii=False)
        _write_whole(folder / f"{known.id}.json", said.encode(), replace=True)
        return known

    def _private(self) -> Ed25519PrivateKey:
        if not self.path.exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = Ed25519PrivateKey.generate()
            _write_whole(
                self.path,
                made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
                replace=False,
            )
        return read_private(self.path)


def read_private(path: Path) -> Ed25519PrivateKey:
    """The private key of a file. Raises Invalid when it is none."""
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, Ed25519PrivateKey):
        raise Invalid("%(path)s is no key. Restore it from a backup.", path=path)
    return found


def is_signed(known: Known, signature: str, content: bytes) -> bool:
    """Whether the key signed these very bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(known.raw).verify(
            base64.b64decode(signature, validate=True), content
        )
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _raw(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise Invalid("That is no key: it is 44 letters, as the other Ladder shows it.")
    return raw


def _read_trusted(path: Path) -> Known:
    try:
        said = json.loads(path.read_text())
        raw = _raw(said["key"])
        return Known(key_id(raw), str(said["name"]), raw)
    except (ValueError, KeyError, TypeError, Invalid):
        raise Invalid("%(path)s is no trusted key. Remove it and trust the key again.", path=path) from None


def _write_whole(path: Path, content: bytes, *, replace: bool) -> None:
    """Write all of it or nothing, readable by its owner only. Without `replace` the first of two writers wins."""
    temporary = path.with_suffix(f".{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        if replace:
            temporary.replace(path)
        else:
            os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink(missing_ok=True)
