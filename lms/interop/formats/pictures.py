"""Pictures that come with a file: what they are, how large they are, and what they are called in a course."""

import hashlib
import re
import struct
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from lms.courses.rules.media import MEDIA, media_problem
from lms.foundation.words import N_
from lms.interop.formats.contract import Account, slug

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS_A_SIDE = 12_000
Files = Callable[[str], bytes | None]
"""Finds a file that came along, by the name that a text gives it."""
_KINDS = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), ".png"),
    (re.compile(rb"\xff\xd8\xff"), ".jpg"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), ".webp"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), ".avif"),
    (re.compile(rb"GIF8[79]a"), ".gif"),
    (re.compile(rb"OggS"), ".opus"),
    (re.compile(rb"ID3|\xff[\xe0-\xff]"), ".mp3"),
    (re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE[^>]*>\s*)?<svg", re.DOTALL), ".svg"),
)


def no_files(_name: str) -> bytes | None:
    """For a file that brings no others."""
    return None


def kind_of_picture(content: bytes) -> str:
    """The ending that the bytes deserve, whatever the name says; empty when we do not know them."""
    return next((ending for mark, ending in _KINDS if mark.match(content[:4096])), "")


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG, JPEG, GIF or WebP; (0, 0) when the bytes do not say."""
    try:
        return next(_sizes(content), (0, 0))
    except (struct.error, IndexError):
        return 0, 0


def _sizes(content: bytes) -> Iterator[tuple[int, int]]:
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        yield struct.unpack(">II", content[16:24])
    elif content[:4] == b"GIF8":
        yield struct.unpack("<HH", content[6:10])
    elif content[:4] == b"RIFF" and content[12:16] == b"VP8X":
        yield (
            int.from_bytes(content[24:27], "little") + 1,
            int.from_bytes(content[27:30], "little") + 1,
        )
    elif content[:4] == b"RIFF" and content[12:16] == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        yield (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif content[:4] == b"RIFF" and content[12:16] == b"VP8 ":
        wide, high = struct.unpack("<HH", content[26:30])
        yield wide & 0x3FFF, high & 0x3FFF
    elif content[:2] == b"\xff\xd8":
        place = 2
        while place + 9 < len(content):
            if content[place] != 0xFF:
                return
            mark = content[place + 1]
            if mark in (0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF):
                high, wide = struct.unpack(">HH", content[place + 5 : place + 9])
                yield wide, high
                return
            place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")


def keep_picture(name: str, content: bytes, account: Account) -> str | None:
    """Keep a picture or a sound with the item; its path in the course, or None with the reason noted."""
    shown = PurePosixPath(name.split("?")[0]).name or "picture"
    ending = kind_of_picture(content)
    if not ending or ending not in MEDIA:
        account.changed(
            N_("“%(name)s” was left out: it is not a picture that we take (svg, png, jpg, webp, avif)."),
            name=shown,
        )
        return None
    if len(content) > MOST_BYTES:
        account.changed(
            N_("“%(name)s” was left out: a picture has at most %(most)s MB."),
            name=shown,
            most=MOST_BYTES // 1024 // 1024,
        )
        return None
    wide, high = size_of(content)
    if max(wide, high) > MOST_PIXELS_A_SIDE:
        account.changed(
            N_(
                "“%(name)s” was left out: it is %(wide)s × %(high)s pixels, and %(most)s a side are the most."
            ),
            name=shown,
            wide=wide,
            high=high,
            most=MOST_PIXELS_A_SIDE,
        )
        return None
    stem = slug(PurePosixPath(shown).stem).removesuffix(f"-{_mark(content)}")[:40].strip("-") or "picture"
    path = f"media/{stem}-{_mark(content)}{ending}"
    if problem := media_problem(path, content):
        account.changed(N_("“%(name)s” was left out. %(problem)s"), name=shown, problem=problem)
        return None
    account.media[path] = content
    return path


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]
