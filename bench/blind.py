"""Questions of the banks as a reader meets them who knows only the lessons: asked without the key, marked afterwards.

usage: .venv/bin/python -m bench.blind ask [--seed 88] [--count 100]
       .venv/bin/python -m bench.blind walk KEY [LETTER...]       one step of a simulation
       .venv/bin/python -m bench.blind mark ANSWERS.json [--seed 88] [--count 100]
       .venv/bin/python -m bench.blind form                        what a guesser gets from the form of the options alone

The questions are spread evenly over the courses (not over translations) and picked by the seed; so are the order of
the options and the numbers. Kinds that people mark, and copies of a text or a sound, are left out: no lesson tells
their answer. ANSWERS.json maps a question's key to what was answered: a text, a list of letters (of a simulation, its
path), or the fields that the page would post, as {"a": "c"}.
"""

import argparse
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lms.assessments.kinds import MARKED_BY_PEOPLE, asked, kind_of
from lms.assessments.kinds.contract import Json

COURSES = Path(__file__).parents[1] / "seed_courses"
LEFT_OUT = (*MARKED_BY_PEOPLE, "typing", "dictation")
REASONED = re.compile(r", (as|since|because|so that) |\b(because|since) ")
"""An option that brings its own reason: writers give one to a distractor more easily than to the right option."""


@dataclass(frozen=True)
class Asked:
    """A question of a course, with the seed of its order and numbers."""

    course: str
    document: Json
    seed: int

    @property
    def key(self) -> str:
        """The question's key."""
        return str(self.document["key"])

    def shown(self, given: Json | None = None) -> Json:
        """All that a learner sees of it."""
        kind = kind_of(self.document)
        question = kind.read(self.document)
        return asked(kind, question, kind.vary(question, self.seed), given)

    def score(self, answer: object) -> tuple[float, Json]:
        """What an answer is worth, and the key."""
        kind = kind_of(self.document)
        question = kind.read(self.document)
        variant = kind.vary(question, self.seed)
        given = kind.given(question, variant, _posted(self.document["kind"], answer))
        return kind.mark(question, variant, given).score, kind.answer(question, variant)


def _posted(kind: str, answer: object) -> dict[str, list[str]]:
    if isinstance(answer, dict):
        return {f"answer-{name}": [str(value)] for name, value in answer.items()}
    if isinstance(answer, list) and kind == "simulation":
        return {"answer-path": [".".join(answer)]}
    return {"answer": [str(one) for one in (answer if isinstance(answer, list) else [answer])]}


def banks() -> dict[str, list[Json]]:
    """Every question that has a key, by course; originals only."""
    found = {}
    for folder in sorted(COURSES.iterdir()):
        course = yaml.safe_load((folder / "course.yaml").read_text("utf-8"))
        if "translation_of" not in course:
            files = sorted((folder / "questions").glob("*.yaml"))
            questions = [each for file in files for each in yaml.safe_load(file.read_text("utf-8"))]
            found[course["key"]] = [each for each in questions if each["kind"] not in LEFT_OUT]
    return found


