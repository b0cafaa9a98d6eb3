"""Phones that come and go, as chance has it: the record equals the model's. The long form of this is `bench/offline.py`."""

import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bench.offline import World, build, play
from tests.house import House


@pytest.fixture
def world(house: House) -> World:
    return build(house)


@settings(max_examples=15, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_whatever_happens_to_the_phones_nothing_is_lost_and_nothing_counts_twice(
    world: World, seed: int
) -> None:
    play(world, random.Random(seed))
