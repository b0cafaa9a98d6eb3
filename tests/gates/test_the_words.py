"""Every word a person sees is in the catalogue, has its Spanish, and nothing else is on a page."""

import ast
import importlib.machinery
import importlib.util
import io
import json
import re
import uuid
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest
from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import Environment, nodes
from sqlalchemy import select
from wtforms.i18n import messages_path

from lms.foundation.actor import Role
from lms.foundation.db import Base
from lms.operations.backup import open_engine, see_everything
from lms.tracks.framework_files import shipped_framework
from tests.gates.test_the_wall_between_firms import World, address, ask, build, routes
from tests.house import SAMPLE_COURSE, House, Someone

pytestmark = pytest.mark.sqlite_is_enough

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "lms" / "templates").rglob("*.html"))
OWN_NAMES = frozenset(("Ladder", "CSV", "Excel", "PDF", "English", "Español"))
"""Words that are the same in every language."""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}|</?\w+[^>]*>")


def _script() -> ModuleType:
    """script/words, which gathers and compiles."""
    loader = importlib.machinery.SourceFileLoader("script_words", str(ROOT / "script" / "words"))
    spec = importlib.util.spec_from_loader("script_words", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def words() -> ModuleType:
    return _script()


@pytest.fixture(scope="module")
def gathered(words: ModuleType) -> Catalog:
    """What the sources say now."""
    found: Catalog = words.extracted()
    return found


@pytest.fixture(scope="module")
def spanish(words: ModuleType) -> Catalog:
    found: Catalog = words.read_spanish()
    return found


def forms(text: object) -> tuple[str, ...]:
    """A message's one sentence, or its singular and plural."""
    return tuple(text) if isinstance(text, tuple | list) else (str(text),)


def sentences(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def test_the_catalogues_hold_what_the_sources_say(
    words: ModuleType, gathered: Catalog, spanish: Catalog
) -> None:
    said = {forms(message.id) for message in sentences(gathered)}
    with words.TEMPLATE.open("rb") as file:
        template = {forms(message.id) for message in sentences(read_po(file))}
    assert len(said) > 500
    assert said - template == set(), "run script/words"
    assert template - said == set(), "run script/words"
    assert {forms(message.id) for message in sentences(spanish)} == said


def test_every_sentence_has_its_spanish(spanish: Catalog) -> None:
    assert [message.id for message in sentences(spanish) if message.fuzzy] == []
    assert [message.id for message in sentences(spanish) if not all(forms(message.string))] == []


def test_plurals_are_whole_and_placeholders_are_kept(spanish: Catalog) -> None:
    for message in sentences(spanish):
        told = forms(message.string)
        assert len(told) == len(forms(message.id)), message.id
        for english, translated in zip(forms(message.id), told, strict=True):
            assert sorted(PLACEHOLDER.findall(translated)) == sorted(PLACEHOLDER.findall(english)), message.id
            assert english.count("\n") == translated.count("\n"), message.id


def test_spanish_opens_its_questions_and_speaks_to_a_friend(spanish: Catalog) -> None:
    for message in sentences(spanish):
        for told in forms(message.string):
            assert told.count("¿") == told.count("?"), told
            assert told.count("¡") == told.replace("![", "").count("!"), told  # a picture's mark is no shout
            assert not re.search(r"\b(usted|ustedes|vos|vosotros)\b", told, re.IGNORECASE), told


def test_the_compiled_catalogue_is_the_catalogue(words: ModuleType, spanish: Catalog) -> None:
    assert words.COMPILED.read_bytes() == words.compiled(spanish), "run script/words"


def jinja() -> Environment:
    return Environment(extensions=["jinja2.ext.i18n"])


ATTRIBUTE_BLOCK = re.compile(
    r"{%-? *block (?:\w+_class|\w+_attributes) *-?%}.*?{%-? *endblock *-?%}", re.DOTALL
)
"""Blocks that a layout puts inside a tag."""


def bare_text(source: str) -> list[str]:
    """Words of a template that stand outside tags and expressions, or in an attribute that is read out."""
    source = re.sub(r"<code>.*?</code>", "", ATTRIBUTE_BLOCK.sub("", source))  # a file's own words
    markup = "".join(
        value if kind == "data" else "\x00" if kind in ("variable_begin", "block_begin") else ""
        for _line, kind, value in jinja().lex(source)
    )
    spoken = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"\x00]*)"', markup)
    chunks = re.split(r"\x00|<[^>]*>|&\w+;", markup) + spoken
    return [chunk.strip() for chunk in chunks if set(re.findall(r"[^\W\d_]{2,}", chunk)) - OWN_NAMES]


def bare_literals(source: str) -> list[str]:
    """Capitalised words in a template's expressions that no translating function wraps."""
    found = []

    def walk(node: nodes.Node) -> None:
        if (
            isinstance(node, nodes.Call)
            and isinstance(node.node, nodes.Name)
            and node.node.name in ("_", "ngettext")
        ):
            return
        if (
            isinstance(node, nodes.Const)
            and isinstance(node.value, str)
            and re.match(r"[A-Z][a-z]", node.value)
        ):
            found.append(node.value)
        for child in node.iter_child_nodes():
            walk(child)

    walk(jinja().parse(source))
    return [text for text in found if not re.fullmatch(r"\w+(?:Field)", text) and text not in OWN_NAMES]


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "lms" / "templates"))
)
def test_no_template_holds_a_bare_word(path: Path) -> None:
    if path.parent.name == "specimen":
        return  # its words are invented examples for whoever builds pages
    source = path.read_text()
    assert bare_text(source) == []
    assert bare_literals(source) == []


