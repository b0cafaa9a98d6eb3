"""Questions in a table: CSV with any separator, or the first sheet of an XLSX. A row a question; a header names the columns."""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms.foundation.errors import Invalid
from lms.foundation.tables import decoded, rows_of_csv
from lms.foundation.words import N_
from lms.interop.formats import making, texts
from lms.interop.formats.contract import MOST_ITEMS, Account, Found, Gathering, Json, Skip
from lms.interop.formats.making import Choice, Gap, Number, Typed
from lms.interop.formats.pictures import Files, no_files

CSV, XLSX = "csv", "xlsx"
LONGEST_CELL = 100_000
LETTERS = "abcdefghij"
_ALIASES: Mapping[str, str] = {
    "question": "question stem text questiontext prompt pregunta enunciado item",
    "kind": "kind type questiontype tipo",
    "key": "key id code clave",
    "correct": "correct correctanswer correctanswers answer answers rightanswer right key answerkey solution correcta"
    " correctas respuesta respuestas respuestacorrecta",
    "explanation": "explanation generalfeedback feedback rationale explicacion retroalimentacion comment",
    "tags": "tags tag category topic etiquetas categoria tema",
    "tolerance": "tolerance tolerancia margin",
    "unit": "unit unidad",
    "marking": "marking",
    "format": "format",
    "shuffle": "shuffle",
    "title": "title name titulo nombre",
}
"""What people call each column, in English and Spanish, without spaces, signs, accents and capitals."""
_COLUMN_OF = {alias: column for column, names in reversed(list(_ALIASES.items())) for alias in names.split()}
_OPTION = re.compile(
    r"(?:option|answer|choice|opcion|alternativa|respuesta|distractor|item)?([a-j]|10|[1-9])"
)
_WHY = re.compile(
    r"(?:feedback|why|explanation|retroalimentacion|porque)(?:for)?(?:option|answer|choice|opcion)?([a-j]|10|[1-9])"
)
_WHY_AFTER = re.compile(r"(?:option|answer|choice|opcion)?([a-j]|10|[1-9])(?:feedback|why|explanation)")
_KINDS: Mapping[str, str] = {
    "single": "single singlechoice multiplechoice mc mcq multichoice choice radio opcionmultiple",
    "multiple": "multiple multipleanswer multipleanswers multipleresponse multiselect checkbox checkboxes ma mr selectall",
    "truefalse": "truefalse tf trueorfalse boolean verdaderofalso",
    "short": "short shortanswer sa text fillintheblank fib typed textentry respuestacorta",
    "numeric": "numeric numerical number num nr numerica",
    "matching": "matching match pairs emparejamiento",
    "ordering": "ordering order sequence sort ordenar",
    "cloze": "cloze gaps",
    "essay": "essay longanswer open openended paragraph ensayo",
}
_KIND_OF = {alias: kind for kind, names in _KINDS.items() for alias in names.split()}
_TRUE = ("true", "t", "yes", "y", "verdadero", "v", "si", "sí", "1")
_FALSE = ("false", "f", "no", "n", "falso", "0")


