"""A simulated call: only the moment that was reached is shown, the rubric marks the path, and a tangled graph is told."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.assessments.bank.maps import map_of
from lms.assessments.bank.sheets import arranged, place, show, write
from lms.assessments.kinds import simulation
from lms.assessments.kinds.contract import BadAnswer, Unreadable
from lms.assessments.kinds.graph import begin, step, survey, worth
from lms.foundation.yaml import read_yaml

SEEDS = Path(__file__).parents[2] / "seed_courses"
SHIPPED = [
    one
    for path in sorted(SEEDS.glob("*/questions/simulations.yaml"))
    if "-es-" not in path.parts[-3]
    for one in read_yaml(path.read_text())
    if one["kind"] == "simulation"
]
HELP_DESK: dict[str, Any] = next(one for one in SHIPPED if one["key"] == "c05-sim-help-desk")
STILL = {"orders": [[0, 1, 2, 3, 4]] * 24}


def call(*nodes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A short call."""
    criteria = [{"key": "greet", "text": "Greets"}]
    return {
        "key": "q",
        "kind": "simulation",
        "stem": "A call.",
        "criteria": criteria,
        "nodes": list(nodes),
        **more,
    }


def choice(to: str, share: float | None = 1, **more: Any) -> dict[str, Any]:
    """A choice that leads on."""
    scores = {} if share is None else {"scores": {"greet": share}}
    return {"text": f"To {to} for {share} {more}", "to": to, "why": "So.", **scores, **more}


def node(key: str, *choices: dict[str, Any]) -> dict[str, Any]:
    """A moment, or an end when nothing can be chosen."""
    return {"key": key, "says": f"{key}?", **({"choices": list(choices)} if choices else {"end": "Over."})}


def told(document: dict[str, Any]) -> dict[str, str]:
    """What the check says, by place."""
    with pytest.raises(Unreadable) as caught:
        simulation.read(document)
    return {problem.where: problem.message for problem in caught.value.problems}


def straight(question: simulation.Question) -> dict[str, Any]:
    """The choices in authored order."""
    return {"orders": [list(range(len(node.choices))) for node in question.graph.nodes]}


def test_only_the_moment_that_was_reached_is_shown() -> None:
    question = simulation.read(HELP_DESK)
    variant = straight(question)
    opening = str(simulation.ask(question, variant))
    second = str(simulation.ask_after(question, variant, {"path": ["a"]}))
    assert "I board in ten minutes" in opening
    assert "That number is dead" not in opening
    assert "I board in ten minutes" in second
    assert "That number is dead" in second
    assert "My daughter is ill" not in second
    for one in HELP_DESK["nodes"]:
        assert not any(said["why"] in opening + second for said in one.get("choices", ()))


def test_a_choice_that_is_not_on_offer_is_refused() -> None:
    question = simulation.read(HELP_DESK)
    variant = straight(question)
    for path in ("e", "a.z", "a.a.a.a.a"):
        with pytest.raises(BadAnswer, match="not on offer"):
            simulation.given(question, variant, {"answer-path": [path]})
    assert simulation.given(question, variant, {"answer-path": ["a"], "answer": ["b"]}) == {
        "path": ["a", "b"]
    }
    assert simulation.given(question, variant, {"answer-again": ["1"], "answer-path": ["a"]}) == {"path": []}


def test_the_rubric_marks_the_path_and_a_critical_miss_fails_all_of_it() -> None:
    question = simulation.read(HELP_DESK)
    variant = straight(question)
    best = simulation.answer(question, variant)["path"]
    assert simulation.mark(question, variant, {"path": best}).score == 1
    kind_but_late = simulation.mark(question, variant, {"path": [*best[:-1], "c"]})
    assert kind_but_late.score == pytest.approx(
        0.9
    )  # reporting is 20 of 100 points, and half of it was earned
    gave_in = simulation.mark(question, variant, {"path": ["b"]})
    assert gave_in.score == 0
    shares = {part.ref: part.share for part in gave_in.parts}
    assert (shares["criterion-verify"], shares["criterion-report"]) == (0, None)
    assert gave_in.parts[0].why.startswith("His facts can be bought")


def test_a_criterion_earns_the_mean_of_what_it_got() -> None:
    question = simulation.read(HELP_DESK)
    graph = question.graph
    place = begin(graph)
    for number in (3, 0, 0, 0):  # asks one more personal fact first: half of one of two moments
        place = step(graph, place, number)
    assert worth(graph, place.steps).shares == (0.75, 1, 1, 1)
    assert worth(graph, place.steps).score == pytest.approx(0.9)


@pytest.mark.parametrize("document", SHIPPED, ids=lambda one: str(one["key"]))
def test_each_shipped_call_can_be_met_in_full_and_missed(document: dict[str, Any]) -> None:
    question = simulation.read(document)
    ways = survey(question.graph)
    assert ways.score == 1
    assert len(ways.best) == 1
    assert len(ways.best[0]) >= 4
    assert sum(bool(one.end) for one in question.graph.nodes) >= 3
    whys = [said["why"] for one in document["nodes"] for said in one.get("choices", ())]
    assert len(whys) == len(set(whys)) >= 14


@given(st.lists(st.integers(0, 4), max_size=12), st.integers(0, 2**31))
@settings(deadline=None)
def test_whatever_is_chosen_no_word_of_what_comes_next_is_shown(tries: list[int], seed: int) -> None:
    question = simulation.read(HELP_DESK)
    variant = simulation.vary(question, seed)
    path: list[str] = []
    for number in tries:
        asked = simulation.ask_after(question, variant, {"path": path})
        if not asked["options"]:
            break
        path.append(asked["options"][number % len(asked["options"])]["ref"])
        shown = str(simulation.ask_after(question, variant, {"path": path}))
        reached = {one["says"] for one in simulation.ask_after(question, variant, {"path": path})["seen"]}
        reached.add(simulation.ask_after(question, variant, {"path": path})["says"])
        assert not any(one.says in shown for one in question.graph.nodes if one.says not in reached)
        assert 0 <= simulation.mark(question, variant, {"path": path}).score <= 1


