"""Questions as GIFT."""

import re
from collections.abc import Iterator, Mapping, Sequence

from lms.interop.formats.contract import Json

WRITES = ("single", "multiple", "truefalse", "numeric", "short", "matching")


def write(bank: Sequence[Mapping[str, object]]) -> str:
    """Questions as GIFT; those that GIFT has no words for are not in it."""
    return "\n".join(_written(question) for question in bank if question["kind"] in WRITES)


def _escaped(text: object) -> str:
    shown = re.sub(r"([\\:#={}~])", r"\\\1", str(text).strip())
    return shown.replace("\n", "\\n")


def _after(why: object) -> str:
    return f"#{_escaped(why)}" if str(why or "").strip() else ""


def _written(question: Mapping[str, object]) -> str:
    tags = "".join(f" [tag:{_escaped(tag)}]" for tag in question.get("tags") or ())  # type: ignore[attr-defined]
    head = f"// [id:{question['key']}]{tags}\n::{_escaped(question['key'])}::[markdown]{_escaped(question['stem'])} {{"
    lines = list(_answers(question))
    general = f"\n\t####{_escaped(question['explanation'])}" if question.get("explanation") else ""
    return head + ("\n\t" + "\n\t".join(lines) if len(lines) > 1 else "".join(lines)) + general + "}\n"


def _answers(question: Mapping[str, object]) -> Iterator[str]:
    document: Json = dict(question)
    kind = document["kind"]
    if kind in ("single", "multiple"):
        right = sum(option.get("correct") is True for option in document["options"])
        for option in document["options"]:
            correct = option.get("correct") is True
            if kind == "single":
                mark = "=" if correct else "~"
            else:
                share = (
                    100 / right if correct else -100 / right if document.get("marking") == "each" else -100
                )
                mark = f"~%{share:.5f}".rstrip("0").rstrip(".") + "%"
            yield mark + _escaped(option["text"]) + _after(option.get("why"))
    elif kind == "truefalse":
        good, bad = ("true", "false") if document["answer"] else ("false", "true")
        why = {str(name).lower(): text for name, text in document["why"].items()}
        yield good.upper() + f"#{_escaped(why[bad])}#{_escaped(why[good])}"
    elif kind == "numeric":
        tolerance = document.get("tolerance", 0)
        yield f"#={document['answer']}:{tolerance}"
        for entry in document.get("mistakes") or ():
            yield f"=%0%{entry['value']}:{tolerance}{_after(entry['why'])}"
    elif kind == "short":
        yield from (f"={_escaped(text)}" for text in document["accepted"])
        for entry in document.get("mistakes") or ():
            yield f"=%0%{_escaped(entry['text'])}{_after(entry['why'])}"
    elif kind == "matching":
        yield from (f"={_escaped(pair['left'])} -> {_escaped(pair['right'])}" for pair in document["pairs"])
        yield from (f"= -> {_escaped(text)}" for text in document.get("extra") or ())
