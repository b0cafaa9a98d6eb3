"""Identifiers: minted anywhere, ordered by time, never reused."""

import os
import time
import uuid


def new_id() -> uuid.UUID:
    """A version 7 UUID (RFC 9562): 48 bits of milliseconds, then randomness, so that indexes grow at one end."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def derived_id(*parts: object) -> uuid.UUID:
    """The same id for the same parts, for ever: a repeat of a fact that has no id of its own finds its first."""
    return uuid.uuid5(_LADDER, "\x1f".join(str(part) for part in parts))


_LADDER = uuid.UUID("6f0c2d4e-5a3b-5c1d-9e7f-3b1a2c4d5e6f")
