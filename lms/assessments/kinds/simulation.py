"""A simulated call or chat: the customer speaks, the agent chooses, and the live QA rubric says what the path was worth.

The answer is the list of choices so far, so a step is a fact like any other answer. Only the moment that was reached is
shown; what comes after it stays on the server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.assessments.kinds.contract import (
    KEY,
    LONGEST_KEY,
    BadAnswer,
    Json,
    Mark,
    Notes,
    Part,
    Raw,
    is_number,
    is_words,
    one,
    refs,
    shuffled,
)
from lms.assessments.kinds.graph import (
    MOODS,
    Choice,
    Criterion,
    Graph,
    Node,
    Place,
    begin,
    read_when,
    step,
    survey,
    worth,
)

NAME = "simulation"
CHANNELS = ("voice", "chat")
CHOICE = ("text", "to", "why", "when", "mood", "learns", "sets", "scores")
NODE = ("key", "who", "says", "seconds", "late", "choices", "end")
MOST_NODES = 24
MOST_CHOICES = 5
MOST_CHOICES_IN_ALL = 70
LONGEST_WAIT = 600


@dataclass(frozen=True)
class Question:
    """The situation, and the graph behind it."""

    stem: str
    graph: Graph
    channel: str
    explanation: str


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable: also for a node nobody reaches, a dead end, a loop without a way out, a rubric nobody can meet."""
    notes = Notes(document, known=("channel", "mood", "facts", "criteria", "nodes"))
    if document.get("channel", "voice") not in CHANNELS:
        notes.add("channel", "Choose voice or chat.")
    mood = document.get("mood", 3)
    if not _is_whole(mood, *MOODS):
        notes.add("mood", "The mood is a whole number from 1 (furious) to 5 (pleased).")
    facts = notes.some("facts", dict)
    for key, words in facts.items():
        if not (isinstance(key, str) and KEY.fullmatch(key) and key != "mood" and is_words(words)):
            notes.add("facts", "Write facts as names with their words: {order: 'Order 4417, two lamps'}.")
            break
    criteria = _criteria(notes)
    nodes = _nodes(notes, {str(key) for key in facts}, {one.key for one in criteria})
    notes.close()
    graph = Graph(nodes, criteria, tuple((str(key), str(words)) for key, words in facts.items()), mood)
    _check_ways(notes, graph)
    notes.close()
    return Question(
        document["stem"], graph, document.get("channel", "voice"), document.get("explanation", "")
    )


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _criteria(notes: Notes) -> tuple[Criterion, ...]:
    found = []
    entries = notes.entries(
        "criteria", ("key", "text"), least=1, most=12, optional=("section", "points", "critical")
    )
    notes.different("criteria", entries, "key")
    for number, entry in enumerate(entries):
        where = f"criteria.{number}"
        points = entry.get("points", 1)
        if not (is_number(points) and points > 0):
            notes.add(f"{where}.points", "Points are a number above 0.")
        if not isinstance(entry.get("critical", False), bool):
            notes.add(f"{where}.critical", "Write critical: true or critical: false, without quotes.")
        if "section" in entry and not is_words(entry["section"]):
            notes.add(f"{where}.section", "Write “section” as a text, or leave it out.")
        if not KEY.fullmatch(str(entry.get("key"))) or len(str(entry.get("key"))) > LONGEST_KEY:
            notes.add(f"{where}.key", "A key is small letters and digits, joined by hyphens.")
        found.append(
            Criterion(
                str(entry.get("key")),
                str(entry.get("text")),
                str(entry.get("section", "")),
                points,
                entry.get("critical") is True,
            )
        )
    return tuple(found)


