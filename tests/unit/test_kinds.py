"""Every question kind keeps the contract: the same seed the same variant, the key never in `ask`, full marks for the key."""

import pickle
from typing import Any

import pytest
from hypothesis import given as supposing
from hypothesis import settings
from hypothesis import strategies as some

from lms.assessments.kinds import KINDS, MARKED_BY_PEOPLE, kind_of
from lms.assessments.kinds.carrying import carries, carry
from lms.assessments.kinds.contract import BadAnswer, Mark, Unreadable
from tests.house import right_fields

SEEDS = some.integers(min_value=0, max_value=2**31)
FEW = settings(max_examples=25, deadline=None)


def document(kind: str, **fields: Any) -> dict[str, Any]:
    """A question of this kind that has no problem."""
    bodies: dict[str, dict[str, Any]] = {
        "single": {"options": options(right={1})},
        "multiple": {"options": options(right={0, 2})},
        "truefalse": {"answer": True, "why": {"true": "SECRET yes", "false": "SECRET no"}},
        "numeric": {
            "stem": "{n} calls of {aht} seconds: how many minutes?",
            "parameters": {
                "n": {"from": 10, "to": 90, "step": 10},
                "aht": {"from": 0.5, "to": 300, "step": 0.5},
            },
            "require": "n * aht > 60",
            "answer": "n * aht / 60",
            "tolerance": 0.5,
            "decimals": 1,
            "unit": "min",
            "units": {"h": 60},
            "solution": "{n} × {aht} ÷ 60 = {answer}",
            "mistakes": [{"value": "n * aht", "why": "SECRET seconds"}],
        },
        "short": {"accepted": ["SECRET after-call work", "SECRET ACW"], "ignore": ["case", "spaces"]},
        "matching": {
            "pairs": [
                {"left": "AHT", "right": "time", "why": "SECRET"},
                {"left": "FCR", "right": "share", "why": "SECRET"},
                {"left": "Occupancy", "right": "share", "why": "SECRET"},
            ],
            "extra": ["colour"],
        },
        "ordering": {
            "items": [{"text": text, "why": "SECRET"} for text in ("Greet", "Verify", "Solve", "Close")]
        },
        "cloze": {
            "text": "First [[greet-secret]], then [[verify-secret]].",
            "gaps": {
                "greet-secret": {"accepted": ["SECRET say hello", "SECRET greet"], "why": "SECRET"},
                "verify-secret": {"options": ["verify", "sell", "sing"], "answer": "verify", "why": "SECRET"},
            },
        },
        "simulation": {
            "facts": {"order": "SECRET order"},
            "criteria": [{"key": "greet", "text": "SECRET rubric"}],
            "nodes": [
                {
                    "key": "opening",
                    "who": "Ann",
                    "says": "Hello?",
                    "seconds": 30,
                    "late": "Still there?",
                    "choices": [
                        {
                            "text": "Good morning, I will ring you back.",
                            "to": "bye",
                            "why": "SECRET why",
                            "when": "mood >= 2, not warned",
                            "mood": 1,
                            "learns": ["order"],
                            "sets": ["warned"],
                            "scores": {"greet": 1},
                        },
                        {
                            "text": "Just this once, then.",
                            "to": "bye",
                            "why": "SECRET why",
                            "scores": {"greet": 0},
                        },
                    ],
                },
                {"key": "bye", "says": "SECRET bye", "end": "SECRET end"},
            ],
        },
        "triage": {
            "priorities": ["P1", "P2", "P3"],
            "queues": ["Network", "Desk"],
            "actions": ["Call a bridge", "Reply"],
            "tickets": [
                {
                    "text": f"Ticket {n}",
                    "impact": "SECRET all",
                    "urgency": "SECRET now",
                    "priority": "P2",
                    "queue": "Desk",
                    "action": "Reply",
                    "why": "SECRET So.",
                }
                for n in range(3)
            ],
        },
        "matrix": {
            "columns": ["Yes", "No"],
            "statements": [{"text": f"Line {n}", "answer": "Yes", "why": "SECRET So."} for n in range(3)],
        },
        "sjt": {
            "options": [{"text": f"Act {n}", "value": n / 2, "why": "SECRET So."} for n in range(3)],
            "pick": "both",
        },
        "spreadsheet": {
            "table": "Agent | Calls\nAna | 40\nTotal | [[total]]",
            "cells": {"total": {"answer": 41337, "tolerance": 0.5, "why": "SECRET So."}},
        },
        "typing": {
            "text": "The quick brown fox jumps over the lazy dog while it rains.",
            "goal": 35,
            "accuracy": 0.9,
        },
        "extended": {"look_for": ["SECRET date"], "least": 1, "most": 50},
        "upload": {"types": ["pdf", "txt"], "megabytes": 1, "look_for": ["SECRET date"]},
        "dictation": {
            "sound": "media/SECRET.opus",
            "text": "SECRET words, 12 of them",
            "variants": [{"text": "12 of them", "also": ["a dozen of them"]}],
            "plays": 2,
        },
        "hotspot": {
            "picture": "media/SECRET.svg",
            "shows": "A desk.",
            "regions": [
                {
                    "name": f"Place {n}",
                    "at": [10 * n, 0, 10, 10],
                    "why": f"SECRET {n}",
                    **({"correct": True} if n in (1, 2) else {}),
                }
                for n in range(4)
            ],
        },
        "labels": {
            "picture": "media/SECRET.svg",
            "shows": "A desk.",
            "zones": [
                {
                    "name": f"Place {n}",
                    "shape": "ellipse",
                    "at": [10 * n, 0, 10, 10],
                    "label": f"Label {n % 2}",
                    "why": f"SECRET {n}",
                }
                for n in range(3)
            ],
            "extra": ["Label 7"],
        },
    }
    return (
        {"key": f"q-{kind}", "kind": kind, "stem": "What now?", "explanation": "SECRET"}
        | bodies[kind]
        | fields
    )


