"""What pictures and sounds in a lesson cost: sounds with their size, and pictures on a tap where data is saved."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape, unescape
from typing import Any

from sqlalchemy.orm import Session

from lms.courses import queries as courses
from lms.learning.pages import LessonPage

PICTURE = re.compile(r'<img src="(?P<src>[^"]+)" alt="(?P<alt>[^"]*)"[^>]*>')
SOUND = re.compile(r'<audio\b[^>]*\bsrc="(?P<src>[^"]+)"[^>]*></audio>')
Words = Callable[[str, int], str]
"""What the reader is told: about a picture by its text, or about a sound (empty), and its kilobytes."""


def with_sizes(session: Session, page: LessonPage, *, words: Words, saves_data: bool = False) -> LessonPage:
    """The page of a lesson where each sound tells its size and, with `saves_data`, each picture is a link that fetches it.

    One statement, and none where a lesson has neither.
    """
    cards = page.cards
    prose = [part["html"] for card in cards for part in card["parts"] if "html" in part]
    wanted = any(SOUND.search(one) or (saves_data and PICTURE.search(one)) for one in prose)
    if not wanted:
        return page
    sizes = {one.path: one.size for one in courses.list_media(session, version_id=page.lesson.version_id)}

    def kilobytes(src: str) -> int:
        path = next((path for path in sizes if src.endswith(f"/{path}")), "")
        return max(1, round(sizes.get(path, 0) / 1024))

    def picture(found: re.Match[str]) -> str:
        if not saves_data:
            return found[0]
        return (
            f'<a class="button button--quiet" href="{found["src"]}" data-picture="{found["alt"]}">'
            f"{escape(words(unescape(found['alt']), kilobytes(found['src'])))}</a>"
        )

    def sound(found: re.Match[str]) -> str:
        return f'{found[0]}<p class="small soft">{escape(words("", kilobytes(found["src"])))}</p>'

    def shown(part: Mapping[str, Any]) -> Mapping[str, Any]:
        if "html" not in part:
            return part
        return {**part, "html": SOUND.sub(sound, PICTURE.sub(picture, part["html"]))}

    return replace(page, cards=[{**card, "parts": [shown(part) for part in card["parts"]]} for card in cards])
