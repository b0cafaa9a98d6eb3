"""Finding questions of a bank: what somebody asked for, and which questions answer to it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.people.rules import folded

Document = Mapping[str, Any]
SPECIAL = ("problems", "advice", "alike", "unused")
PAGE = 25


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; an empty text asks for nothing. `special`: problems, advice, alike or unused."""

    text: str = ""
    kind: str = ""
    objective: str = ""
    competency: str = ""
    thinking: str = ""
    level: str = ""
    tag: str = ""
    special: str = ""
    page: int = 1

    def asked(self) -> dict[str, str]:
        """What is asked for, by the names of the address, the page aside."""
        names = {
            "q": self.text,
            "kind": self.kind,
            "objective": self.objective,
            "competency": self.competency,
        }
        names |= {"thinking": self.thinking, "level": self.level, "tag": self.tag, "special": self.special}
        return {name: value for name, value in names.items() if value}

    def takes(self, document: Document) -> bool:
        """Whether a question answers to it, `special` aside."""
        for name in ("kind", "objective", "competency", "thinking", "level"):
            wanted = getattr(self, name)
            if wanted and str(document.get(name, "")) != wanted:
                return False
        if self.tag and self.tag not in tags_of(document):
            return False
        return all(word in words_in(document) for word in folded(self.text).split())


def tags_of(document: Document) -> list[str]:
    """A question's tags, as texts."""
    tags = document.get("tags")
    return [str(tag) for tag in tags] if isinstance(tags, list) else []


def words_in(document: Document) -> str:
    """Everything a question says, folded for searching."""
    found: list[str] = []

    def gather(value: object) -> None:
        if isinstance(value, Mapping):
            for part in value.values():
                gather(part)
        elif isinstance(value, list | tuple):
            for part in value:
                gather(part)
        else:
            found.append(str(value))

    gather(document)
    return folded(" ".join(found))


def counted(bank: Sequence[Document]) -> Counter[tuple[str, str]]:
    """How many questions there are by objective and thinking; empty where a question says none."""
    return Counter((str(one.get("objective") or ""), str(one.get("thinking") or "")) for one in bank)