def options(right: set[int], count: int = 4) -> list[dict[str, Any]]:
    """Options of a choice, the right ones marked."""
    return [
        {
            "text": f"Option {number}",
            "why": f"SECRET {number}",
            **({"correct": True} if number in right else {}),
        }
        for number in range(count)
    ]


def problems(document: dict[str, Any]) -> dict[str, str]:
    """What `read` complains of, by place."""
    with pytest.raises(Unreadable) as caught:
        kind_of(document).read(document)
    return {problem.where: problem.message for problem in caught.value.problems}


def asked_of(document: dict[str, Any], seed: int) -> dict[str, Any]:
    """What a learner sees of a question."""
    kind = kind_of(document)
    question = kind.read(document)
    return kind.ask(question, kind.vary(question, seed))


def marked(document: dict[str, Any], seed: int = 1, **raw: Any) -> Any:
    """The mark of a form as it is posted."""
    kind = kind_of(document)
    question = kind.read(document)
    variant = kind.vary(question, seed)
    fields = {
        name.replace("_", "-"): value if isinstance(value, list) else [value] for name, value in raw.items()
    }
    return kind.mark(question, variant, kind.given(question, variant, fields))


EVERY = pytest.mark.parametrize("name", sorted(KINDS))


def test_every_kind_has_a_sample_here() -> None:
    assert [kind_of(document(name)).NAME for name in KINDS] == list(KINDS)


def test_a_kind_nobody_knows_is_a_problem_with_the_names_of_those_there_are() -> None:
    with pytest.raises(Unreadable, match=r"single, multiple, truefalse"):
        kind_of({"kind": "essay"})


@EVERY
@FEW
@supposing(seed=SEEDS)
def test_the_same_seed_gives_the_same_question_for_ever(name: str, seed: int) -> None:
    kind, question = KINDS[name], KINDS[name].read(document(name))
    assert kind.vary(question, seed) == kind.vary(question, seed)


@EVERY
def test_what_a_learner_sees_can_be_told_apart_letter_by_letter(name: str) -> None:
    asked = asked_of(document(name), 1)
    assert pickle.loads(pickle.dumps(asked)) == asked