def test_a_bare_word_in_a_template_would_be_found() -> None:
    assert bare_text('<p title="Close it">{{ x }} left</p>{# a note #}<b>{{ _("Fine") }}</b>') == [
        "left",
        "Close it",
    ]
    assert bare_literals('{{ pill("Passed") }}{{ _("Fine") }}{{ icon("check") }}') == ["Passed"]


ERRORS = frozenset(("Invalid", "NotFound", "NotAllowed", "Conflict", "Reason", "NotYet", "BadAnswer"))
PASSED_ON = re.compile(r"\w+\.(?:sentence|problem)|\w+\['sentence'\]|problems\[0\]|REFUSED\[\w+\]")
"""An error or reason that is raised again as another, or kept in a table or a row, keeps its own marked sentence."""


def python_files(words: ModuleType) -> Iterator[tuple[Path, ast.Module]]:
    """The sources whose sentences reach a screen."""
    ignored = {
        path
        for pattern in words.OPERATORS
        for path in (ROOT / "lms").glob(pattern.replace("**.py", "**/*.py"))
    }
    for path in sorted((ROOT / "lms").rglob("*.py")):
        if path not in ignored:
            yield path, ast.parse(path.read_text())


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def literals(node: ast.expr) -> Iterator[str]:
    """Strings of an expression that `N_` does not mark."""
    if isinstance(node, ast.Call):
        return
    if isinstance(node, ast.JoinedStr):
        yield ast.unparse(node)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    else:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from literals(child)


