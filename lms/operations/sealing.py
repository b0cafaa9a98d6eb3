"""Backups that only who has the passphrase can read: AES-256-GCM in pieces, each bound to its place and to the end.

A sealed file is MAGIC, a salt, and pieces. The key comes from the passphrase by scrypt; a piece's nonce is its number and
whether it is the last, so that a file whose pieces were changed, moved, doubled or cut off does not open.
"""

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from lms.foundation.errors import Invalid

MAGIC = b"LADDER SEALED 1\n"
SALT, TAG, PIECE = 16, 16, 1 << 20


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=1 << 15, r=8, p=1).derive(passphrase.encode()))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def is_sealed(source: Path) -> bool:
    """Whether the file begins as a sealed one does."""
    with source.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def seal(source: Path, target: Path, passphrase: str) -> None:
    """Write the sealed form of `source` to `target`."""
    salt = os.urandom(SALT)
    cipher, number = _cipher(passphrase, salt), 0
    with source.open("rb") as plain, target.open("wb") as sealed:
        sealed.write(MAGIC + salt)
        piece = plain.read(PIECE)
        while True:
            following = plain.read(PIECE)
            sealed.write(cipher.encrypt(_nonce(number, not following), piece, None))
            if not following:
                return
            piece, number = following, number + 1


def unseal(source: Path, target: Path, passphrase: str) -> None:
    """Write what was sealed to `target`. Raises Invalid (another passphrase, or a file that is not whole)."""
    with source.open("rb") as sealed, target.open("wb") as plain:
        sealed.read(len(MAGIC))
        cipher, number = _cipher(passphrase, sealed.read(SALT)), 0
        piece = sealed.read(PIECE + TAG)
        while True:
            following = sealed.read(PIECE + TAG)
            try:
                plain.write(cipher.decrypt(_nonce(number, not following), piece, None))
            except (InvalidTag, ValueError):
                raise Invalid(
                    "The backup is sealed with another passphrase, or damaged. Look at LADDER_BACKUP_PASSPHRASE."
                ) from None
            if not following:
                return
            piece, number = following, number + 1