@EVERY
@FEW
@supposing(seed=SEEDS)
def test_the_key_earns_full_marks_whatever_the_variant(name: str, seed: int) -> None:
    kind, question = KINDS[name], KINDS[name].read(document(name))
    variant = kind.vary(question, seed)
    said = kind.given(question, variant, right_fields(kind, question, variant))
    mark = kind.mark(question, variant, said)
    if name in MARKED_BY_PEOPLE:
        assert mark == Mark(0.0, waiting=True)
        return
    assert mark.score == 1.0
    assert all(part.right for part in mark.parts)


@EVERY
@FEW
@supposing(seed=SEEDS)
def test_what_is_asked_holds_no_word_of_the_key_or_the_explanations(name: str, seed: int) -> None:
    assert "SECRET" not in str(asked_of(document(name), seed)).upper()


@EVERY
def test_no_answer_is_no_answer_and_earns_nothing(name: str) -> None:
    kind, question = KINDS[name], KINDS[name].read(document(name))
    variant = kind.vary(question, 3)
    assert kind.given(question, variant, {}) is None
    assert kind.mark(question, variant, None).score == 0.0


@EVERY
def test_the_review_names_the_key_and_explains_it(name: str) -> None:
    kind, question = KINDS[name], KINDS[name].read(document(name))
    key = kind.answer(question, kind.vary(question, 3))
    assert key["right"]
    assert key["explanation"] == "SECRET"


REGIONS = document("hotspot")["regions"]
OTHER_KEYS = {
    "dictation": (document("dictation"), document("dictation", text="quite another", variants=[])),
    "hotspot": (
        document("hotspot"),
        document("hotspot", regions=[{**one, "correct": n in (0, 3)} for n, one in enumerate(REGIONS)]),
    ),
    "single": (document("single"), document("single", options=options(right={3}))),
    "multiple": (document("multiple"), document("multiple", options=options(right={1}), marking="each")),
    "truefalse": (document("truefalse"), document("truefalse", answer=False)),
    "numeric": (document("numeric"), document("numeric", answer="n + aht", tolerance=9, mistakes=[])),
    "short": (document("short"), document("short", accepted=["quite another"])),
    "cloze": (
        document("cloze"),
        document(
            "cloze",
            text="First [[one]], then [[two]].",
            gaps={
                "one": {"accepted": ["another"]},
                "two": {"options": ["verify", "sell", "sing"], "answer": "sing"},
            },
        ),
    ),
}


@pytest.mark.parametrize("name", sorted(OTHER_KEYS))
@FEW
@supposing(seed=SEEDS)
def test_two_questions_that_differ_only_in_the_key_look_alike(name: str, seed: int) -> None:
    one, other = OTHER_KEYS[name]
    assert asked_of(one, seed) == asked_of(other, seed)


@FEW
@supposing(seed=SEEDS)
def test_things_to_order_are_never_shown_in_their_order(seed: int) -> None:
    assert [one["text"] for one in asked_of(document("ordering"), seed)["items"]] != [
        "Greet",
        "Verify",
        "Solve",
        "Close",
    ]


def test_a_matching_shows_each_choice_once_and_what_fits_nothing_too() -> None:
    shown = asked_of(document("matching"), 5)
    assert sorted(one["text"] for one in shown["choices"]) == ["colour", "share", "time"]


def test_the_options_of_a_gap_are_named_by_where_they_are_shown_not_by_where_they_were_written() -> None:
    for seed in range(6):
        gap = asked_of(document("cloze"), seed)["pieces"][3]
        assert [one["ref"] for one in gap["options"]] == ["a", "b", "c"]
    firsts = {asked_of(document("cloze"), seed)["pieces"][3]["options"][0]["text"] for seed in range(40)}
    assert firsts == {"verify", "sell", "sing"}


@pytest.mark.parametrize("name", ["single", "multiple"])
def test_options_keep_their_order_when_the_author_says_so(name: str) -> None:
    kind, question = KINDS[name], KINDS[name].read(document(name, shuffle=False))
    assert all(kind.vary(question, seed)["order"] == [0, 1, 2, 3] for seed in range(20))


