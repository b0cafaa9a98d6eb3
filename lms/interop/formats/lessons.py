"""Texts of other systems as lessons of ours: a title, cards with keys, pictures alone in their paragraph."""

import re
from collections.abc import Sequence

from lms.courses.rules import minutes_estimate, parse_lesson
from lms.foundation.words import N_
from lms.foundation.yaml import write_yaml
from lms.interop.formats import texts
from lms.interop.formats.contract import (
    CHANGED,
    SKIPPED,
    TAKEN,
    Account,
    Gathering,
    Page,
    Reason,
    slug,
    titled,
)
from lms.interop.formats.pictures import Files, no_files
from lms.interop.formats.texts import Piece
from lms.interop.formats.trees import MOST_NODES

LONGEST_KEY = 70


def take_html(
    gathering: Gathering,
    ref: str,
    html: str,
    *,
    title: str = "",
    otherwise: str = "",
    files: Files = no_files,
    key: str = "",
) -> None:
    """An HTML text as a lesson: its first and second headings begin cards. `otherwise`: its title when it has none."""
    if html.count("<") > MOST_NODES:
        reason = Reason(N_("It has more than %(most)s tags. Split it."), most=MOST_NODES)
        gathering.pages.append(Page(ref, "", titled(title or otherwise or ref), SKIPPED, (reason,)))
        return
    account = Account()
    pieces = texts.pieces(html, account, files)
    if not title and pieces and pieces[0].kind == "heading" and pieces[0].level == 1:
        title, pieces = pieces[0].text, pieces[1:]
    take_pieces(gathering, ref, pieces, account, title=title or otherwise, key=key)


def take_markdown(
    gathering: Gathering, ref: str, text: str, *, title: str = "", files: Files = no_files, key: str = ""
) -> None:
    """A Markdown text as a lesson; one that is ours already stays as it is."""
    if text.lstrip().startswith("---") and "{#" in text:
        lesson, problems = parse_lesson("lesson", "lesson.md", text)
        if not problems:
            own = _key(gathering, key or slug(lesson.title))
            gathering.pages.append(Page(ref, own, lesson.title, TAKEN, (), text))
            return
    account = Account()
    head = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    if head:
        named = re.search(r"(?m)^title:\s*[\"']?(.*?)[\"']?\s*$", head[1])
        title, text = (named[1] if named else title), text[head.end() :]
    pieces = _pieces_of(text, account, files)
    if pieces and pieces[0].kind == "heading" and pieces[0].level == 1:
        title, pieces = pieces[0].text, pieces[1:]
    take_pieces(gathering, ref, pieces, account, title=title, key=key)


def _pieces_of(text: str, account: Account, files: Files) -> list[Piece]:
    """Markdown as blocks: headings, pictures, and the rest between them."""
    made: list[Piece] = []
    lines: list[str] = []
    fenced = False

    def close() -> None:
        words = texts.markdown("\n".join(lines).strip("\n"), account, files) if any(lines) else ""
        lines.clear()
        for part in re.split(r"(!\[[^\]]*\]\(media/[^)\s]+\))", words):
            if found := re.fullmatch(r"!\[([^\]]*)\]\((media/[^)\s]+)\)", part):
                made.append(Piece("picture", part, path=found[2]))
            elif part.strip():
                made.append(Piece("text", re.sub(r"(?m)^(:::)", r"\\\1", part.strip("\n"))))

    plain = re.sub(
        r"(?m)^(.+)\n=+\s*$",
        r"# \1",
        re.sub(r"(?m)^([^\s#>|-].*)\n-{3,}\s*$", r"## \1", text.replace("\r\n", "\n")),
    )
    for line in plain.split("\n"):
        if re.match(r"\s*(```|~~~)", line):
            fenced = not fenced
        found = None if fenced else re.match(r"(#{1,6})\s+(.+?)\s*#*\s*$", line)
        if found:
            close()
            words = texts.markdown(re.sub(r"\s*\{#[^}]*\}\s*$", "", found[2]), account, files)
            made.append(
                Piece("heading", re.sub(r"!\[[^\]]*\]\([^)]*\)", "", words).strip("* "), len(found[1]))
            )
        else:
            lines.append(line)
    close()
    return made


def take_pieces(
    gathering: Gathering,
    ref: str,
    pieces: Sequence[Piece],
    account: Account,
    *,
    title: str = "",
    key: str = "",
) -> None:
    """Blocks as a lesson."""
    shown = (
        titled(re.sub(r"[*_`]", "", title))
        or titled(next((one.text for one in pieces if one.kind != "picture"), ""))
        or "Untitled"
    )
    if not any(piece.kind in ("text", "picture") for piece in pieces):
        gathering.pages.append(
            Page(ref, "", shown, SKIPPED, (Reason(N_("There is no text in it.")), *account.reasons))
        )
        return
    own = _key(gathering, key or slug(shown))
    body = _cards(pieces, shown)
    head = write_yaml({"title": shown, "minutes": 1})
    text = f"---\n{head}---\n\n{body}\n"
    lesson, _problems = parse_lesson(own, f"lessons/{own}.md", text)
    minutes = min(max(minutes_estimate(lesson), 1), 30)
    text = f"---\n{write_yaml({'title': shown, 'minutes': minutes})}---\n\n{body}\n"
    gathering.media.update(account.media)
    reasons = tuple(account.reasons)
    gathering.pages.append(Page(ref, own, shown, CHANGED if reasons else TAKEN, reasons, text))


def _key(gathering: Gathering, wanted: str) -> str:
    """A key that no other lesson of the file has."""
    base = wanted[:LONGEST_KEY].strip("-") or "lesson"
    key, number = base, 2
    while any(page.key == key for page in gathering.pages):
        key, number = f"{base}-{number}", number + 1
    return key


def _cards(pieces: Sequence[Piece], title: str) -> str:
    """The cards: each first or second heading begins one; what stands before the first is a card of the title."""
    wrote: list[str] = []
    keys: set[str] = set()
    filled = True

    def begin(heading: str) -> None:
        base = slug(re.sub(r"[*_`]", "", heading))[:60].strip("-") or "card"
        key, number = base, 2
        while key in keys:
            key, number = f"{base}-{number}", number + 1
        keys.add(key)
        words = " ".join(heading.replace("{#", "{ #").split())
        wrote.append(f"## {words} {{#{key}}}")

    top = min((piece.level for piece in pieces if piece.kind == "heading"), default=2)
    opens = {top, 2} if top < 2 else {top}
    for piece in pieces:
        if piece.kind == "heading" and piece.level in opens:
            if not filled and wrote:
                wrote[-1] = re.sub(r"^## .*", lambda _found: "", wrote[-1]).strip()
                wrote = [one for one in wrote if one]
            begin(piece.text)
            filled = False
        elif piece.kind == "heading":
            if not wrote:
                begin(title)
            wrote.append(f"### {piece.text}")
        else:
            if not wrote:
                begin(title)
            wrote.append(piece.text)
            filled = True
    if not filled and wrote and wrote[-1].startswith("## "):
        wrote.pop()
    return "\n\n".join(wrote)