def _nodes(notes: Notes, facts: set[str], criteria: set[str]) -> tuple[Node, ...]:
    entries = notes.document.get("nodes")
    if not isinstance(entries, list) or not 2 <= len(entries) <= MOST_NODES:
        notes.add(
            "nodes", f"Write 2 to {MOST_NODES} nodes: the first is the opening, and one or more are an end."
        )
        return ()
    keys = [str(entry.get("key")) for entry in entries if isinstance(entry, Mapping)]
    found = []
    for number, entry in enumerate(entries):
        where = f"nodes.{number}"
        if not isinstance(entry, Mapping):
            notes.add(where, "Write it as {key, says, choices} or {key, says, end}.")
            continue
        notes.only(where, entry, NODE)
        key = entry.get("key")
        if not isinstance(key, str) or not KEY.fullmatch(key) or len(key) > LONGEST_KEY:
            notes.add(f"{where}.key", "A key is small letters and digits, joined by hyphens.")
        elif key in keys[:number]:
            notes.add(f"{where}.key", f"Two nodes have the key “{key}”. Give each its own.")
        if not is_words(entry.get("says")):
            notes.add(f"{where}.says", "Write what the customer says or does here.")
        for name in ("who", "late", "end"):
            if name in entry and not is_words(entry[name]):
                notes.add(f"{where}.{name}", f"Write “{name}” as a text, or leave it out.")
        seconds = entry.get("seconds", 0)
        if "seconds" in entry and not _is_whole(seconds, 5, LONGEST_WAIT):
            notes.add(f"{where}.seconds", f"Seconds are a whole number from 5 to {LONGEST_WAIT}.")
        choices = entry.get("choices")
        if "end" in entry and choices:
            notes.add(f"{where}.end", "Either the call ends here, or there are choices. Take one out.")
        made: tuple[Choice, ...] = ()
        if "end" not in entry:
            made = _choices(notes, where, choices, keys, facts, criteria)
        found.append(
            Node(
                str(key),
                str(entry.get("says")),
                str(entry.get("who", "")),
                made,
                str(entry.get("end", "")),
                seconds,
                str(entry.get("late", "")),
            )
        )
    if sum(len(node.choices) for node in found) > MOST_CHOICES_IN_ALL:
        notes.add("nodes", f"Write {MOST_CHOICES_IN_ALL} choices at most in all.")
    return tuple(found)


def _choices(
    notes: Notes, where: str, said: object, keys: Sequence[str], facts: set[str], criteria: set[str]
) -> tuple[Choice, ...]:
    if not isinstance(said, list) or not 1 <= len(said) <= MOST_CHOICES:
        notes.add(
            f"{where}.choices",
            f"A dead end: write 1 to {MOST_CHOICES} choices, or say under “end” how it ended.",
        )
        return ()
    return tuple(
        choice
        for number, entry in enumerate(said)
        if (choice := _choice(notes, f"{where}.choices.{number}", entry, keys, facts, criteria))
    )


def _choice(
    notes: Notes, where: str, entry: object, keys: Sequence[str], facts: set[str], criteria: set[str]
) -> Choice | None:
    if not isinstance(entry, Mapping):
        notes.add(where, "Write it as {text, to, why}.")
        return None
    notes.only(where, entry, CHOICE)
    if not is_words(entry.get("text")):
        notes.add(f"{where}.text", "Write what the agent says or does.")
    if not is_words(entry.get("why")):
        notes.add(f"{where}.why", "Say why: what to tell a person who chose it.")
    if str(entry.get("to")) not in keys:
        notes.add(f"{where}.to", "Name the node that follows, by its key.")
    mood = entry.get("mood", 0)
    if not _is_whole(mood, -4, 4):
        notes.add(f"{where}.mood", "The change of mood is a whole number from -4 to 4.")
    when = read_when(str(entry.get("when", "")))
    if when is None or not isinstance(entry.get("when", ""), str):
        notes.add(
            f"{where}.when", "Write conditions with commas between: mood >= 2, a fact, or not and a fact."
        )
    lists = {}
    for name in ("learns", "sets"):
        value = entry.get(name, [])
        good = isinstance(value, list) and all(isinstance(key, str) and KEY.fullmatch(key) for key in value)
        lists[name] = tuple(value) if good else ()
        if not good:
            notes.add(
                f"{where}.{name}", "Write a list of names: small letters and digits, joined by hyphens."
            )
    if not set(lists["learns"]) <= facts:
        notes.add(f"{where}.learns", "Describe every fact under “facts”, so that it can be shown.")
    return Choice(
        str(entry.get("text")),
        str(entry.get("why")),
        str(entry.get("to")),
        when or (),
        mood,
        lists["learns"],
        lists["sets"],
        _scores(notes, f"{where}.scores", entry.get("scores", {}), criteria),
    )


