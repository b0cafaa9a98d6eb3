"""A lesson's cards as safe HTML, once, at publishing. Checks stay data: the assessments room shows them."""

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from lms.courses.pictures import size_of
from lms.courses.rules import Block, Lesson, turns
from lms.courses.rules.blocks import PICTURES
from lms.courses.rules.placing import Place, nowhere, placed
from lms.foundation.text import safe_html, safe_inline

NAMES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "tip": "Tip",
        "rule": "The rule",
        "warning": "Watch out",
        "belize": "Here in Belize",
        "coach": "Coach",
        "transcript": "What is said",
    },
    "es": {
        "tip": "Consejo",
        "rule": "La regla",
        "warning": "Cuidado",
        "belize": "Aquí en Belice",
        "coach": "Entrenador",
        "transcript": "Lo que se dice",
    },
}
MediaAddress = Callable[[str], str]
Sizes = Mapping[str, tuple[int, int]]


def render_lesson(
    lesson: Lesson,
    *,
    language: str,
    media_address: MediaAddress,
    sizes: Sizes,
    place: Callable[[str], Place | None] = nowhere,
) -> list[dict[str, Any]]:
    """Every card as {key, title, parts}; a part is {html} or {check: the question's document}.

    `place`: where a file that a check question is about stands.
    """
    names = NAMES.get(language, NAMES["en"])
    return [
        {
            "key": card.key,
            "title": str(safe_inline(card.title)),
            "parts": [
                {"check": placed(block.question, place)}
                if block.kind == "check"
                else {"html": _RENDERERS[block.kind](block, names, media_address, sizes)}
                for block in card.blocks
            ],
        }
        for card in lesson.cards
    ]


def _text(block: Block, _names: Mapping[str, str], _address: MediaAddress, _sizes: Sizes) -> str:
    return (
        safe_html(block.body)
        .replace("<table>", '<div class="wide"><table>')
        .replace("</table>", "</table></div>")
    )


def _picture(block: Block, _names: Mapping[str, str], address: MediaAddress, sizes: Sizes) -> str:
    width, height = sizes.get(block.path, (0, 0))
    size = f' width="{width}" height="{height}"' if width else ""
    caption = f"<figcaption>{safe_inline(block.title)}</figcaption>" if block.title else ""
    return (
        f'<figure class="picture"><img src="{escape(address(block.path))}" alt="{escape(block.body)}"{size} '
        f'loading="lazy" decoding="async">{caption}</figure>'
    )


def _callout(block: Block, names: Mapping[str, str], _address: MediaAddress, _sizes: Sizes) -> str:
    return (
        f'<aside class="callout callout--{block.title}"><p class="callout__name">{names[block.title]}</p>'
        f"{safe_html(block.body)}</aside>"
    )


def _steps(block: Block, _names: Mapping[str, str], _address: MediaAddress, _sizes: Sizes) -> str:
    return safe_html(block.body).replace("<ol>", '<ol class="steps">', 1)


def _dialogue(block: Block, names: Mapping[str, str], _address: MediaAddress, _sizes: Sizes) -> str:
    spoken = []
    for turn in turns(block.body):
        if turn.role == "note":
            spoken.append(
                f'<p class="turn__note"><b class="visually-hidden">{names["coach"]}: </b>{safe_inline(turn.words)}</p>'
            )
        else:
            spoken.append(
                f'<p class="turn turn--{turn.role}"><b class="turn__name">{escape(turn.name)}</b> {safe_inline(turn.words)}</p>'
            )
    label = f' aria-label="{escape(block.title)}"' if block.title else ""
    return f'<div class="dialogue" role="group"{label}>{"".join(spoken)}</div>'


def _reveal(block: Block, _names: Mapping[str, str], _address: MediaAddress, _sizes: Sizes) -> str:
    return f'<details class="reveal"><summary>{safe_inline(block.title)}</summary>{safe_html(block.body)}</details>'


def _worked(block: Block, _names: Mapping[str, str], _address: MediaAddress, _sizes: Sizes) -> str:
    return f'<section class="worked"><h3>{safe_inline(block.title)}</h3>{safe_html(block.body)}</section>'


def _audio(block: Block, names: Mapping[str, str], address: MediaAddress, _sizes: Sizes) -> str:
    return (
        f'<figure class="audio"><figcaption>{safe_inline(block.title)}</figcaption>'
        f'<audio controls preload="none" src="{escape(address(block.path))}"></audio>'
        f"<details><summary>{names['transcript']}</summary>{safe_html(block.body)}</details></figure>"
    )


_RENDERERS: Mapping[str, Callable[[Block, Mapping[str, str], MediaAddress, Sizes], str]] = {
    "text": _text,
    "picture": _picture,
    "callout": _callout,
    "steps": _steps,
    "dialogue": _dialogue,
    "reveal": _reveal,
    "worked": _worked,
    "audio": _audio,
}

_VIEW_BOX = re.compile(rb'viewBox="\s*[\d.-]+[ ,]+[\d.-]+[ ,]+(\d{1,6}(?:\.\d+)?)[ ,]+(\d{1,6}(?:\.\d+)?)')


def picture_size(name: str, content: bytes) -> tuple[int, int]:
    """A picture's width and height, so that the page does not jump; (0, 0) when it does not say, and for sounds."""
    if not name.lower().endswith(PICTURES):
        return (0, 0)
    if not name.lower().endswith(".svg"):
        return size_of(content)
    found = _VIEW_BOX.search(content[:2000])
    return (round(float(found[1])), round(float(found[2]))) if found else (0, 0)
