"""Planted faults are found; sound questions are left alone."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from lms.assessments.statistics.responses import Responses
from lms.assessments.verdicts import ENOUGH, Judgement, Kind, judge

ITEMS = 30
OPTIONS = "ABCD"
NAMES = tuple(f"q{at}" for at in range(ITEMS))
OFFERED = dict.fromkeys(NAMES, OPTIONS)


class Class:
    """People who sat a sound test: every key right, every distractor as likely, times and groups that mean nothing."""

    def __init__(self, persons: int, seed: int) -> None:
        self.dice = np.random.default_rng(seed)
        self.a, self.b = self.dice.lognormal(0.1, 0.2, ITEMS), self.dice.normal(-0.3, 0.8, ITEMS)
        self.group = np.where(self.dice.random(persons) < 0.45, "Spanish", "English")
        self.theta = self.dice.normal(size=persons) - 0.4 * (self.group == "Spanish")
        self.pace = self.dice.normal(0, 0.3, persons)
        self.logs = 3 + self.pace[:, None] + self.dice.normal(0, 0.35, (persons, ITEMS))
        self.key = [OPTIONS[at % 4] for at in range(ITEMS)]
        self.p = 1 / (1 + np.exp(-self.a * (self.theta[:, None] - self.b)))
        self.p = 0.2 + 0.8 * self.p

    def sit(
        self, *, change: Callable[["Class", list[list[str]]], None] = lambda _class, _given: None
    ) -> Responses:
        right = self.dice.random(self.p.shape) < self.p
        given = [
            [
                self.key[at]
                if hit
                else str(self.dice.choice([one for one in OPTIONS if one != self.key[at]]))
                for at, hit in enumerate(row)
            ]
            for row in right
        ]
        change(self, given)
        marks = [[int(one == key) for one, key in zip(row, self.key, strict=True)] for row in given]
        return Responses(NAMES, marks, tuple(self.key), given)

    def judge(self, responses: Responses) -> Judgement:
        return judge(
            responses,
            offered=OFFERED,
            seconds=np.exp(self.logs).tolist(),
            groups={"language": self.group.tolist()},
        )


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
@pytest.mark.parametrize("persons", [120, 400, 1500])
def test_of_sound_questions_fewer_than_one_in_twenty_is_named(persons: int) -> None:
    named = total = 0
    kinds: dict[str, int] = {}
    for seed in range(12):
        people = Class(persons, 100 + seed)
        found = people.judge(people.sit())
        faults = [one for one in found.verdicts if one.kind not in (Kind.EASY, Kind.HARD)]
        named += len({one.item for one in faults})
        total += ITEMS
        for one in found.verdicts:
            kinds[one.kind] = kinds.get(one.kind, 0) + 1
    assert named / total <= 1 / 20, kinds


@pytest.mark.parametrize("persons", [200, 600])
def test_a_wrong_key_is_found_and_the_right_option_named(persons: int) -> None:
    people = Class(persons, 1)

    def mistake(one: Class, given: list[list[str]]) -> None:
        one.key[7] = "A" if one.key[7] != "A" else "B"

    true = people.key[7]
    found = people.judge(people.sit(change=mistake))
    assert found.of(Kind.KEY) == ("q7",)
    verdict = next(one for one in found.verdicts if one.kind is Kind.KEY)
    assert verdict.values["option"] == true
    assert f"more strong than weak people chose {true}" in verdict.words()


def test_a_distractor_that_nobody_takes_is_found_though_it_is_nowhere_in_the_answers() -> None:
    people = Class(500, 2)

    def never(one: Class, given: list[list[str]]) -> None:
        for row in given:
            if row[4] == "C":
                row[4] = "B"

    people.key[4] = "A"
    found = people.judge(people.sit(change=never))
    dead = [one for one in found.verdicts if one.kind is Kind.DEAD]
    assert [(one.item, one.values["option"], one.values["count"]) for one in dead] == [("q4", "C", 0)]


def test_a_question_that_some_knew_beforehand_is_found_by_quick_right_answers() -> None:
    people = Class(600, 3)
    insiders = people.dice.random(600) < 0.08
    people.b[9], people.p[:, 9] = 1.2, 0.2 + 0.8 / (1 + np.exp(-(people.theta - 1.2)))

    def leak(one: Class, given: list[list[str]]) -> None:
        for person in np.flatnonzero(insiders):
            given[person][9] = one.key[9]
            one.logs[person, 9] -= 1.8

    found = people.judge(people.sit(change=leak))
    assert found.of(Kind.LEAKED) == ("q9",)


def test_quick_guesses_that_are_wrong_are_no_leak() -> None:
    people = Class(600, 4)

    def guess(one: Class, given: list[list[str]]) -> None:
        for person in np.flatnonzero(one.dice.random(600) < 0.1):
            given[person][9] = str(one.dice.choice(list(OPTIONS)))
            one.logs[person, 9] -= 1.8

    assert people.judge(people.sit(change=guess)).of(Kind.LEAKED) == ()


def test_a_question_that_is_harder_for_one_language_is_found_and_the_group_named() -> None:
    people = Class(1200, 5)
    people.p[:, 11] = 0.2 + 0.8 / (1 + np.exp(-1.3 * (people.theta - 1.3 * (people.group == "Spanish"))))
    found = people.judge(people.sit())
    assert found.of(Kind.UNFAIR) == ("q11",)
    verdict = next(one for one in found.verdicts if one.kind is Kind.UNFAIR)
    assert (
        verdict.words() == "It may be unfair: harder for the group “Spanish” than for others who do as well."
    )


@pytest.mark.parametrize(("never", "how"), [("Spanish", "harder"), ("English", "easier")])
def test_a_question_that_one_language_never_gets_right_is_unfair_beyond_all_numbers(
    never: str, how: str
) -> None:
    people = Class(500, 8)
    people.p[:, 11] = people.group != never
    found = people.judge(people.sit())
    (one,) = (group for _what, group in found.treated if group.item == "q11")
    assert (one.delta, one.mantel_class) == (None, "C")
    assert f"It may be unfair: {how} for the group “Spanish” than for others who do as well." in [
        verdict.words() for verdict in found.verdicts if verdict.item == "q11"
    ]


def test_a_gap_that_turns_with_strength_is_found_where_mantel_and_haenszel_see_none() -> None:
    people = Class(1000, 12)
    spanish = people.group == "Spanish"
    people.a[3], people.b[3] = 1.6, people.theta.mean()
    people.p[:, 3] = 1 / (1 + np.exp(-people.a[3] * (people.theta - people.b[3])))
    people.p[spanish, 3] = 1 - people.p[spanish, 3]
    found = people.judge(people.sit())
    (one,) = (how for _what, how in found.treated if how.item == "q3")
    assert one.mantel_class in ("A", "B")
    assert (one.is_unfair, one.is_unfair_in_turning) == (False, True)
    assert [verdict.words() for verdict in found.verdicts if verdict.kind is Kind.UNFAIR] == [
        "It may be unfair: between the group “Spanish” and others who do as well, the gap is another one for strong people than for weak ones."
    ]


def test_groups_under_a_hundred_are_neither_named_nor_counted_out() -> None:
    people = Class(400, 3)
    sat = people.sit()
    column = ["Kriol" if at < 150 else "Maya" if at < 157 else "Spanish" for at in range(400)]
    found = [how for _what, how in judge(sat, groups={"language": column}).treated]
    assert {how.group for how in found} == {"Kriol", "Spanish"}
    assert {how.n for how in found} == {150, 243}
    assert {how.others for how in found} == {None}, "250 beside 150 would say that there are seven"
    alone = [how for _what, how in judge(sat, groups={"language": column[:157] + [""] * 243}).treated]
    assert alone == [], "a hundred and fifty have only seven beside them"
    few = [list(row) for row in sat.marks]
    for at in range(60):
        few[at][0] = None
    asked = Responses(sat.items, few)
    items = [
        how.item for _what, how in judge(asked, groups={"language": column}).treated if how.group == "Kriol"
    ]
    assert items == list(NAMES[1:]), "of the first question only ninety of them are left"


def test_questions_without_information_too_easy_or_too_hard_are_named() -> None:
    people = Class(800, 6)
    people.p[:, 0], people.p[:, 1], people.p[:, 2] = 0.995, 0.12, 0.5
    found = people.judge(people.sit())
    assert "q0" in found.of(Kind.EASY)
    assert "q1" in found.of(Kind.HARD)
    assert {"q1", "q2"} <= set(found.of(Kind.WEAK))
    assert "q0" not in found.of(Kind.WEAK)


def test_under_a_hundred_people_there_are_counts_and_no_verdicts() -> None:
    people = Class(ENOUGH - 1, 1)
    people.p[:, 0] = 1.0

    def mistake(one: Class, given: list[list[str]]) -> None:
        one.key[7] = "A" if one.key[7] != "A" else "B"

    found = people.judge(people.sit(change=mistake))
    assert found.verdicts == ()
    assert found.counts[0].answered == found.counts[0].right == ENOUGH - 1
    assert set(found.counts[3].options) == set(OPTIONS)
    assert sum(found.counts[3].options.values()) == ENOUGH - 1


def test_blanks_and_files_without_options_times_or_groups_are_judged_on_what_there_is() -> None:
    people = Class(300, 8)
    sat = people.sit()
    plain = replace(
        sat,
        key=(),
        chosen=(),
        marks=[[None if at == 3 else mark for at, mark in enumerate(row)] for row in sat.marks],
    )
    found = judge(plain)
    assert {one.kind for one in found.verdicts} <= {Kind.WEAK, Kind.EASY, Kind.HARD}
    assert (found.counts[3].answered, found.counts[3].options) == (0, {})