# What a form may send


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("single", {"answer": ["z"]}),
        ("single", {"answer": ["a", "b"]}),
        ("multiple", {"answer": ["a", "z"]}),
        ("truefalse", {"answer": ["maybe"]}),
        ("numeric", {"answer": ["about eighty"]}),
        ("numeric", {"answer": ["1.2.3"]}),
        ("numeric", {"answer": ["1,2,3"]}),
        ("numeric", {"answer": ["5 seconds"]}),
        ("numeric", {"answer": ["9" * 31]}),
        ("short", {"answer": ["x" * 501]}),
        ("matching", {"answer-a": ["z"]}),
        ("ordering", {"answer-a": ["0"]}),
        ("ordering", {"answer-a": ["5"]}),
        ("ordering", {"answer-a": ["²"]}),
        ("cloze", {"answer-2": ["z"]}),
        ("cloze", {"answer-2": ["verify"]}),
        ("dictation", {"answer": ["x"], "answer-plays": ["-1"]}),
        ("dictation", {"answer": ["x" * 2001]}),
        ("hotspot", {"answer": ["z"]}),
        ("upload", {"answer": ["../etc/passwd"]}),
        ("labels", {"answer-a": ["z"]}),
    ],
)
def test_an_answer_that_fits_no_form_of_ours_is_refused_with_a_sentence(
    name: str, raw: dict[str, list[str]]
) -> None:
    kind, question = KINDS[name], KINDS[name].read(document(name))
    with pytest.raises(BadAnswer, match=r"\.$"):
        kind.given(question, kind.vary(question, 1), raw)


@EVERY
@FEW
@supposing(
    raw=some.dictionaries(
        some.sampled_from(["answer", "answer-a", "answer-b", "answer-1", "answer-2"]),
        some.lists(
            some.sampled_from(["a", "b", "true", "1", "2", "12,5", "-3 min", "\x00", "𝟙", ""])
            | some.text(max_size=8),
            max_size=2,
        ),
    )
)
def test_whatever_is_posted_is_read_or_refused_and_what_is_read_can_be_marked(
    name: str, raw: dict[str, list[str]]
) -> None:
    kind, question = KINDS[name], KINDS[name].read(document(name))
    variant = kind.vary(question, 7)
    try:
        said = kind.given(question, variant, raw)
    except BadAnswer:
        return
    assert 0.0 <= kind.mark(question, variant, said).score <= 1.0
    assert "\x00" not in str(said)  # no database keeps one inside a text


def test_a_single_choice_tells_why_the_chosen_option_is_wrong() -> None:
    sample = document("single", shuffle=False)
    assert marked(sample, answer="b").score == 1.0
    wrong = marked(sample, answer="c")
    assert (wrong.score, wrong.parts[0].why) == (0.0, "SECRET 2")


def test_a_multiple_response_is_all_or_nothing_unless_it_is_marked_by_each() -> None:
    strict = document("multiple", shuffle=False)
    mild = document("multiple", shuffle=False, marking="each")
    assert [marked(strict, answer=chosen).score for chosen in (["a", "c"], ["a"], ["a", "c", "d"])] == [
        1,
        0,
        0,
    ]
    assert [marked(mild, answer=chosen).score for chosen in (["a", "c"], ["a"], ["a", "b"], ["b", "d"])] == [
        1,
        0.5,
        0,
        0,
    ]


def test_a_true_or_false_is_right_one_way_only() -> None:
    assert marked(document("truefalse"), answer="true").score == 1.0
    assert marked(document("truefalse"), answer="false").parts[0].why == "SECRET no"


def test_a_matching_earns_its_share() -> None:
    kind, question = KINDS["matching"], KINDS["matching"].read(document("matching"))
    variant = kind.vary(question, 2)
    pairs = dict(kind.answer(question, variant)["pairs"])
    left = sorted(pairs)
    half = kind.mark(question, variant, {"pairs": {left[0]: pairs[left[0]]}})
    assert half.score == pytest.approx(1 / 3)
    assert [part.right for part in half.parts].count(True) == 1