def assigned(tree: ast.Module, name: str) -> Iterator[ast.expr]:
    """What a module puts into a name, by itself or as one of several."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.NamedExpr):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named = {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
            if name in named:
                yield node.value


def test_every_sentence_of_an_error_or_a_reason_is_in_the_catalogue(
    words: ModuleType, gathered: Catalog
) -> None:
    known = {one for message in sentences(gathered) for one in forms(message.id)}
    seen, complaints = 0, []
    for path, tree in python_files(words):
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or name_of(call) not in ERRORS or not call.args:
                continue
            seen += 1
            said, where = call.args[0], f"{path.name}:{call.lineno}"
            if isinstance(said, ast.Constant):
                if said.value not in known:
                    complaints.append(f"{where}: {said.value}")
            elif isinstance(said, ast.Name):
                complaints += [
                    f"{where}: {text} is not marked N_()"
                    for value in assigned(tree, said.id)
                    for text in literals(value)
                    if " " in text
                ]
            elif not PASSED_ON.fullmatch(ast.unparse(said)) and not name_of_marked(said):
                complaints.append(f"{where}: {ast.unparse(said)} cannot be translated")
    assert complaints == []
    assert seen > 60


def name_of_marked(said: ast.expr) -> bool:
    return isinstance(said, ast.Call) and name_of(said) == "N_"


def test_no_translated_sentence_is_put_together_before_it_is_looked_up(words: ModuleType) -> None:
    for path, tree in python_files(words):
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and name_of(call) in (
                "_",
                "gettext",
                "lazy_gettext",
                "ngettext",
                "N_",
            ):
                assert not any(isinstance(one, ast.JoinedStr | ast.BinOp) for one in call.args), (
                    f"{path.name}:{call.lineno}"
                )


def test_every_name_of_the_framework_is_in_the_catalogue(gathered: Catalog) -> None:
    known = {message.id for message in sentences(gathered)}
    framework = shipped_framework()
    shown = [one["name"] for one in framework["competencies"]] + [one["name"] for one in framework["levels"]]
    shown += [text for one in framework["competencies"] for text in one["anchors"].values()]
    for track in framework["tracks"]:
        shown += [track["name"], track["why"]]
        for rung in track["rungs"]:
            shown += [rung["name"], *(one["text"] for one in rung["requirements"])]
    assert len(shown) > 250
    assert set(shown) - known == set()


class Visible(HTMLParser):
    """The text of a page that a person sees or hears, with the language of the part it stands in."""

    EMPTY = frozenset(("area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"))
    HEARD = ("aria-label", "title", "alt", "placeholder")

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, str]] = []
        self.found: list[tuple[str, str]] = []
        self.data_words: list[str] = []

    @property
    def language(self) -> str:
        return self.stack[-1][1] if self.stack else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or self.language
        if "data-words" in given:
            tag = "data-words"
        if tag not in self.EMPTY:
            self.stack.append((tag, language))
        self.found += [(language, value) for name, value in attrs if name in self.HEARD and value]

    def handle_endtag(self, tag: str) -> None:
        tag = "data-words" if tag == "script" and self.stack and self.stack[-1][0] == "data-words" else tag
        while tag in {opened for opened, _language in self.stack}:
            opened, _language = self.stack.pop()
            if opened == tag:
                return

    def handle_data(self, data: str) -> None:
        tag = self.stack[-1][0] if self.stack else ""
        if tag == "data-words":
            self.data_words.append(data)
        elif tag not in ("script", "style") and data.strip():
            self.found.append((self.language, data))


MINTED = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{12,64}\b|https?://\S+|\S+@\S+|\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}\b"
)


def outside_the_brackets(text: str) -> str:
    """What no catalogue gave: the text without everything between ⟦ and ⟧."""
    depth, left = 0, []
    for letter in text:
        depth += {"⟦": 1, "⟧": -1}.get(letter, 0)
        if depth == 0 and letter != "⟧":
            left.append(letter)
    return "".join(left)


def strangers(page: str, data: frozenset[str]) -> list[str]:
    """Words of a Spanish page that are neither translated, nor marked as another language, nor a person's own data."""
    reader = Visible()
    reader.feed(page)
    left = [
        word
        for language, text in reader.found
        if language == "es"
        for word in re.findall(r"[^\W\d_]{2,}", MINTED.sub("", outside_the_brackets(text)))
        if word not in data
    ]
    for words in reader.data_words:
        left += [text for text in json.loads(words).values() if not text.startswith("⟦")]
    return left


@pytest.fixture
def bracketed(app: Flask, words: ModuleType, gathered: Catalog, tmp_path: Path) -> Flask:
    """The application with a Spanish that puts every sentence between ⟦ and ⟧."""
    pseudo = Catalog(locale="es", charset="utf-8")
    for message in sentences(gathered):
        told = tuple(f"⟦{one}⟧" for one in forms(message.id))
        pseudo.add(message.id, told if isinstance(message.id, tuple | list) else told[0])
    folder = tmp_path / "pseudo" / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.mo").write_bytes(words.compiled(pseudo))
    app.extensions["babel"].translation_directories = [str(tmp_path / "pseudo")]
    return app


def reader(house: House, someone: Someone | None = None) -> FlaskClient:
    """A browser that reads Spanish."""
    client = house.client(someone)
    client.set_cookie("language", "es")
    return client


def own_words(world: World) -> frozenset[str]:
    """What is data on the pages of a built world: names, titles, months; and the Spanish that WTForms brings along."""
    forms_own = Translations.load(messages_path(), ["es"], domain="wtforms")
    brought = [forms_own.ugettext("Not a valid choice."), forms_own.ugettext("Not a valid date value.")]
    course = "Hello Hello, final Say hello The smallest whole course The only module"
    files = "people.csv employee_number name email team job_role roles started_on ended_on Admin agent Fresh Night"
    typed = "must take this"
    bank = " ".join(path.read_text() for path in sorted(SAMPLE_COURSE.rglob("*.yaml")))  # shown by the studio
    brought_in = "GIFT gift line single questions bank yaml"
    names = "Ours Firm Trainer Lead Team Agent Reader Person Ladder test disagrees was seen to greet example bz Do assessments"
    months = [
        *Locale("es").months["format"]["abbreviated"].values(),
        *Locale("es").months["format"]["wide"].values(),
    ]
    return OWN_NAMES | frozenset(
        re.findall(r"[^\W\d_]+", " ".join([course, files, typed, bank, brought_in, names, *months, *brought]))
    )


