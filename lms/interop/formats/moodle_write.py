"""Questions of ours as Moodle XML."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import PurePosixPath

from lms.interop.formats.contract import Json

WRITES = ("single", "multiple", "truefalse", "numeric", "short", "matching", "ordering", "cloze", "extended")
_TYPES = {
    "single": "multichoice",
    "multiple": "multichoice",
    "truefalse": "truefalse",
    "numeric": "numerical",
    "short": "shortanswer",
    "matching": "matching",
    "ordering": "ordering",
    "cloze": "cloze",
    "extended": "essay",
}
Media = Mapping[str, bytes]
_GAP = re.compile(r"\[\[([a-z0-9-]+)\]\]")


def write(bank: Sequence[Json], media: Media) -> str:
    """Questions as a Moodle XML file; pictures go with the text that shows them."""
    body = "".join(_question(question, media) for question in bank if question["kind"] in WRITES)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{body}</quiz>\n'


def _text(markdown: object, media: Media) -> str:
    """A text, and the files of the pictures in it."""
    shown = str(markdown)
    files = "".join(
        f'<file name="{escape(PurePosixPath(path).name)}" path="/" encoding="base64">{base64.b64encode(media[path]).decode()}</file>'
        for path in dict.fromkeys(re.findall(r"\]\((media/[^)\s]+)\)", shown))
        if path in media
    )
    shown = re.sub(r"\]\(media/([^)\s]+)\)", r"](@@PLUGINFILE@@/\1)", shown)
    return f"<text>{escape(shown)}</text>{files}"


def _said(tag: str, markdown: object, media: Media) -> str:
    return f'<{tag} format="markdown">{_text(markdown, media)}</{tag}>\n'


def _question(question: Json, media: Media) -> str:
    kind = question["kind"]
    stem = question["stem"]
    if kind == "cloze":
        text = _GAP.sub(lambda found: _gap(question["gaps"][found[1]]), question["text"])
        stem = f"{stem}\n\n{text}"
    tags = "".join(f"<tag><text>{escape(str(tag))}</text></tag>" for tag in question.get("tags") or ())
    return (
        f'<question type="{_TYPES[kind]}">\n<name><text>{escape(str(question["key"]))}</text></name>\n'
        + _said("questiontext", stem, media)
        + _said("generalfeedback", question.get("explanation", ""), media)
        + "<defaultgrade>1</defaultgrade>\n<hidden>0</hidden>\n"
        + f"<idnumber>{escape(str(question['key']))}</idnumber>\n"
        + "\n".join(_parts(question, media))
        + (f"\n<tags>{tags}</tags>" if tags else "")
        + "\n</question>\n"
    )


def _answer(
    share: float, text: object, why: object, media: Media, *, markdown: bool = False, more: str = ""
) -> str:
    form = ' format="markdown"' if markdown else ""
    words = _text(text, media) if markdown else f"<text>{escape(str(text))}</text>"
    return f'<answer fraction="{share:.5f}"{form}>{words}{more}{_said("feedback", why or "", media)}</answer>'.replace(
        ".00000", ""
    )


def _parts(question: Json, media: Media) -> Iterator[str]:
    kind = question["kind"]
    if kind in ("single", "multiple"):
        right = sum(option.get("correct") is True for option in question["options"])
        yield f"<single>{'true' if kind == 'single' else 'false'}</single>"
        yield f"<shuffleanswers>{'false' if question.get('shuffle') is False else 'true'}</shuffleanswers>"
        for option in question["options"]:
            share = 100 / right if option.get("correct") is True else 0.0
            if kind == "multiple" and not option.get("correct"):
                share = -100 / right if question.get("marking") == "each" else -100
            yield _answer(share, option["text"], option.get("why"), media, markdown=True)
    elif kind == "truefalse":
        why = {str(name).lower(): text for name, text in question["why"].items()}
        for name in ("true", "false"):
            yield _answer(
                100.0 if (name == "true") == question["answer"] else 0.0, name, why.get(name), media
            )
    elif kind == "numeric":
        tolerance = f"<tolerance>{question.get('tolerance', 0)}</tolerance>"
        yield _answer(100.0, question["answer"], "", media, more=tolerance)
        for entry in question.get("mistakes") or ():
            yield _answer(0.0, entry["value"], entry["why"], media, more=tolerance)
        if question.get("unit"):
            units = {
                question["unit"]: 1,
                **{name: 1 / factor for name, factor in (question.get("units") or {}).items()},
            }
            yield (
                "<units>"
                + "".join(
                    f"<unit><multiplier>{multiplier:.10g}</multiplier><unit_name>{escape(str(name))}</unit_name></unit>"
                    for name, multiplier in units.items()
                )
                + "</units>"
            )
    elif kind == "short":
        yield f"<usecase>{0 if 'case' in question.get('ignore', ('case',)) else 1}</usecase>"
        for text in question["accepted"]:
            yield _answer(100.0, str(text).replace("*", "\\*"), "", media)
        for entry in question.get("mistakes") or ():
            yield _answer(0.0, str(entry["text"]).replace("*", "\\*"), entry["why"], media)
    elif kind == "matching":
        yield "<shuffleanswers>true</shuffleanswers>"
        for left, right in [
            *((pair["left"], pair["right"]) for pair in question["pairs"]),
            *(("", text) for text in question.get("extra") or ()),
        ]:
            yield f'<subquestion format="markdown">{_text(left, media)}<answer><text>{escape(str(right))}</text></answer></subquestion>'
    elif kind == "extended":
        told = "\n".join(f"- {one}" for one in question["look_for"])
        yield "<responseformat>plain</responseformat>\n<responserequired>1</responserequired>\n<attachments>0</attachments>"
        yield f"<minwordlimit>{question.get('least', 0)}</minwordlimit>\n<maxwordlimit>{question.get('most', 300)}</maxwordlimit>"
        yield _said("graderinfo", told, media)
    elif kind == "ordering":
        each = question.get("marking") == "each"
        grading = "RELATIVE_NEXT_EXCLUDE_LAST" if each else "ALL_OR_NOTHING"
        yield f"<layouttype>VERTICAL</layouttype>\n<selecttype>ALL</selecttype>\n<gradingtype>{grading}</gradingtype>"
        for number, one in enumerate(question["items"], start=1):
            yield f'<answer fraction="{number}" format="markdown">{_text(one["text"], media)}</answer>'


def _escaped(words: object) -> str:
    return re.sub(r"([}#~/\"\\])", r"\\\1", str(words))


def _gap(gap: Json) -> str:
    why = f"#{_escaped(gap['why'])}" if gap.get("why") else ""
    accepted = [str(one) for one in gap.get("accepted") or [gap.get("answer")]]
    if gap.get("options"):
        answers = [
            f"={_escaped(one)}" if str(one) == accepted[0] else f"{_escaped(one)}{why}"
            for one in gap["options"]
        ]
        return "{1:MULTICHOICE:" + "~".join(answers) + "}"
    answers = [f"={_escaped(one)}" for one in accepted] + ([f"*{why}"] if why else [])
    return "{1:SHORTANSWER:" + "~".join(answers) + "}"