def test_an_ordering_marked_by_each_earns_the_neighbours_that_are_in_order() -> None:
    kind = KINDS["ordering"]
    question = kind.read(document("ordering", marking="each"))
    variant = kind.vary(question, 2)
    places = kind.answer(question, variant)["places"]
    turned = {ref: 5 - place for ref, place in places.items()}
    lacking = {ref: place for ref, place in places.items() if place != 2}
    swapped = places | {ref: {3: 4, 4: 3}.get(place, place) for ref, place in places.items()}
    scores = [
        kind.mark(question, variant, {"places": one}).score for one in (places, turned, lacking, swapped)
    ]
    assert scores == pytest.approx([1, 0, 1 / 3, 2 / 3])


def test_a_cloze_earns_its_share_and_an_empty_gap_nothing() -> None:
    assert marked(document("cloze"), answer_1="Secret Greet!").score == 0.5
    signs = document(
        "cloze",
        text="It ends with [[one]] or [[two]].",
        gaps={"one": {"accepted": ["?"]}, "two": {"accepted": ["!"]}},
    )
    assert marked(signs, answer_1="?").score == 0.5
    assert marked(signs, answer_1="!", answer_2="?").score == 0.0


def test_a_short_answer_forgives_what_its_author_forgives_and_names_known_mistakes() -> None:
    sample = document(
        "short", accepted=["after-call work"], mistakes=[{"text": "hold", "why": "That is before."}]
    )
    mild = {name: value for name, value in sample.items() if name != "ignore"}
    assert marked(sample, answer="After-Call  Work").score == 1.0
    assert marked(sample, answer="after call work").score == 0.0
    assert marked(mild, answer="After call, work").score == 1.0
    assert marked(sample, answer="HOLD").parts[0].why == "That is before."
    assert marked(sample, answer="lunch").parts[0].why == ""


# What an author may write


@EVERY
def test_every_kind_tells_all_that_is_wrong_in_common_fields_at_once(name: str) -> None:
    sample = document(name, colour="blue", thinking="guess", difficulty=2, stem=" ")
    del sample["key"]
    assert set(problems(sample)) >= {"colour", "thinking", "difficulty", "stem", "key"}


