"""Questions of ours as a QTI 3.0 package: a manifest, an item a question, and the pictures."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from lms.foundation.text import safe_html, safe_inline
from lms.interop.formats.contract import Json
from lms.interop.formats.trees import Node, tree_of

WRITES = ("single", "multiple", "truefalse", "numeric", "short", "matching", "ordering", "cloze")
_SPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
_RULES = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates"
_VOID = ("br", "hr", "img")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Media = Mapping[str, bytes]


def write(bank: Sequence[Json], media: Media) -> bytes:
    """Questions as a package."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        written = [question for question in bank if question["kind"] in WRITES]
        shown = sorted({path for question in written for path in _pictures(question) if path in media})
        _put(archive, "imsmanifest.xml", _manifest(written, shown).encode())
        for question in written:
            _put(archive, f"items/{question['key']}.xml", item(question).encode())
        for path in shown:
            _put(archive, path, media[path])
    return made.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o100644 << 16
    archive.writestr(entry, content)


def _pictures(question: Json) -> list[str]:
    return re.findall(r"\]\((media/[^)\s]+)\)", str(question))


def _name(key: object) -> str:
    return f"_{key}"


def _manifest(bank: Sequence[Json], shown: Sequence[str]) -> str:
    items = "".join(
        f'<resource identifier="{_name(q["key"])}" type="imsqti_item_xmlv3p0" href="items/{q["key"]}.xml"><file href="items/{q["key"]}.xml"/>'
        + "".join(f'<file href="{escape(path)}"/>' for path in dict.fromkeys(_pictures(q)) if path in shown)
        + "</resource>\n"
        for q in bank
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" identifier="ladder">\n'
        "<metadata><schema>QTI Package</schema><schemaversion>3.0.0</schemaversion></metadata>\n"
        f"<organizations/>\n<resources>\n{items}</resources>\n</manifest>\n"
    )


def xhtml(markdown: object, *, inline: bool = False) -> str:
    """Markdown as XHTML, with the pictures of the package."""
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(f'<img src="../{escape(found[2])}" alt="{escape(found[1])}"/>')
        return f"\U000f0300{len(held) - 1}\U000f0301"

    text = re.sub(r"!\[([^\]]*)\]\((media/[^)\s]+)\)", hold, str(markdown))
    html = str(safe_inline(text, as_written=True)) if inline else safe_html(text, as_written=True)
    whole = "".join(_serial(child) for child in tree_of(html.strip()).children)
    return re.sub("\U000f0300(\\d+)\U000f0301", lambda found: held[int(found[1])], whole)


def _serial(node: Node | str) -> str:
    if isinstance(node, str):
        return escape(node, quote=False)
    marks = "".join(
        f' {name}="{escape(value)}"'
        for name, value in node.attributes.items()
        if name in ("href", "start", "title")
    )
    if node.tag in _VOID:
        return f"<{node.tag}{marks}/>"
    return f"<{node.tag}{marks}>{''.join(_serial(child) for child in node.children)}</{node.tag}>"


def item(question: Json) -> str:
    """One question as an assessment item."""
    declared, body, rules = _READERS[question["kind"]](question)
    explained = question.get("explanation")
    feedback = "".join(_feedback(name, why) for name, why in _whys(question))
    outcomes = '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>\n'
    if feedback:
        outcomes += (
            '<qti-outcome-declaration identifier="FEEDBACK" cardinality="multiple" base-type="identifier"/>\n'
        )
    if explained:
        outcomes += (
            '<qti-outcome-declaration identifier="EXPLANATION" cardinality="single" base-type="identifier">'
            "<qti-default-value><qti-value>explanation</qti-value></qti-default-value></qti-outcome-declaration>\n"
        )
        feedback += _feedback("explanation", explained, "EXPLANATION")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<qti-assessment-item xmlns="{_SPACE}" identifier="{_name(question["key"])}" label="{question["key"]}" '
        f'title="{question["key"]}" adaptive="false" time-dependent="false">\n'
        f"{declared}{outcomes}<qti-item-body>{body}</qti-item-body>\n{rules}{feedback}</qti-assessment-item>\n"
    )