def plain_name(name: str) -> str:
    """The name of a column without what people write in different ways."""
    bare = unicodedata.normalize("NFKD", name[:100]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", bare)


def column_of(name: str) -> str:
    """Which of our columns a header's cell names; empty when none."""
    plain = plain_name(name)
    if known := _COLUMN_OF.get(plain):
        return known
    for pattern, prefix in ((_WHY, "why"), (_WHY_AFTER, "why"), (_OPTION, "option")):
        if found := pattern.fullmatch(plain):
            mark = found[1]
            return f"{prefix}:{LETTERS[int(mark) - 1] if mark.isdigit() else mark}"
    return ""


def looks_like(text: str) -> bool:
    """Whether a text's first line names the columns of a table of questions."""
    first = next(
        (line for line in text[:20_000].splitlines() if line.strip() and not line.lower().startswith("sep=")),
        "",
    )
    return any({"question", "correct"} <= {column_of(cell) for cell in cells} for cells in _splits(first))


def _splits(line: str) -> Iterator[list[str]]:
    for separator in (",", ";", "\t", "|"):
        try:
            yield next(csv.reader([line], delimiter=separator), [])
        except csv.Error:
            continue


def known_columns(cells: Sequence[str]) -> int:
    """How many cells of a row name one of our columns."""
    return sum(bool(column_of(cell)) for cell in cells)


def read_csv(content: bytes, files: Files = no_files) -> Found:
    """Everything in a CSV."""
    return read_rows(rows_of_csv(decoded(content), known_columns), CSV, files)


def read_rows(rows: Iterator[tuple[int, list[str]]], name: str, files: Files = no_files) -> Found:
    """The questions in the rows of a table. Raises Invalid when its header is missing."""
    gathering = Gathering(name)
    header: list[str] = []
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = [column_of(cell) for cell in cells]
            if "question" not in header:
                raise Invalid(
                    "The first row must name the columns: question, option a, option b …, correct. See “Bring what you have”."
                )
            lost = [
                cell.strip()
                for cell, column in zip(cells, header, strict=True)
                if not column and cell.strip()
            ]
            if lost:
                gathering.remark(
                    N_("Columns that we do not know were not read: %(names)s."), names=", ".join(lost)
                )
            continue
        if len(gathering.items) >= MOST_ITEMS:
            gathering.leave_the_rest(f"row {number}")
            break
        _take(number, dict(_cells(header, cells)), gathering, files, len(cells) > len(header))
    if not header:
        raise Invalid(
            "The table is empty. Its first row names the columns, and each row after it is a question."
        )
    return gathering.found()


def _cells(header: Sequence[str], cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    for column, cell in zip(header, cells, strict=False):
        if column and cell.strip():
            yield column, _unguarded(cell.strip())[:LONGEST_CELL]


def _unguarded(cell: str) -> str:
    """A cell without the mark that keeps a spreadsheet from running it."""
    return cell[1:] if re.match(r"'[=+\-@]", cell) else cell


def _take(number: int, row: Mapping[str, str], gathering: Gathering, files: Files, over: bool) -> None:
    gathering.take(
        f"row {number}",
        lambda account: _document(row, account, files, over),
        kind=row.get("kind", "") or "row",
        title=row.get("title", "") or row.get("question", ""),
        key=row.get("key", ""),
    )


def _document(row: Mapping[str, str], account: Account, files: Files, over: bool) -> Json:
    if over:
        account.changed(N_("The row has more cells than the header: those without a name were not read."))
    markdown = row.get("format", "").lower() == "markdown"

    def text(cell: str) -> str:
        return texts.markdown(cell, account, files) if markdown else texts.loose(cell, account, files)

    options = {column[7:]: cell for column, cell in sorted(row.items()) if column.startswith("option:")}
    whys = {column[4:]: text(cell) for column, cell in row.items() if column.startswith("why:")}
    stem, correct = text(row.get("question", "")), row.get("correct", "")
    if not stem:
        raise Skip(N_("The cell of the question is empty."))
    kind = _kind(row.get("kind", ""), options, correct)
    made = _READERS[kind](_Row(stem, options, whys, correct, text, row, account))
    shuffle = row.get("shuffle", "").lower() not in _FALSE
    tags = [tag.strip() for tag in re.split(r"[;,|]", row.get("tags", "")) if tag.strip()]
    return making.with_rest(made, explanation=text(row.get("explanation", "")), tags=tags, shuffle=shuffle)


def _kind(said: str, options: Mapping[str, str], correct: str) -> str:
    """The kind that a row says, or the one that its cells make."""
    plain = plain_name(said)
    kind = _KIND_OF.get(plain, "")
    if plain and not kind:
        raise Skip(N_("We have no such kind of question: “%(kind)s”."), kind=said)
    if kind == "single" and len(_right(options, correct) or ()) > 1:
        return "multiple"
    if kind:
        return kind
    if options:
        return "multiple" if len(_right(options, correct) or ()) > 1 else "single"
    if not correct:
        raise Skip(N_("It has no answers and nothing under “correct”."))
    if correct.lower() in (*_TRUE[:2], *_FALSE[:2], "verdadero", "falso"):
        return "truefalse"
    return "numeric" if re.fullmatch(r"[+-]?\d+([.,]\d+)?", correct) else "short"


def _right(options: Mapping[str, str], correct: str) -> list[str] | None:
    """The letters of the right options, by letter, by number or by their words; None when they cannot be told."""
    names = list(options)
    whole = correct.strip()
    by_words = {text.strip().casefold(): name for name, text in options.items()}
    if whole.casefold() in by_words and whole.lower() not in options:
        return [by_words[whole.casefold()]]
    parts = [
        part.strip().strip("().").strip() for part in re.split(r"\s*[,;|/&\n]\s*|\s+and\s+|\s+y\s+", whole)
    ]
    if (
        len(parts) == 1
        and re.fullmatch(r"[A-Ja-j]{2,10}", parts[0])
        and all(letter in options for letter in parts[0].lower())
    ):
        parts = list(parts[0])
    found = []
    for part in parts:
        plain = re.sub(r"^(option|answer|choice|opcion|opción)\s+", "", part.lower())
        if plain in options:
            found.append(plain)
        elif (
            plain.isdigit()
            and plain in ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]
            and LETTERS[int(plain) - 1] in options
        ):
            found.append(LETTERS[int(plain) - 1])
        elif part.casefold() in by_words:
            found.append(by_words[part.casefold()])
        elif part:
            return None
    return [name for name in names if name in found] or None


@dataclass(frozen=True)
class _Row:
    """The cells of a question, by what they are."""

    stem: str
    options: Mapping[str, str]
    whys: Mapping[str, str]
    correct: str
    text: Callable[[str], str]
    row: Mapping[str, str]
    account: Account


def _choice(it: _Row, *, several: bool = False) -> Json:
    right = _right(it.options, it.correct)
    if right is None:
        raise Skip(N_("“%(correct)s” names none of its answers."), correct=it.correct or "-")
    share = 1 / len(right)
    choices = [
        Choice(
            it.text(cell),
            it.whys.get(name, ""),
            share if name in right else (-share if it.row.get("marking") == "each" else 0.0),
        )
        for name, cell in it.options.items()
    ]
    if several:
        return making.choice(
            it.stem, choices, it.account, several=True, together=it.row.get("marking") != "each"
        )
    return making.choice(
        it.stem, [Choice(c.text, c.why, float(c.share > 0)) for c in choices], it.account, several=False
    )


def _multiple(it: _Row) -> Json:
    return _choice(it, several=True)


def _truefalse(it: _Row) -> Json:
    named = {name: it.options[name].strip().lower() for name in it.options}
    said = named.get(it.correct.strip().lower(), it.correct.strip().lower())
    if said not in (*_TRUE, *_FALSE):
        raise Skip(N_("“%(correct)s” is neither true nor false."), correct=it.correct or "-")
    why = {("true" if value in _TRUE else "false"): it.whys.get(name, "") for name, value in named.items()}
    if not named:
        why = {"true": it.whys.get("a", ""), "false": it.whys.get("b", "")}
    return making.truefalse(it.stem, said in _TRUE, why)


def _parts(options: Mapping[str, str], correct: str) -> list[str]:
    return [part.strip() for part in correct.split("|") if part.strip()] or list(options.values())


def _short(it: _Row) -> Json:
    accepted = [Typed(part.replace("*", "\\*")) for part in _parts({}, it.correct)]
    wrong = [
        Typed(cell.replace("*", "\\*"), it.whys[name], 0.0)
        for name, cell in it.options.items()
        if name in it.whys
    ]
    return making.short(it.stem, [*accepted, *wrong], it.account)


def _numeric(it: _Row) -> Json:
    value, _, beside = it.correct.replace("±", ":").partition(":")
    low, dots, high = it.correct.partition("..")
    if dots:
        return making.numeric(
            it.stem,
            [making.between(making.number(low), making.number(high))],
            it.account,
            unit=it.row.get("unit", ""),
        )
    tolerance = abs(making.number(it.row.get("tolerance", "") or beside or "0"))
    wrong = [
        Number(making.number(cell), tolerance, it.whys[name], 0.0)
        for name, cell in it.options.items()
        if name in it.whys
    ]
    return making.numeric(
        it.stem, [Number(making.number(value), tolerance), *wrong], it.account, unit=it.row.get("unit", "")
    )


def _matching(it: _Row) -> Json:
    pairs = []
    for cell in it.options.values():
        left, arrow, right = cell.partition("->")
        if not arrow:
            left, arrow, right = cell.partition("=")
        if not arrow:
            raise Skip(N_("A pair is written “this -> that”; one has no arrow."))
        pairs.append((it.text(left), it.text(right)))
    return making.matching(it.stem, pairs, it.account)


def _ordering(it: _Row) -> Json:
    return making.ordering(
        it.stem, [it.text(cell) for cell in _parts(it.options, "")], each=it.row.get("marking") == "each"
    )


def _cloze(it: _Row) -> Json:
    gaps: dict[str, Gap] = {}

    def gap(found: re.Match[str]) -> str:
        words = [part.strip() for part in found[1].split("|") if part.strip()]
        starred = [word[1:].strip() for word in words if word.startswith("*")]
        if not words:
            return found[0]
        key = f"g{len(gaps) + 1}"
        gaps[key] = Gap(starred[:1], [word.lstrip("*").strip() for word in words]) if starred else Gap(words)
        return f"[[{key}]]"

    shown = re.sub(r"\{\{(.*?)\}\}", gap, it.correct or next(iter(it.options.values()), ""))
    return making.cloze(it.stem, shown, gaps)


def _essay(it: _Row) -> Json:
    if it.correct:
        it.account.changed(N_("What stood under “correct” is what a marker looks for."))
    return making.extended(it.stem, it.correct, it.account)


_READERS: Mapping[str, Callable[[_Row], Json]] = {
    "single": _choice,
    "multiple": _multiple,
    "truefalse": _truefalse,
    "short": _short,
    "numeric": _numeric,
    "matching": _matching,
    "ordering": _ordering,
    "cloze": _cloze,
    "essay": _essay,
}
