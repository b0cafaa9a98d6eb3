"""Notes on sittings: copied wrong answers and known questions are noted, honest sittings almost never."""

import math
import random
from dataclasses import replace

import pytest

from lms.assessments.sittings import Sat, alike_answers, quick_answers

pytestmark = pytest.mark.no_database
QUESTIONS = [f"q{at:02}" for at in range(40)]


def sat(dice: random.Random, person: str) -> Sat:
    """An honest sitting of forty questions with four options, of which A is right."""
    able, pace = dice.gauss(0, 1), dice.gauss(0, 0.4)
    chosen, took = {}, {}
    for at, name in enumerate(QUESTIONS):
        right = dice.random() < 0.2 + 0.8 / (1 + math.exp(at / 20 - 0.8 - able))
        chosen[name] = "A" if right else dice.choices("BCD", (5, 3, 1))[0]
        took[name] = math.exp(3 + pace + dice.gauss(0, 0.35))
    return Sat(person, chosen, {name: option == "A" for name, option in chosen.items()}, took)


def room(seed: int, people: int = 60) -> list[Sat]:
    dice = random.Random(seed)
    return [sat(dice, f"p{at}") for at in range(people)]


def test_honest_rooms_have_almost_no_notes() -> None:
    noted = [len(alike_answers(room(seed))) + len(quick_answers(room(seed))) for seed in range(20)]
    assert sum(map(bool, noted)) <= 2, "one room in twenty by chance"


def test_two_who_share_their_wrong_answers_are_noted_and_nobody_else() -> None:
    people = room(3)
    weak = min(range(60), key=lambda at: sum(people[at].right.values()))
    copied = replace(people[weak], person="copy")
    (note,) = alike_answers([*people, copied])
    assert {note.one, note.other} == {people[weak].person, "copy"}
    assert note.same == note.both_wrong == sum(not right for right in people[weak].right.values())
    assert note.chance * 61 * 60 / 2 < 0.05


def test_who_knew_questions_before_is_noted_and_who_is_quick_in_everything_is_not() -> None:
    people = room(4)
    knew = QUESTIONS[30:38]
    one = people[0]
    insider = Sat(
        "insider",
        one.chosen | dict.fromkeys(knew, "A"),
        one.right | dict.fromkeys(knew, True),
        {name: took / 8 if name in knew else took for name, took in one.seconds.items()},
    )
    steady = replace(people[1], person="steady", seconds={n: t / 8 for n, t in people[1].seconds.items()})
    notes = quick_answers([*people[2:], insider, steady])
    assert [note.person for note in notes] == ["insider"]
    assert notes[0].quick >= 6
    assert notes[0].right == notes[0].quick


def test_under_thirty_sittings_nothing_is_said() -> None:
    people = room(5, 28)
    assert alike_answers([*people, people[0]]) == []
    assert quick_answers(people) == []
