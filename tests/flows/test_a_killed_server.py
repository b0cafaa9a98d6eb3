"""The server is killed while people answer. The long form of this is `bench/kill.py`."""

from bench.kill import Outcome, one_run
from lms.settings import Settings


def test_every_answer_told_saved_is_there_once_after_a_kill(settings: Settings) -> None:
    found: Outcome = one_run(settings, answers=60, kills=1, seed=7)
    assert found.good, str(found)
    assert (found.acknowledged, found.kills) == (60, 1)
    assert found.sent > 60  # taps and retries are among them
