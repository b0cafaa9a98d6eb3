"""A guide names what stands on the screens by the screens' own words, in English and in Spanish."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from lms.web.help import GUIDES

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "lms" / "translations" / "es" / "LC_MESSAGES" / "messages.po"
GUIDED = ("agents", "managers", "authors", "administrators")
NOWHERE_ELSE = {"CSV", "Excel", "PDF"}
"""What buttons say in every language."""

_CODE = re.compile(r"^ *```.*?^ *```$|^\|.*?$|`[^`\n]*`", re.DOTALL | re.M)
_EMPHASIS = re.compile(r"\*\*(.+?)\*\*|(?<!\*)\*([^*]+)\*(?!\*)|“([^”]+)”|«([^»]+)»", re.DOTALL)
_PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
_GIVEN = r"(?:\w+ )?\d+"


def names(guide: str) -> Iterator[str]:
    """What is set apart or quoted in a guide and begins with a capital. Words that open a paragraph end in a mark of their own.

    `People → Add a person` are two names.
    """
    for found in _EMPHASIS.finditer(_CODE.sub("", guide)):
        for name in " ".join((found[1] or found[2] or found[3] or found[4]).split()).split(" → "):
            if re.match(r"[¿¡]?[^\W\d_]", name) and name.lstrip("¿¡")[0].isupper():
                yield name


@cache
def in_spanish() -> Mapping[str, str]:
    """Every sentence of the screens, in English and in Spanish."""
    with CATALOGUE.open("rb") as file:
        return {
            one.id if isinstance(one.id, str) else one.id[0]: (
                one.string if isinstance(one.string, str) else one.string[0]
            )
            for one in read_po(file)
            if one.id
        }


@cache
def screens() -> Mapping[str, frozenset[str]]:
    """Every sentence of the screens by language."""
    return {"en": frozenset(in_spanish()), "es": frozenset(in_spanish().values())}


@cache
def patterns(language: str) -> re.Pattern[str]:
    """Sentences with a number or a part's name in them, such as “Option 2”."""
    found = [one for one in screens()[language] if _PLACE.search(one) and _PLACE.sub("", one).strip()]
    return re.compile("|".join(_GIVEN.join(re.escape(part) for part in _PLACE.split(one)) for one in found))


def is_on_a_screen(name: str, language: str) -> bool:
    """Whether a name is a sentence of the screens, its beginning up to a comma or bracket, or one with a number in it."""
    known = screens()[language]
    return (
        name in known
        or name in NOWHERE_ELSE
        or re.sub(r" \d+$", "", name) in known
        or patterns(language).fullmatch(name) is not None
        or any(one.startswith((f"{name},", f"{name} (", f"{name}.", f"{name}:")) for one in known)
    )


def guides() -> Iterator[tuple[str, str, Path]]:
    for key in GUIDED:
        yield key, "en", ROOT / "docs" / f"{key}.md"
        yield key, "es", ROOT / "docs" / f"{key}.es.md"


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    ("key", "language", "path"), [pytest.param(*one, id=one[2].name) for one in guides()]
)
def test_what_a_guide_sets_apart_is_what_the_screen_says(key: str, language: str, path: Path) -> None:
    assert key in GUIDES
    text = path.read_text(encoding="utf-8")
    typed = set(re.findall(r"`([^`\n]+)`", text))
    found = [one for one in names(text) if not one.endswith((".", ":", "?")) or one in screens()[language]]
    assert len(found) > 10
    assert [one for one in found if one not in typed and not is_on_a_screen(one, language)] == []


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("key", GUIDED)
def test_a_guide_in_spanish_names_all_that_it_names_in_english(key: str) -> None:
    here, there = (ROOT / "docs" / f"{key}.es.md").read_text(), (ROOT / "docs" / f"{key}.md").read_text()
    named = set(names(here))
    asked = {in_spanish()[one] for one in names(there) if one in in_spanish()}
    assert {one for one in asked if one not in named and f"{one}:" not in named} == set()
