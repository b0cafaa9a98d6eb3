"""What the rooms give to every template: no room takes a name that another has; what is read once says nothing of its reader."""

from collections import Counter
from pathlib import Path

from flask import Flask
from jinja2 import nodes

import lms


def test_no_two_rooms_give_templates_the_same_name(app: Flask) -> None:
    with app.test_request_context("/sign-in"):
        given = Counter(name for words in app.template_context_processors[None] for name in words())
    assert "standing_words" in given
    assert [name for name, times in given.items() if times > 1] == []


def test_files_of_macros_say_nothing_outside_their_macros(app: Flask) -> None:
    """They are read once in a process: a sentence or a name set there would stay the first reader's."""
    folder = Path(lms.__file__).parent / "templates"
    pages = {
        str(one.relative_to(folder)): app.jinja_env.parse(one.read_text()) for one in folder.rglob("*.html")
    }
    imported = {
        told.template.value
        for page in pages.values()
        for told in page.find_all((nodes.FromImport, nodes.Import))
        if not told.with_context
    }
    assert len(imported) > 5
    for name in imported:
        for part in pages[name].body:
            assert says_nothing(part), f"{name}, line {part.lineno}"


def says_nothing(part: nodes.Node) -> bool:
    """Whether a part of a template is a macro, an import, a constant or blank."""
    if isinstance(part, nodes.Output):
        return all(isinstance(one, nodes.TemplateData) and not one.data.strip() for one in part.nodes)
    if isinstance(part, nodes.Assign):
        return next(part.node.find_all((nodes.Name, nodes.Call)), None) is None
    return isinstance(part, nodes.Macro | nodes.FromImport | nodes.Import)
