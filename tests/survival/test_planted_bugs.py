"""The bugs that `bench.seeded` plants still have their place in the code: a bench that cannot run shows nothing."""

import pytest

from bench.seeded import BUGS, ROOT, Bug

pytestmark = pytest.mark.no_database


@pytest.mark.parametrize("bug", BUGS.values(), ids=list(BUGS))
def test_the_line_that_a_planted_bug_replaces_is_there_once(bug: Bug) -> None:
    assert (ROOT / bug.file).read_text().count(bug.good) == 1