CONTENT = re.compile(r"course|question|assessment_version|lesson|media|alembic")
"""Tables of what authors wrote: the pages mark it with its own language."""


def typed_words(app: Flask) -> frozenset[str]:
    """Every word of every text that somebody typed into this world: names, titles, notes, reasons."""
    engine = open_engine(app.extensions["settings"])
    found: set[str] = set()
    with engine.connect() as connection:
        see_everything(connection)
        for table in Base.metadata.sorted_tables:
            if not CONTENT.match(table.name):
                for row in connection.execute(select(table)):
                    for value in row:
                        if isinstance(value, str | dict | list):
                            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                            found.update(re.findall(r"[^\W\d_]+", text))
    engine.dispose()
    return frozenset(found)


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
def test_a_page_in_spanish_says_nothing_that_was_not_translated(bracketed: Flask, house: House) -> None:
    world = build(house, "Ours")
    admin = house.person(
        world.firm_id,
        *(Role.AGENT, Role.TRAINER, Role.ASSESSOR, Role.MANAGER, Role.FIRM_ADMIN),
        name="Ours Reader",
    )
    data, read, complaints = own_words(world) | typed_words(bracketed), 0, []
    english = {"specimen.page"}  # for whoever builds pages
    english |= {
        "courses.preview",
        "courses.publish",
    }  # problems of a package, as `lms courses check` says them
    for rule, method in sorted(routes(bracketed), key=lambda one: one[1]):
        for someone in (None, world.someone, admin):
            if rule.endpoint in english:
                continue
            if (
                rule.endpoint
                in ("people.sign_out", "people.floor_lock", "people.switch_firm", "people.language")
                and method == "POST"
            ):
                continue  # these change the reader, and answer with a redirect
            # A thing that is not there looks the same to everybody; a page that names nothing is read once.
            for ids in (world.ids, {}) if rule.arguments and someone is admin else (world.ids,):
                reply = ask(reader(house, someone), method, address(rule, ids, str(uuid.uuid4())))
                if reply.mimetype == "application/json" and "error" in (reply.json or {}):
                    assert reply.json["error"].startswith("⟦"), f"{method} {rule}"
                if reply.mimetype != "text/html" or reply.status_code in (301, 302):
                    continue
                read += 1
                if found := strangers(reply.get_data(as_text=True), data):
                    complaints.append(f"{method} {rule}: {sorted(set(found))}")
    assert not complaints, "\n".join(sorted(set(complaints)))
    assert read > 100


def test_an_untranslated_word_on_a_page_would_be_found() -> None:
    page = '<html lang="es"><svg><path d="M0"/></svg><p>⟦Hello ⟦you⟧⟧ Ana</p><p title="Close">3 <b lang="en">left</b> over</p></html>'
    assert strangers(page, frozenset({"Ana"})) == ["Close", "over"]
    script = '<html lang="es"><script type="application/json" data-words>{"a": "⟦x⟧", "b": "Saved"}</script></html>'
    assert strangers(script, frozenset()) == ["Saved"]


def test_the_scripts_hold_no_sentence_of_their_own() -> None:
    for path in sorted((ROOT / "lms" / "static" / "js").glob("*.js")):
        code = re.sub(
            r"/\*.*?\*/|^\s*//.*$|(?<=\s)//\s.*$", "", path.read_text(), flags=re.DOTALL | re.MULTILINE
        )
        found = [
            text
            for text in re.findall(r'"((?:[^"\\\n]|\\.)*)"', code)
            if re.match(r"[A-Z][a-z]+ [a-z]", text)
        ]
        assert found == [], path.name


def test_the_compiled_file_is_read_as_it_was_written(words: ModuleType) -> None:
    told = Translations(io.BytesIO(words.COMPILED.read_bytes()))
    assert told.ugettext("Today") == "Hoy"
    assert told.ungettext("%(num)s question", "%(num)s questions", 2) == "%(num)s preguntas"