def _whys(question: Json) -> Iterator[tuple[str, object]]:
    if question["kind"] in ("single", "multiple"):
        yield from (
            (letter, option["why"])
            for letter, option in zip(_LETTERS, question["options"], strict=False)
            if option.get("why")
        )
    elif question["kind"] == "truefalse":
        yield from ((str(name).lower(), why) for name, why in question["why"].items() if why)


def _feedback(name: str, why: object, outcome: str = "FEEDBACK") -> str:
    return (
        f'<qti-modal-feedback outcome-identifier="{outcome}" identifier="{name}" show-hide="show">'
        f"<qti-content-body>{xhtml(why)}</qti-content-body></qti-modal-feedback>\n"
    )


def _declare(
    values: Sequence[str],
    base: str,
    cardinality: str = "single",
    *,
    name: str = "RESPONSE",
    worth: Mapping[str, float] | None = None,
    case: bool | None = None,
    bounds: str = "",
) -> str:
    mapping = ""
    if worth is not None:
        sensitive = "" if case is None else f' case-sensitive="{str(case).lower()}"'
        entries = "".join(
            f'<qti-map-entry map-key="{escape(key)}" mapped-value="{value:g}"{sensitive}/>'
            for key, value in worth.items()
        )
        mapping = f'<qti-mapping default-value="0"{bounds}>{entries}</qti-mapping>'
    right = "".join(f"<qti-value>{escape(value)}</qti-value>" for value in values)
    return (
        f'<qti-response-declaration identifier="{name}" cardinality="{cardinality}" base-type="{base}">'
        f"<qti-correct-response>{right}</qti-correct-response>{mapping}</qti-response-declaration>\n"
    )


def _template(name: str) -> str:
    return f'<qti-response-processing template="{_RULES}/{name}.xml"/>\n'


def _choice(question: Json) -> tuple[str, str, str]:
    options = list(zip(_LETTERS, question["options"], strict=False))
    right = [letter for letter, option in options if option.get("correct") is True]
    several = question["kind"] == "multiple"
    each = question.get("marking") == "each"
    worth = {letter: 1.0 if letter in right else -1.0 for letter, _option in options} if each else None
    declared = _declare(
        right,
        "identifier",
        "multiple" if several else "single",
        worth=worth,
        bounds=f' lower-bound="0" upper-bound="{len(right)}"',
    )
    choices = "".join(
        f'<qti-simple-choice identifier="{letter}">{xhtml(option["text"], inline=True)}</qti-simple-choice>'
        for letter, option in options
    )
    shuffle = "false" if question.get("shuffle") is False else "true"
    body = (
        f'{xhtml(question["stem"])}<qti-choice-interaction response-identifier="RESPONSE" shuffle="{shuffle}" '
        f'max-choices="{0 if several else 1}">{choices}</qti-choice-interaction>'
    )
    return declared, body, _template("map_response" if each else "match_correct")


def _truefalse(question: Json) -> tuple[str, str, str]:
    declared = _declare(["true" if question["answer"] else "false"], "identifier")
    body = (
        f'{xhtml(question["stem"])}<qti-choice-interaction response-identifier="RESPONSE" shuffle="false" max-choices="1">'
        '<qti-simple-choice identifier="true">True</qti-simple-choice>'
        '<qti-simple-choice identifier="false">False</qti-simple-choice></qti-choice-interaction>'
    )
    return declared, body, _template("match_correct")


def _entry(stem: object, name: str = "RESPONSE") -> str:
    return f'{xhtml(stem)}<p><qti-text-entry-interaction response-identifier="{name}"/></p>'


def _numeric(question: Json) -> tuple[str, str, str]:
    tolerance = question.get("tolerance", 0)
    rules = (
        "<qti-response-processing><qti-response-condition><qti-response-if>"
        f'<qti-equal tolerance-mode="absolute" tolerance="{tolerance} {tolerance}"><qti-variable identifier="RESPONSE"/>'
        '<qti-correct identifier="RESPONSE"/></qti-equal><qti-set-outcome-value identifier="SCORE">'
        '<qti-base-value base-type="float">1</qti-base-value></qti-set-outcome-value>'
        "</qti-response-if></qti-response-condition></qti-response-processing>\n"
    )
    return _declare([str(question["answer"])], "float"), _entry(question["stem"]), rules


