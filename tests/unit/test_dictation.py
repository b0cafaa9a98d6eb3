"""A dictation is scored by word error rate; what may be written in several ways is right in each of them."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.assessments.kinds import dictation
from lms.assessments.kinds.contract import Unreadable
from lms.assessments.kinds.hearing import compare, words_of
from lms.foundation.yaml import read_yaml
from tests.unit.test_kinds import document

SEEDS = Path(__file__).parents[2] / "seed_courses"
WORDS = st.lists(st.sampled_from(["a", "b", "cd", "it's", "it", "is", "4"]), max_size=9).map(" ".join)


def distance(said: list[str], typed: list[str]) -> int:
    """Levenshtein's distance on words, as its definition says it."""
    row = list(range(len(typed) + 1))
    for one, word in enumerate(said, 1):
        last, row[0] = row[0], one
        for two, other in enumerate(typed, 1):
            last, row[two] = row[two], min(row[two] + 1, row[two - 1] + 1, last + (word != other))
    return row[-1]


def test_one_word_changed_one_left_out_and_one_too_many_in_six_is_a_rate_of_a_half() -> None:
    heard = compare("the cat sat on the mat", "the cat sit on mat today")
    assert (heard.errors, heard.words, heard.rate) == (3, 6, 0.5)
    assert [(word.said, word.typed) for word in heard.aligned if not word.right] == [
        ("sat", "sit"),
        ("the", ""),
        ("", "today"),
    ]


@given(WORDS.filter(bool), WORDS)
@settings(deadline=None)
def test_the_errors_are_the_distance_to_the_nearest_way_of_writing_it(said: str, typed: str) -> None:
    ways = [said]
    for one, other in (("it's", "it is"), ("it is", "it's"), ("it's", "it has")):
        for way in list(ways):
            parts = f" {way} ".split(f" {one} ")
            for at in range(1, len(parts)):
                ways.append(f" {one} ".join(parts[:at]).strip() + f" {other} " + f" {one} ".join(parts[at:]))
    heard = compare(said, typed)
    best = min(distance(words_of(way), words_of(typed)) for way in ways)
    assert heard.errors <= best
    assert [word.typed for word in heard.aligned if word.typed] == words_of(typed)
    if "it" not in words_of(said) and "it's" not in words_of(said):
        assert (heard.errors, heard.words) == (best, len(words_of(said)))


@pytest.mark.parametrize(
    ("said", "typed", "errors"),
    [
        ("It's late, I can't wait.", "it is late i cannot wait", 0),
        ("It is late, I cannot wait.", "It’s late — I can't wait!", 0),
        ("Call 610-4421.", "call six one zero four four two one", 0),
        ("Call 610-4421.", "call 6104421", 0),
        ("Call 610-4421.", "call 610 4412", 2),
        ("Fifteen bags", "15 bags", 0),
        ("Fifteen bags", "50 bags", 2),
        ("Treinta y una", "30 y una", 0),
        ("Son treinta y uno", "son 31", 0),
        ("Mañana, José", "manana jose", 0),
        ("K7D15T", "k 7 d 1 5 t", 0),
        ("m.teck@sandhill.bz", "m.teck@sandhill.bs", 1),
    ],
)
def test_numbers_short_forms_capitals_and_accents_are_written_as_one_likes(
    said: str, typed: str, errors: int
) -> None:
    assert compare(said, typed).errors == errors


def test_a_variant_is_right_whole_and_is_no_licence_for_half_of_it() -> None:
    variants = {"half past five": ["5:30", "five thirty"]}
    said = "after half past five today"
    assert (
        compare(said, "after 5.30 today", {"half past five": ["5:30"]}).errors == 1
    )  # “.” stands in numbers
    assert compare(said, "after 5:30 today", variants).rate == 0
    assert compare(said, "after five thirty today", variants).rate == 0
    assert compare(said, "after half thirty today", variants).errors >= 1


def test_a_score_is_one_less_the_rate_and_never_below_nothing() -> None:
    question = dictation.read(document("dictation", text="one two three four", variants=[]))

    def score(text: str) -> float:
        return dictation.mark(question, {}, {"text": text, "plays": 1}).score

    assert score("1 2 3 4") == 1
    assert score("1 2 3") == 0.75
    assert score("nothing of all this is what was said at all") == 0


def test_a_variant_must_be_a_part_of_what_is_said() -> None:
    with pytest.raises(Unreadable) as caught:
        dictation.read(document("dictation", variants=[{"text": "thirteen", "also": ["13"]}]))
    assert [problem.where for problem in caught.value.problems] == ["variants.0.text"]


HEARD: dict[str, dict[str, list[tuple[str, int]]]] = {
    "C01-handle-the-call": {
        "c01-dictation-email": [
            (
                "good morning my name is marlene teck my email address is m dot teck at sandhill dot b z that is TECK tango "
                "echo charley kilo please send the invoice there before friday",
                0,
            ),
            (
                "Good morning, my name is Marlene Tech. My e-mail address is m.tech@sandhill.bz. That is T, E, C, K: tango, "
                "echo, charlie, kilo. Please send the invoice there before Friday.",
                2,
            ),
        ],
        "c01-dictation-booking": [
            (
                "hello this is darwin cok my booking reference is k seven d one five t you can call me on six one zero four "
                "four two one after 5:30 we are two adults with 15 bags 1 5",
                0,
            ),
            (
                "Hello, it's Darwin Coc. My booking reference is K7D15P. You can call me on 610-4421 after half past five. "
                "We are two adults with fifty bags, one five.",
                3,
            ),
        ],
    },
    "C01-es-atiende-la-llamada": {
        "c01-dictation-email": [
            (
                "buenos dias me llamo marlene teck mi correo electronico es m punto teck arroba sandhill punto bz se escribe "
                "teck tango eco charli kilo envie ahi la factura antes del viernes por favor",
                0,
            ),
        ],
        "c01-dictation-booking": [
            (
                "hola habla darwin koc mi reserva es la k7d15t puede llamarme al seis uno cero cuatro cuatro dos uno después "
                "de las 5:30 somos 2 adultos con 70 maletas 7 0",
                0,
            ),
        ],
    },
}


@pytest.mark.parametrize("course", HEARD)
def test_the_dictations_that_ship_take_what_a_careful_listener_writes(course: str) -> None:
    bank: list[dict[str, Any]] = read_yaml((SEEDS / course / "questions" / "dictation.yaml").read_text())
    assert [one["key"] for one in bank] == list(HEARD[course])
    for one in bank:
        assert (SEEDS / course / one["sound"]).read_bytes()[:4] == b"OggS"
        question = dictation.read(one)
        for text, errors in HEARD[course][one["key"]]:
            assert compare(question.text, text, question.variants).errors == errors, text
