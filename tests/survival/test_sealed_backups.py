"""A backup that is sealed: with its passphrase all comes back, without it nothing does, and no byte can be changed."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from lms.foundation.errors import Invalid
from lms.operations.backup import back_up, restore
from lms.operations.sealing import PIECE, is_sealed, seal, unseal
from lms.settings import Settings
from tests.house import House
from tests.survival.test_torn_files import elsewhere

WORDS = "seven herons over the river"
pytestmark = pytest.mark.sqlite_is_enough


def firms(settings: Settings) -> list[str]:
    """The firms of an SQLite file."""
    with closing(sqlite3.connect(settings.home / "ladder.db")) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM firm")]


def test_a_sealed_backup_comes_back_with_its_passphrase_only(
    house: House, settings: Settings, tmp_path: Path
) -> None:
    house.firm("Secret Firm")
    file = tmp_path / "sealed.ladder"
    back_up(replace(settings, backup_passphrase=WORDS), file, now=house.noon)
    assert is_sealed(file)
    assert b"Secret Firm" not in file.read_bytes()
    assert [path.name for path in tmp_path.glob("sealed*")] == ["sealed.ladder"]
    there = elsewhere(settings, tmp_path / "there")
    for passphrase, sentence in (
        ("", "is sealed: set"),
        ("another passphrase of theirs", "another passphrase"),
    ):
        with pytest.raises(Invalid, match=sentence):
            restore(replace(there, backup_passphrase=passphrase), file)
    assert "Secret Firm" not in firms(there)
    restore(replace(there, backup_passphrase=WORDS), file)
    assert "Secret Firm" in firms(there)
    assert not list(there.home.rglob("plain.ladder"))


def test_a_sealed_file_that_was_changed_cut_or_put_together_anew_does_not_open(tmp_path: Path) -> None:
    plain, sealed, back = tmp_path / "plain", tmp_path / "sealed", tmp_path / "back"
    plain.write_bytes(bytes(range(256)) * (2 * PIECE // 256) + b"the end")
    seal(plain, sealed, WORDS)
    unseal(sealed, back, WORDS)
    assert back.read_bytes() == plain.read_bytes()
    whole = sealed.read_bytes()
    head, size = 32, PIECE + 16
    one, two, three = (
        whole[head : head + size],
        whole[head + size : head + 2 * size],
        whole[head + 2 * size :],
    )
    for harmed in (
        whole[:-1],
        whole[: head + 2 * size],
        whole[:head] + two + one + three,
        whole[:head] + one + one + two + three,
        whole[:40] + bytes([whole[40] ^ 1]) + whole[41:],
        whole[:20] + bytes([whole[20] ^ 1]) + whole[21:],
        whole[:head],
    ):
        sealed.write_bytes(harmed)
        with pytest.raises(Invalid, match="another passphrase, or damaged"):
            unseal(sealed, back, WORDS)