def _short(question: Json) -> tuple[str, str, str]:
    accepted = [str(text) for text in question["accepted"]]
    case = "case" not in question.get("ignore", ("case",))
    declared = _declare(accepted[:1], "string", worth=dict.fromkeys(accepted, 1.0), case=case)
    return declared, _entry(question["stem"]), _template("map_response")


def _matching(question: Json) -> tuple[str, str, str]:
    rights = list(
        dict.fromkeys(
            [str(pair["right"]) for pair in question["pairs"]]
            + [str(text) for text in question.get("extra") or ()]
        )
    )
    values = [
        f"L{number} R{rights.index(str(pair['right'])) + 1}"
        for number, pair in enumerate(question["pairs"], start=1)
    ]
    declared = _declare(values, "directedPair", "multiple", worth=dict.fromkeys(values, 1.0))
    left = "".join(
        f'<qti-simple-associable-choice identifier="L{number}" match-max="1">{xhtml(pair["left"], inline=True)}</qti-simple-associable-choice>'
        for number, pair in enumerate(question["pairs"], start=1)
    )
    right = "".join(
        f'<qti-simple-associable-choice identifier="R{number}" match-max="0">{xhtml(text, inline=True)}</qti-simple-associable-choice>'
        for number, text in enumerate(rights, start=1)
    )
    body = (
        f'{xhtml(question["stem"])}<qti-match-interaction response-identifier="RESPONSE" shuffle="true" max-associations="0">'
        f"<qti-simple-match-set>{left}</qti-simple-match-set><qti-simple-match-set>{right}</qti-simple-match-set></qti-match-interaction>"
    )
    return declared, body, _template("map_response")


def _ordering(question: Json) -> tuple[str, str, str]:
    names = [_LETTERS[place] for place in range(len(question["items"]))]
    choices = "".join(
        f'<qti-simple-choice identifier="{name}">{xhtml(one["text"], inline=True)}</qti-simple-choice>'
        for name, one in zip(names, question["items"], strict=True)
    )
    body = f'{xhtml(question["stem"])}<qti-order-interaction response-identifier="RESPONSE" shuffle="true">{choices}</qti-order-interaction>'
    return _declare(names, "identifier", "ordered"), body, _template("match_correct")


def _cloze(question: Json) -> tuple[str, str, str]:
    declared, shown = [], {}
    for number, key in enumerate(re.findall(r"\[\[([a-z0-9-]+)\]\]", question["text"]), start=1):
        gap, name = question["gaps"][key], f"G{number}"
        accepted = [str(one) for one in gap.get("accepted") or [gap.get("answer")]]
        if gap.get("options"):
            options = {f"{name}_{place}": str(option) for place, option in enumerate(gap["options"], start=1)}
            right = [ident for ident, option in options.items() if option in accepted]
            declared.append(_declare(right[:1], "identifier", name=name, worth=dict.fromkeys(right, 1.0)))
            choices = "".join(
                f'<qti-inline-choice identifier="{ident}">{escape(option)}</qti-inline-choice>'
                for ident, option in options.items()
            )
            shown[key] = (
                f'<qti-inline-choice-interaction response-identifier="{name}" shuffle="true">{choices}</qti-inline-choice-interaction>'
            )
        else:
            declared.append(
                _declare(accepted[:1], "string", name=name, worth=dict.fromkeys(accepted, 1.0), case=False)
            )
            shown[key] = f'<qti-text-entry-interaction response-identifier="{name}"/>'
    text = xhtml(re.sub(r"\[\[([a-z0-9-]+)\]\]", "\U000f0400\\1\U000f0401", question["text"]))
    text = re.sub("\U000f0400([a-z0-9-]+)\U000f0401", lambda found: shown[found[1]], text)
    total = "".join(f'<qti-map-response identifier="G{number}"/>' for number in range(1, len(declared) + 1))
    rules = (
        '<qti-response-processing><qti-set-outcome-value identifier="SCORE"><qti-sum>'
        f"{total}</qti-sum></qti-set-outcome-value></qti-response-processing>\n"
    )
    return "".join(declared), xhtml(question["stem"]) + text, rules


_READERS = {
    "single": _choice,
    "multiple": _choice,
    "truefalse": _truefalse,
    "numeric": _numeric,
    "short": _short,
    "matching": _matching,
    "ordering": _ordering,
    "cloze": _cloze,
}