def _scores(notes: Notes, where: str, said: object, criteria: set[str]) -> tuple[tuple[str, float], ...]:
    if not isinstance(said, Mapping):
        notes.add(where, "Write criteria with their share from 0 to 1: {verify: 1, tone: 0.5}.")
        return ()
    found = []
    for key, share in said.items():
        if str(key) not in criteria:
            notes.add(where, f"There is no criterion “{key}”. Describe it under “criteria”.")
        if not (is_number(share) and 0 <= share <= 1):
            notes.add(where, "A share is a number from 0 (missed) to 1 (met).")
        else:
            found.append((str(key), share))
    return tuple(found)


def _check_ways(notes: Notes, graph: Graph) -> None:
    """What only a walk through the graph can tell."""
    places = {node.key: number for number, node in enumerate(graph.nodes)}
    scored = {key for node in graph.nodes for choice in node.choices for key, _share in choice.scores}
    for number, criterion in enumerate(graph.criteria):
        if criterion.key not in scored:
            notes.add(f"criteria.{number}", f"No choice scores “{criterion.key}”. Score it, or take it out.")
    named = {key for node in graph.nodes for choice in node.choices for key in (*choice.learns, *choice.sets)}
    for node in graph.nodes:
        for number, choice in enumerate(node.choices):
            for term in choice.when:
                if term.name != "mood" and term.name not in named:
                    notes.add(
                        f"nodes.{places[node.key]}.choices.{number}.when",
                        f"No choice teaches or sets “{term.name}”. Correct the name, or set it somewhere.",
                    )
    if not any(node.end for node in graph.nodes):
        notes.add("nodes", "The call never ends. Say under “end” of one node or more how it ended.")
        return
    ways = survey(graph)
    for key in ways.endless:
        notes.add(f"nodes.{places[key]}", "No way leads from here to an end. Add one.")
    for key in ways.stuck:
        if key not in ways.endless:
            notes.add(
                f"nodes.{places[key]}",
                "A dead end: one can come here with no choice on offer. Each choice is offered once; check the conditions.",
            )
    if ways.tangled:
        notes.add(
            "nodes",
            "There are too many ways through. Take out loops or nodes, so that every way can be checked.",
        )
        return
    for node in graph.nodes:
        if node.key not in ways.seen and node.key not in ways.endless:
            notes.add(f"nodes.{places[node.key]}", "No way leads here. Lead a choice to it, or take it out.")
    if notes.found:
        return
    if ways.score < 1:
        notes.add(
            "nodes", f"The best path earns {ways.score:.0%}. Let one path meet every criterion in full."
        )
    elif len(ways.best) > 1:
        node, number = next(one for one, other in zip(*ways.best[:2], strict=True) if one != other)
        notes.add(
            f"nodes.{places[node.key]}.choices.{number}",
            "Two paths earn everything in the same number of steps, and they part here. Let one of them earn less.",
        )


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """The order of the choices in each node; always mixed, because authors write the best one first."""
    return {
        "orders": [
            shuffled(len(node.choices), seed + number, shuffle=True)
            for number, node in enumerate(question.graph.nodes)
        ]
    }


def ask(question: Question, variant: Json) -> Json:
    """The opening."""
    return ask_after(question, variant, None)