def pick(seed: int, count: int) -> Iterator[Asked]:
    """So many questions, as many of each course; the courses that give one more are drawn too."""
    chance = random.Random(seed)
    pool = banks()
    more = set(chance.sample(sorted(pool), count % len(pool)))
    for course, questions in pool.items():
        for document in chance.sample(questions, count // len(pool) + (course in more)):
            yield Asked(course, document, chance.randrange(10**6))


def _lines(shown: Json) -> Iterator[str]:
    """What is shown, as text."""
    yield shown["stem"]
    for step in shown.get("seen", ()):
        yield f"  {step['who']}: {step['says']}\n  you: {step['said']}"
    for name in ("who", "says", "end", "unit", "picks", "shows", "places", "several", "mood", "facts"):
        if shown.get(name):
            yield f"  {name}: {shown[name]}"
    if "pieces" in shown:
        gaps = [
            piece["text"] if "text" in piece else f"[{piece['gap']}: {_options(piece['options'])}]"
            for piece in shown["pieces"]
        ]
        yield "  " + "".join(gaps)
    for row in shown.get("table", ()):
        yield "  | " + " | ".join(cell.get("text", f"[{cell.get('cell')}]") for cell in row)
    for name in ("rows", "items", "options", "choices"):
        for option in shown.get(name, ()):
            yield f"  {name} {option['ref']}) {option['text']}"
    for each in shown.get("lists", ()):
        yield f"  {each['name']}: {each['texts']}"


def _options(options: list[Json]) -> str:
    return " / ".join(f"{option['ref']}) {option['text']}" for option in options) or "typed"


def ask(seed: int, count: int) -> None:
    """Print the questions."""
    for number, each in enumerate(pick(seed, count), start=1):
        print(f"\n{number}. {each.course} {each.key} ({each.document['kind']})")
        print("\n".join(_lines(each.shown())))


def walk(seed: int, count: int, key: str, path: list[str]) -> None:
    """Print where a path through a simulation has led."""
    each = next(each for each in pick(seed, count) if each.key == key)
    print("\n".join(_lines(each.shown({"path": path}))))


def mark(seed: int, count: int, answers: dict[str, Any]) -> None:
    """Print every question whose answer is not worth the whole mark, then the counts."""
    right = unanswered = 0
    for number, each in enumerate(pick(seed, count), start=1):
        if each.key not in answers:
            unanswered += 1
            continue
        score, key = each.score(answers[each.key])
        right += score == 1
        if score < 1:
            print(f"\n{number}. {each.course} {each.key}: {score:.2f}; answered {answers[each.key]}")
            print("\n".join(_lines(each.shown())))
            print(yaml.safe_dump(key, allow_unicode=True, sort_keys=False, width=120))
    print(f"seed {seed}: {right} as the key says, {count - right - unanswered} not, {unanswered} unanswered")


def form() -> None:
    """Print, by course, what share of the single choices is got right by striking the options with a reason, or by length."""
    whole = {"struck": 0.0, "longest": 0.0, "alone": 0.0, "questions": 0.0}
    for course, questions in banks().items():
        here = dict.fromkeys(whole, 0.0)
        for options in (each["options"] for each in questions if each["kind"] == "single"):
            longest = max(len(option["text"]) for option in options)
            left = [option for option in options if not REASONED.search(option["text"])] or options
            long = [option for option in options if len(option["text"]) == longest]
            here["struck"] += _lucky(left)
            here["longest"] += _lucky(long)
            here["alone"] += len(left) == 1 and _lucky(left)
            here["questions"] += 1
        print(course, _shares(here))
        whole = {name: value + here[name] for name, value in whole.items()}
    print("all", _shares(whole))


def _lucky(options: list[Json]) -> float:
    return sum(bool(option.get("correct")) for option in options) / len(options)


def _shares(counts: dict[str, float]) -> str:
    questions = counts["questions"]
    return (
        f"{questions:.0f} questions; right by striking reasons {counts['struck'] / questions:.0%}, "
        f"by the longest {counts['longest'] / questions:.0%}; without a doubt {counts['alone']:.0f}"
    )


def main() -> None:
    """Ask, walk, mark, or look at the form."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("ask", "walk", "mark", "form"))
    parser.add_argument("rest", nargs="*", help="the simulation's key and the letters so far; or the file")
    parser.add_argument("--seed", type=int, default=88)
    parser.add_argument("--count", type=int, default=100)
    asked_for = parser.parse_args()
    if asked_for.what == "form":
        form()
    elif asked_for.what == "ask":
        ask(asked_for.seed, asked_for.count)
    elif asked_for.what == "walk":
        walk(asked_for.seed, asked_for.count, asked_for.rest[0], asked_for.rest[1:])
    else:
        answers = json.loads(Path(asked_for.rest[0]).read_text("utf-8"))
        mark(asked_for.seed, asked_for.count, answers)


if __name__ == "__main__":
    main()