@pytest.mark.parametrize(
    ("name", "fields", "where"),
    [
        ("single", {"options": options(right=set())}, "options"),
        ("single", {"options": options(right={0, 1})}, "options"),
        ("single", {"options": options(right={0}, count=2)}, "options"),
        ("single", {"options": "abc"}, "options"),
        ("single", {"options": ["abc", *options(right={0})]}, "options.0"),
        ("single", {"options": [{"text": "only"}, *options(right={0})]}, "options.0.why"),
        ("multiple", {"options": options(right=set())}, "options"),
        ("multiple", {"marking": "half"}, "marking"),
        ("truefalse", {"answer": "yes"}, "answer"),
        ("truefalse", {"why": {"true": "x"}}, "why.false"),
        ("truefalse", {"why": "because"}, "why"),
        ("numeric", {"tolerance": -1}, "tolerance"),
        ("numeric", {"tolerance": float("nan")}, "tolerance"),
        ("numeric", {"decimals": "two"}, "decimals"),
        ("numeric", {"decimals": 99}, "decimals"),
        ("numeric", {"units": ["h"]}, "units"),
        ("numeric", {"units": {"h": "sixty"}}, "units"),
        ("numeric", {"parameters": ["n"]}, "parameters"),
        ("numeric", {"parameters": {"n": 5}}, "parameters.n"),
        ("numeric", {"parameters": {"n": {"from": 9, "to": 1}}}, "parameters.n"),
        ("numeric", {"parameters": {"n": {"from": 1, "to": float("inf")}}}, "parameters.n"),
        ("numeric", {"parameters": {"n": {"from": 0, "to": 1, "step": 1e-300}}}, "parameters.n"),
        ("numeric", {"mistakes": ["n"]}, "mistakes.0"),
        ("numeric", {"mistakes": "n"}, "mistakes"),
        ("numeric", {"require": "n > 100"}, "require"),
        ("numeric", {"answer": "n / 0"}, "answer"),
        ("numeric", {"answer": "calls"}, "answer"),
        ("numeric", {"solution": "{n +}"}, "answer"),
        ("numeric", {"stem": "Is it { answer }?"}, "stem"),
        ("short", {"accepted": "word"}, "accepted"),
        ("short", {"accepted": 5}, "accepted"),
        ("short", {"accepted": [" "]}, "accepted"),
        ("short", {"ignore": ["colour"]}, "ignore"),
        ("short", {"ignore": [["case"]]}, "ignore"),
        ("short", {"mistakes": [{"text": "x"}]}, "mistakes.0"),
        ("short", {"mistakes": 5}, "mistakes"),
        ("matching", {"pairs": [{"left": "a", "right": "b"}] * 2}, "pairs"),
        ("matching", {"extra": 5}, "extra"),
        ("ordering", {"items": [{"text": "a"}]}, "items"),
        ("ordering", {"marking": "half"}, "marking"),
        ("cloze", {"text": "No gap."}, "text"),
        ("cloze", {"gaps": ["a"]}, "gaps"),
        ("cloze", {"text": "A [[new]] gap [[greet-secret]] [[verify-secret]]"}, "gaps.new"),
        ("cloze", {"text": "Only [[greet-secret]]."}, "gaps.verify-secret"),
        ("cloze", {"text": "[[a]]", "gaps": {"a": {"why": "x"}}}, "gaps.a"),
        ("cloze", {"text": "[[a]]", "gaps": {"a": {"options": ["x", "y"], "answer": "z"}}}, "gaps.a.answer"),
        ("cloze", {"text": "[[a]]", "gaps": {"a": {"options": 5, "answer": "z"}}}, "gaps.a"),
        ("cloze", {"text": "[[a]]", "gaps": {"a": {"accepted": "word"}}}, "gaps.a"),
    ],
)
def test_what_is_wrong_is_told_where_it_is(name: str, fields: dict[str, Any], where: str) -> None:
    assert where in problems(document(name, **fields))


def test_a_numeric_question_needs_an_answer() -> None:
    sample = document("numeric")
    del sample["answer"]
    assert "answer" in problems(sample)


ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inside: (
        some.lists(inside, max_size=4) | some.dictionaries(some.text(max_size=5), inside, max_size=3)
    ),
    max_leaves=6,
)


@EVERY
@settings(max_examples=60, deadline=None)
@supposing(spoil=some.data())
def test_whatever_stands_in_a_document_it_is_read_or_its_problems_are_told(
    name: str, spoil: some.DataObject
) -> None:
    sample = document(name)
    field = spoil.draw(some.sampled_from(sorted(set(sample) - {"kind"})))
    sample[field] = spoil.draw(ANYTHING)
    try:
        question = KINDS[name].read(sample)
    except Unreadable:  # it always says why: see above
        return
    KINDS[name].ask(question, KINDS[name].vary(question, 1))


def corrected(name: str) -> dict[str, Any]:
    """A question as `document` has it, with another key and its parts in another order: the page that people saw is the same."""
    old = document(name)
    fields: dict[str, dict[str, Any]] = {
        "numeric": {"answer": "n * aht", "mistakes": []},
        "short": {"accepted": ["talk time"]},
        "matching": {
            "pairs": [
                {"left": "Occupancy", "right": "time"},
                {"left": "FCR", "right": "share"},
                {"left": "AHT", "right": "colour"},
            ],
            "extra": [],
        },
        "ordering": {"items": [{"text": text} for text in ("Verify", "Greet", "Solve", "Close")]},
        "cloze": {
            "gaps": {
                "greet-secret": {"accepted": ["name"]},
                "verify-secret": {"options": ["sing", "verify", "sell"], "answer": "sell"},
            }
        },
        "triage": {
            "tickets": [{**one, "priority": "P1", "queue": "Network"} for one in old.get("tickets", [])[::-1]]
        },
        "matrix": {"statements": [{**one, "answer": "No"} for one in old.get("statements", [])[::-1]]},
        "sjt": {"options": [{**one, "value": 1 - one.get("value", 0)} for one in old.get("options", [])]},
        "spreadsheet": {"cells": {"total": {"answer": 41}}},
        "dictation": {"text": "What else", "variants": []},
        "hotspot": {
            "regions": [
                {**one, "correct": not one.get("correct", False)} for one in old.get("regions", [])[::-1]
            ]
        },
        "labels": {"zones": [{**one, "label": "Label 7"} for one in old.get("zones", [])], "extra": []},
        "simulation": {
            "nodes": [
                {
                    **one,
                    "choices": [
                        {**choice, "scores": {"greet": 1 - choice["scores"]["greet"]}}
                        for choice in one["choices"][::-1]
                    ],
                }
                if "choices" in one
                else one
                for one in old.get("nodes", [])
            ]
        },
    }
    return {**old, **fields[name]}


