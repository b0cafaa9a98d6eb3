"""The house itself: the map is true, migrations match the models, the documents' commands exist."""

import ast
import re
from pathlib import Path

from flask import Flask

from lms.cli import main
from lms.foundation.db import Base, InFirm
from lms.migrating import drift

ROOT = Path(__file__).parents[2]


def test_the_map_names_what_is_there_and_nothing_else() -> None:
    named = set(re.findall(r"^((?:lms|tests)/[\w.]+/?)\s", (ROOT / "docs" / "map.md").read_text(), re.M))
    there = set()
    for room in ("lms", "tests"):
        for path in (ROOT / room).iterdir():
            if (
                path.name.startswith(("_", "."))
                or (room == "tests" and path.is_file())
                or path.name == "data"
            ):
                continue
            if path.is_dir() and not any(path.rglob("*.*")):
                continue  # git does not keep an empty folder
            there.add(f"{room}/{path.name}{'/' if path.is_dir() else ''}")
    assert there == named


def test_the_models_and_the_migrations_agree(app: Flask) -> None:
    assert drift(app.extensions["settings"].database) == []


def test_every_command_the_documents_name_exists_and_helps() -> None:
    text = "\n".join(path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    named = set(re.findall(r"\blms ([a-z]+(?:-[a-z]+)*)\b", text)) - {"courses"}
    assert named <= set(main.commands) | {"courses"}
    for name in main.commands:
        assert main.commands[name].help, name


def test_every_link_in_the_documents_leads_somewhere() -> None:
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)\)", path.read_text()):
            if "://" not in target:
                assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_nothing_names_a_path_of_a_machine_or_a_package_host() -> None:
    for path in [
        *ROOT.glob("*.lock"),
        *ROOT.glob("*.cfg"),
        *filter(Path.is_file, (ROOT / "script").iterdir()),
        *(ROOT / "lms").rglob("*.py"),
    ]:
        text = path.read_text()
        assert not re.search(r"/work/|/root/|--index-url|--extra-index|--find-links", text), path


def test_every_template_compiles(app: Flask) -> None:
    names = app.jinja_env.list_templates(extensions=["html"])
    assert len(names) > 60
    for name in names:
        app.jinja_env.get_template(name)


def test_a_row_behind_the_wall_is_never_fetched_by_its_key_alone() -> None:
    """`session.get` names no firm in its WHERE that a reader could see; a query does."""
    walled = {mapper.class_.__name__ for mapper in Base.registry.mappers if issubclass(mapper.class_, InFirm)}
    assert {"Employment", "EvidenceRow", "Attempt"} <= walled
    for path in (ROOT / "lms").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr in ("get", "get_one", "merge")
                and call.args
            ):
                first = ast.unparse(call.args[0]).split("(")[0].split(".")[-1]
                assert first not in walled, f"{path.relative_to(ROOT)}:{call.lineno}: {ast.unparse(call)}"
