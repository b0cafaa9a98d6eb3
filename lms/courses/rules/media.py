"""Which pictures and sounds are taken: what they are, not what their names say."""

import re
from pathlib import PurePosixPath
from xml.parsers import expat

from lms.courses.rules.blocks import PICTURES, SOUNDS
from lms.foundation.words import N_

MEDIA = (*PICTURES, *SOUNDS)
_MARKS = {
    ".png": re.compile(rb"\x89PNG"),
    ".jpg": re.compile(rb"\xff\xd8"),
    ".jpeg": re.compile(rb"\xff\xd8"),
    ".webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    ".avif": re.compile(rb"....ftyp", re.DOTALL),
    ".opus": re.compile(rb"OggS"),
    ".mp3": re.compile(rb"ID3|\xff[\xe0-\xff]"),
}
_FORBIDDEN = ("script", "foreignobject", "iframe", "object", "embed", "set", "animate", "handler")
_OUTSIDE = re.compile(r"url\(\s*['\"]?(?!#)|@import", re.IGNORECASE)


def media_problem(name: str, content: bytes) -> str | None:
    """Why a picture or a sound cannot be taken, or None."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in MEDIA:
        return N_("Pictures and sounds are %(known)s.", known=", ".join(ending[1:] for ending in MEDIA))
    if suffix in _MARKS and not _MARKS[suffix].match(content):
        return N_("This is not a %(suffix)s file, whatever its name says.", suffix=suffix[1:])
    return _drawing_problem(content) if suffix == ".svg" else None


def _drawing_problem(content: bytes) -> str | None:
    """An SVG may draw and nothing else: no script, no handler, no outside address, no entities."""
    bad: list[tuple[int, str]] = []
    root: list[str] = []
    style: list[str] = []

    def element(name: str, attributes: dict[str, str]) -> None:
        root.append(name)
        if name.split(":")[-1].lower() in _FORBIDDEN:
            refuse(name)
        for attribute, value in attributes.items():
            plain = attribute.split(":")[-1].lower()
            leads_out = plain == "href" and not value.startswith("#")
            if plain.startswith("on") or leads_out or _OUTSIDE.search(value):
                refuse(attribute)

    def refuse(what: object, *_rest: object) -> None:
        bad.append((parser.CurrentLineNumber, str(what)))

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = element
    parser.CharacterDataHandler = style.append
    parser.EntityDeclHandler = lambda *_any: refuse("the entity")
    parser.ProcessingInstructionHandler = lambda target, _data: refuse(f"<?{target}?>")
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        return N_("This drawing is not whole: %(error)s.", error=error)
    if _OUTSIDE.search("".join(style)) or "\\" in "".join(style):
        bad.append((1, "what its style fetches from outside"))
    if root[0].split(":")[-1] != "svg":
        return N_("This is not an svg file, whatever its name says.")
    return (
        N_("A drawing may only draw: take out %(what)s, on line %(line)s.", what=bad[0][1], line=bad[0][0])
        if bad
        else None
    )