@pytest.mark.parametrize(
    "name",
    [
        "numeric",
        "short",
        "matching",
        "ordering",
        "cloze",
        "triage",
        "matrix",
        "sjt",
        "spreadsheet",
        "dictation",
        "hotspot",
        "simulation",
    ],
)
@FEW
@supposing(seed=SEEDS)
def test_what_people_answered_is_scored_by_the_key_of_a_corrected_version(name: str, seed: int) -> None:
    kind, old, new = KINDS[name], document(name), corrected(name)
    variant = kind.vary(kind.read(old), seed)
    moved = carry(old, new, variant, None)
    assert moved is not None
    said = kind.given(kind.read(old), variant, right_fields(kind, moved[0], moved[1]))
    assert kind.mark(kind.read(old), variant, said).score < 1
    again = carry(old, new, variant, said)
    assert again is not None
    assert kind.mark(*again).score == 1


@EVERY
def test_an_answer_is_not_carried_to_another_page_nor_where_it_is_no_key_that_marks(name: str) -> None:
    old = document(name)
    same = carries(old, {**old, "stem": "What now, please?"})
    assert same == (name not in MARKED_BY_PEOPLE)
    other = "single" if name != "single" else "multiple"
    assert not carries(old, document(other))


def test_what_people_saw_otherwise_is_another_question() -> None:
    assert not carries(document("labels"), corrected("labels")), "two labels that they could choose are gone"
    matrix = document("matrix")
    assert not carries(matrix, {**matrix, "columns": ["No", "Yes"]})
    assert not carries(
        matrix, {**matrix, "statements": [*matrix["statements"][1:], options({0})[0] | {"answer": "No"}]}
    )
    numeric = document("numeric")
    assert not carries(numeric, {**numeric, "unit": "h", "units": {}})
    assert not carries(
        document("cloze"),
        document("cloze", text="First [[greet-secret]].", gaps={"greet-secret": {"accepted": ["x"]}}),
    )
    call = document("simulation")
    opening, bye = call["nodes"]
    for other in (
        {"nodes": [{**opening, "says": "Yes?"}, bye]},
        {"nodes": [opening, {**bye, "end": "They hung up."}]},
        {
            "nodes": [
                {**opening, "choices": [{**opening["choices"][0], "mood": 2}, *opening["choices"][1:]]},
                bye,
            ]
        },
        {"facts": {"order": "Another order"}},
        {"mood": 5},
    ):
        assert not carries(call, {**call, **other}), "another conversation"
    assert carries(call, {**call, "criteria": [{"key": "greet", "text": "Greets", "points": 3}]})


def test_numbers_of_ones_own_that_a_corrected_version_cannot_work_out_keep_their_own_key() -> None:
    old = document(
        "numeric",
        require="",
        parameters={"n": {"from": 10, "to": 90, "step": 10}, "aht": {"from": 0, "to": 1, "step": 1}},
    )
    new = {**old, "answer": "n / aht", "solution": "", "mistakes": [], "require": "aht > 0"}
    assert carry(old, new, {"values": {"n": 10, "aht": 1}}, {"text": "10", "value": 10}) is not None
    assert carry(old, new, {"values": {"n": 10, "aht": 0}}, {"text": "10", "value": 10}) is None