# What the check finds ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["", "-es-"])
def test_the_best_line_of_a_shipped_moment_does_not_stand_out_by_its_length(language: str) -> None:
    longest = moments = 0
    for path in SEEDS.glob("*/questions/simulations.yaml"):
        if ("-es-" in path.parts[-3]) is bool(language):
            for document in read_yaml(path.read_text()):
                for node in simulation.read(document).graph.nodes if document["kind"] == "simulation" else ():
                    if node.choices:
                        best = max(node.choices, key=lambda one: one.share or 0)
                        moments += 1
                        longest += len(best.text) == max(len(one.text) for one in node.choices)
    assert moments >= 20
    assert longest / moments <= 0.4, (longest, moments)


def test_what_nobody_reaches_and_what_never_ends_is_told_with_its_place() -> None:
    good = node("bye")
    lost = told(call(node("a", choice("bye"), choice("bye", 0)), good, node("lost")))
    assert lost == {"nodes.2": "No way leads here. Lead a choice to it, or take it out."}
    endless = told(
        call(
            node("a", choice("bye"), choice("b", 0)),
            node("b", choice("c", None)),
            node("c", choice("b", None)),
            good,
        )
    )
    assert set(endless) == {"nodes.1", "nodes.2"}
    assert "No way leads from here to an end" in endless["nodes.1"]
    assert told(call(node("a", choice("b")), node("b", choice("a"))))["nodes"].startswith(
        "The call never ends"
    )


def test_a_dead_end_that_only_the_conditions_make_is_found() -> None:
    found = told(
        call(
            node("a", choice("b"), choice("b", 0, sets=["rude"])),
            node("b", choice("bye", None, when="not rude")),
            node("bye"),
        )
    )
    assert list(found) == ["nodes.1"]
    assert "dead end" in found["nodes.1"]


def test_a_loop_with_a_way_out_is_taken_and_ends() -> None:
    question = simulation.read(call(node("a", choice("a", 0), choice("bye")), node("bye")))
    assert len(survey(question.graph).best[0]) == 1
    assert simulation.ask_after(question, STILL, {"path": ["a"]})["options"] == [
        {"ref": "b", "text": choice("bye")["text"]}
    ]


def test_missing_whys_unscored_lines_and_rivals_of_the_best_path_are_told() -> None:
    silent = choice("bye")
    del silent["why"]
    assert "nodes.0.choices.0.why" in told(call(node("a", silent), node("bye")))
    assert "scores “greet”" in told(call(node("a", choice("bye", None)), node("bye")))["criteria.0"]
    assert "earns 50%" in told(call(node("a", choice("bye", 0.5)), node("bye")))["nodes"]
    rivals = told(call(node("a", choice("bye"), choice("bye", 1, mood=1)), node("bye")))
    assert "Two paths" in rivals["nodes.0.choices.0"]
    assert "when" in str(told(call(node("a", choice("bye", when="if angry")), node("bye"))))
    assert "warned" in str(told(call(node("a", choice("bye"), choice("bye", 0, when="warned")), node("bye"))))


def test_a_graph_with_too_many_ways_is_refused_before_it_takes_long() -> None:
    names = [f"n{number}" for number in range(12)]
    tangle = [node(name, *(choice(other, None) for other in [*names[:4], "bye"])) for name in names]
    assert any(
        "too many" in said or "No choice scores" in said for said in told(call(*tangle, node("bye"))).values()
    )


# The editor -------------------------------------------------------------------------------------------------------


def test_a_moment_that_is_renamed_keeps_its_choices_and_those_that_lead_to_it() -> None:
    sheet = show(HELP_DESK)
    sheet["nodes"][2]["key"] = "second-push"
    renamed = write("simulation", sheet, HELP_DESK)
    assert renamed["nodes"][2]["key"] == "second-push"
    assert len(renamed["nodes"][2]["choices"]) == 4
    assert [said["to"] for said in renamed["nodes"][0]["choices"]] == [
        "second-push",
        "reset",
        "offended",
        "second-push",
    ]
    simulation.read(renamed)


def test_buttons_add_a_choice_to_their_moment_and_take_a_moment_out_with_its_choices() -> None:
    sheet, focus = arranged("simulation", show(HELP_DESK), "add:choices:1")
    at = int(focus.split("-")[1])
    assert sheet["choices"][at]["node"] == "offended"
    assert [row["node"] for row in sheet["choices"]].count("offended") == 4
    fewer, _focus = arranged("simulation", show(HELP_DESK), "drop:nodes:0")
    assert all(row["node"] != "opening" for row in fewer["choices"])
    assert place("simulation", show(HELP_DESK), "nodes.1.choices.2.why") == "choices-6-why"
    assert place("simulation", show(HELP_DESK), "nodes.1.says") == "nodes-1-says"


def test_the_map_shows_every_moment_and_what_nobody_reaches() -> None:
    drawn = map_of(HELP_DESK)
    assert [box.kind for box in drawn.boxes].count("end") == 5
    assert drawn.boxes[0].kind == "start"
    assert len(drawn.lines) == sum(len(one.get("choices", ())) for one in HELP_DESK["nodes"])
    lost = map_of({"nodes": [{"key": "a", "choices": [{"to": "gone"}]}, {"key": "b"}]})
    assert [box.kind for box in lost.boxes] == ["start", "lost"]
    assert map_of({"nodes": "x"}).boxes == ()
