"""The power goes while people answer. The long form is `bench/power.py`."""

import random

import pytest

from bench.power import Disk, run
from bench.recorder import Entry

pytestmark = [
    pytest.mark.no_cover,
    pytest.mark.sqlite_is_enough,
]  # a server of its own, on SQLite's own files


def test_what_was_told_saved_is_there_after_any_power_cut() -> None:
    found = run(cuts=60, answers=18, seed=5)
    assert found.good, str(found)
    assert found.acknowledged >= 15
    assert found.unflushed > 10, "cuts must fall between a write and its flush"


def test_only_what_was_flushed_is_sure_to_be_there() -> None:
    disk, chance = Disk(), random.Random(1)
    disk.take(Entry("W", 1, 0, b"a" * 1024))
    disk.take(Entry("S", 1, 0, b""))
    disk.take(Entry("W", 1, 512, b"b" * 1024))
    assert disk.after_the_cut("nothing", chance) == b"a" * 1024
    sectors = {bytes(disk.after_the_cut("sectors", chance)) for _cut in range(60)}
    assert len(sectors) == 4  # either, both or none of the two sectors
    assert all(one.startswith(b"a" * 512) for one in sectors)
    torn = {len(bytes(disk.after_the_cut("beginning", chance)).rstrip(b"a")) for _cut in range(200)}
    assert len(torn) > 20  # torn at any byte
    disk.take(Entry("S", 1, 0, b""))
    assert disk.after_the_cut("nothing", chance) == b"a" * 512 + b"b" * 1024
