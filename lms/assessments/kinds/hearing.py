"""How near what somebody typed is to what was said, in words.

Word error rate = (substitutions + deletions + insertions) / words said, where the three are counted on the alignment with
the fewest of them: Levenshtein's distance on words ("Binary codes capable of correcting deletions, insertions, and
reversals", 1966), as speech recognition is scored (McCowan et al., "On the use of information retrieval measures for
speech recognition evaluation", IDIAP-RR 04-73, 2004; NIST's sclite). The score is 1 - rate, at least 0.

What was said may be written in several ways. The ways are a graph: from each word one edge leads to the next, and every
accepted variant is another path between two places; the path that needs the fewest errors is the one that was meant, and
its words are counted. Capitals, accents, hyphens and punctuation between words never matter. A number is read digit by
digit ("610-4421" is "6104421"), and the words for 0 to 99 are their digits, in English and in Spanish.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# fmt: off
ENGLISH = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
SPANISH = (
    "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece",
    "catorce", "quince", "dieciseis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno", "veintidos",
    "veintitres", "veinticuatro", "veinticinco", "veintiseis", "veintisiete", "veintiocho", "veintinueve",
)
TENS = {
    "twenty": "2", "thirty": "3", "forty": "4", "fifty": "5", "sixty": "6", "seventy": "7", "eighty": "8", "ninety": "9",
    "treinta": "3", "cuarenta": "4", "cincuenta": "5", "sesenta": "6", "setenta": "7", "ochenta": "8", "noventa": "9",
}
NOT = ("do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "could", "would", "should", "must", "need")
# fmt: on
DIGITS = {word: str(value) for words in (ENGLISH, SPANISH) for value, word in enumerate(words)}
SHORT = (
    ("i'm", "i am"),
    ("can't", "cannot"),
    ("can't", "can not"),
    ("cannot", "can not"),
    ("won't", "will not"),
    ("let's", "let us"),
    *((f"{who}'re", f"{who} are") for who in ("we", "you", "they")),
    *((f"{who}'ll", f"{who} will") for who in ("i", "you", "he", "she", "it", "we", "they", "that")),
    *((f"{who}'ve", f"{who} have") for who in ("i", "you", "we", "they")),
    *(
        (f"{who}'d", f"{who} {what}")
        for who in ("i", "you", "he", "she", "we", "they")
        for what in ("would", "had")
    ),
    *(
        (f"{who}'s", f"{who} {what}")
        for who in ("it", "that", "there", "here", "he", "she", "what", "who", "where")
        for what in ("is", "has")
    ),
    *((f"{what}n't", f"{what} not") for what in NOT),
)
"""Short forms and what they stand for: either is right where the other was said."""
_PIECE = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d|[@+#%&/_]|(?<=\w)\.(?=\w)")


@dataclass(frozen=True)
class Word:
    """A word of the alignment: what was said and what was typed; one of them is empty where a word is missing or extra."""

    said: str
    typed: str

    @property
    def right(self) -> bool:
        """Whether both are the same."""
        return self.said == self.typed


@dataclass(frozen=True)
class Heard:
    """The best alignment, in order; `words`: how many were said on its path."""

    aligned: tuple[Word, ...]
    words: int

    @property
    def errors(self) -> int:
        """Substitutions, deletions and insertions."""
        return sum(not word.right for word in self.aligned)

    @property
    def rate(self) -> float:
        """The word error rate; it passes 1 where more is typed than was said."""
        return self.errors / self.words if self.words else float(bool(self.errors))


def words_of(text: str) -> list[str]:
    """A text as the words that count: small letters without accents, digits one by one."""
    text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'").casefold()
    bare = unicodedata.normalize("NFD", text)
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    found: list[str] = []
    pieces = [*_PIECE.findall(bare), "", ""]
    at = 0
    while at < len(pieces) - 2:
        piece = pieces[at]
        at += 1
        if piece in TENS:
            joint = 1 if pieces[at] == "y" else 0
            unit = DIGITS.get(pieces[at + joint], "") if pieces[at] else ""
            joined = len(unit) == 1 and unit != "0"
            found += [TENS[piece], unit if joined else "0"]
            at += joint + 1 if joined else 0
        else:
            found += list(DIGITS.get(piece, "")) or [piece]
    return found


def compare(said: str, typed: str, variants: Mapping[str, Sequence[str]] | None = None) -> Heard:
    """What was typed against what was said. `variants`: other ways to write a part of it, by that part."""
    reference = words_of(said)
    edges = _edges(reference, variants or {})
    return _best(len(reference), edges, words_of(typed))


def occurs(part: str, said: str) -> bool:
    """Whether a part stands in what was said, word by word."""
    sought = words_of(part)
    return bool(sought) and bool(_places(words_of(said), sought))


def _places(words: Sequence[str], sought: Sequence[str]) -> list[int]:
    span = len(sought)
    return [at for at in range(len(words) - span + 1) if list(words[at : at + span]) == list(sought)]


Edge = tuple[int, int, tuple[str, ...]]


def _edges(reference: Sequence[str], variants: Mapping[str, Sequence[str]]) -> list[Edge]:
    """From where, to where, with which words: each word itself, then the other ways."""
    edges: list[Edge] = [(at, at + 1, (word,)) for at, word in enumerate(reference)]
    pairs = [(words_of(part), words_of(other)) for part, others in variants.items() for other in others]
    pairs += [(words_of(one), words_of(other)) for one, other in SHORT]
    pairs += [(words_of(other), words_of(one)) for one, other in SHORT]
    for part, other in pairs:
        edges += [(at, at + len(part), tuple(other)) for at in _places(reference, part) if part]
    return edges


def _best(places: int, edges: Sequence[Edge], typed: Sequence[str]) -> Heard:
    """The path and the alignment with the fewest errors; of equal ones the earliest edge's: the words as they were said.

    Nodes are the places of the reference and, inside a variant of several words, the places between them.
    """
    into: list[list[tuple[int, str]]] = [[] for _place in range(places + 1)]
    along = [float(place) for place in range(places + 1)]
    """How far along the reference each node is: a step never leads back."""
    for start, end, words in edges:
        if not words:
            into[end].append((start, ""))
            continue
        at = start
        for step, word in enumerate(words[:-1], start=1):
            into.append([(at, word)])
            at = len(into) - 1
            along.append(start + step / len(words))
        into[end].append((at, words[-1]))
    order = sorted(range(len(into)), key=lambda node: along[node])
    columns = len(typed) + 1
    cost = [[0] * columns for _node in into]
    back: list[list[tuple[int, int, str]]] = [[(-1, -1, "")] * columns for _node in into]
    for node in order:
        for column in range(columns):
            ways = [(cost[node][column - 1] + 1, (node, column - 1, ""))] if column else []
            for before, word in into[node]:
                ways.append((cost[before][column] + bool(word), (before, column, word)))
                if column and word:
                    wrong = word != typed[column - 1]
                    ways.append((cost[before][column - 1] + wrong, (before, column - 1, word)))
            if ways:
                cost[node][column], back[node][column] = min(
                    ways, key=lambda way: (way[0], way[1][1] == column)
                )
    node, column = places, columns - 1
    found: list[Word] = []
    while back[node][column] != (-1, -1, ""):
        before, left, word = back[node][column]
        if word or left < column:
            found.append(Word(word, typed[left] if left < column else ""))
        node, column = before, left
    aligned = tuple(reversed(found))
    return Heard(aligned, sum(bool(word.said) for word in aligned))