def ask_after(question: Question, variant: Json, given: Json | None) -> Json:
    """What has been said so far, and the moment that the answer so far has led to: never what comes after it."""
    graph = question.graph
    place = _walk(question, variant, (given or {}).get("path") or ())
    letters = _letters(question, variant, place.node)
    offered = place.offered()
    facts = dict(graph.facts)
    return {
        "kind": NAME,
        "stem": question.stem,
        "channel": question.channel,
        "path": ".".join((given or {}).get("path") or ()),
        "seen": [
            {"who": _speaker(graph, node), "says": node.says, "said": node.choices[number].text}
            for node, number in place.steps
        ],
        "who": _speaker(graph, place.node),
        "says": place.node.says,
        "mood": place.mood,
        "facts": [facts[key] for key in facts if key in place.known],
        "seconds": place.node.seconds,
        "late": place.node.late,
        "options": [
            {"ref": ref, "text": place.node.choices[number].text}
            for ref, number in letters.items()
            if number in offered
        ],
        "end": place.node.end,
    }


def _speaker(graph: Graph, node: Node) -> str:
    return node.who or graph.nodes[0].who


def _letters(question: Question, variant: Json, node: Node) -> dict[str, int]:
    order = variant["orders"][question.graph.nodes.index(node)]
    return dict(zip(refs(order), order, strict=True))


def _walk(question: Question, variant: Json, path: Sequence[str]) -> Place:
    place = begin(question.graph)
    for ref in path:
        number = _letters(question, variant, place.node).get(ref)
        if number is None or number not in place.offered():
            raise BadAnswer("That choice is not on offer at this moment.")
        place = step(question.graph, place, number)
    return place


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """The path so far (`answer-path`, letters with dots between) and the choice made now (`answer`).

    `answer-again` begins anew: that is for practice, where nothing hangs on the first try.
    """
    if one(raw, "answer-again"):
        return {"path": []}
    path = [ref for ref in one(raw, "answer-path").split(".") if ref]
    chosen = one(raw, "answer")
    if chosen:
        path.append(chosen)
    _walk(question, variant, path)
    return {"path": path} if path else None


def goes_on(earlier: Json, later: Json) -> bool:
    """Whether an answer goes on from an earlier one: nothing that was said is taken back."""
    said, says = earlier.get("path") or [], later.get("path") or []
    return len(says) >= len(said) and says[: len(said)] == said


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """The rubric's verdict on the path, then a part for each step and one for each criterion."""
    if not given or not given.get("path"):
        return Mark(0.0)
    place = _walk(question, variant, given["path"])
    found = worth(question.graph, place.steps)
    steps = [
        Part(str(number), choice.share in (None, 1), choice.why, about=choice.text, share=choice.share)
        for number, (node, at) in enumerate(place.steps, start=1)
        for choice in (node.choices[at],)
    ]
    rubric = [
        Part(f"criterion-{criterion.key}", share == 1, about=criterion.text, share=share)
        for criterion, share in zip(question.graph.criteria, found.shares, strict=True)
    ]
    return Mark(found.score, (*steps, *rubric))


def answer(question: Question, variant: Json) -> Json:
    """The best path, why each of its steps is best, and the why of every choice."""
    graph = question.graph
    best = survey(graph).best[0]
    letters = {node.key: _letters(question, variant, node) for node in graph.nodes}
    return {
        "right": [node.choices[number].text for node, number in best],
        "path": [next(ref for ref, at in letters[node.key].items() if at == number) for node, number in best],
        "best": [
            {
                "who": _speaker(graph, node),
                "says": node.says,
                "said": node.choices[number].text,
                "why": node.choices[number].why,
            }
            for node, number in best
        ],
        "criteria": [
            {"section": one.section, "text": one.text, "points": one.points, "critical": one.critical}
            for one in graph.criteria
        ],
        "why": {
            f"{place}{ref}": node.choices[number].why
            for place, node in enumerate(graph.nodes)
            for ref, number in letters[node.key].items()
        },
        "explanation": question.explanation,
    }
