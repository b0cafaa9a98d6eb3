"""`docs/operating.md` promises nothing that is not there: settings, commands, files; and what deploy/ starts is what it says."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from lms.cli import main
from lms.settings import Settings

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs/operating.md").read_text()
SETTINGS = (ROOT / "lms/settings.py").read_text()


def code(text: str) -> Iterator[str]:
    """What stands as code in a text of ours, inline or in a block."""
    for block in re.findall(r"```sh\n(.*?)```", text, re.S):
        yield from (line.strip() for line in block.splitlines())
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))


def commands() -> set[tuple[str, ...]]:
    """Each `lms …` of the manual, `a|b` as two."""
    found = set()
    for line in code(MANUAL):
        words = shlex.split(line, comments=True) if line.startswith("lms ") else []
        for number, word in enumerate(words):
            if "|" in word:
                found |= {(*words[1:number], one, *words[number + 1 :]) for one in word.split("|")}
                break
        else:
            if words:
                found.add(tuple(words[1:]))
    return found


@pytest.mark.parametrize("words", sorted(commands()), ids=" ".join)
def test_each_command_of_the_manual_is_one_of_ours_with_options_it_takes(words: tuple[str, ...]) -> None:
    command: click.Command = main
    rest = list(words)
    while rest and isinstance(command, click.Group):
        found = command.commands.get(rest.pop(0))
        assert found is not None, words
        command = found
    taken = {name for one in command.params for name in one.opts}
    for word in rest:
        if word.startswith("--"):
            assert word in taken, f"{words}: {sorted(taken)}"


def test_each_setting_is_read_and_each_that_is_read_is_in_the_table() -> None:
    table = set(re.findall(r"`(LADDER_\w+)`", MANUAL.split("## Commands")[0]))
    read = set(re.findall(r'"(LADDER_[A-Z_]+)"', SETTINGS))
    assert table == read


def test_the_container_is_nobodys_root_and_writes_only_its_data() -> None:
    lines = (ROOT / "deploy/Containerfile").read_text().splitlines()
    last = {line.split()[0]: line for line in lines if line and not line.startswith("#")}
    assert last["USER"] == "USER ladder"
    assert last["VOLUME"] == "VOLUME /data"
    assert "/health/ready" in last["HEALTHCHECK"]
    for copied in (line.split()[1:-1] for line in lines if line.startswith("COPY") and "--from" not in line):
        for name in copied:
            assert (ROOT / name).exists(), name
    composed = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())
    assert composed["services"]["web"]["read_only"] is True
    names = set(composed["services"]["web"]["environment"]) - {"LADDER_WORKERS"}
    assert names <= set(re.findall(r'"(LADDER_[A-Z_]+)"', SETTINGS))
    for service in composed["services"].values():
        for volume in service.get("volumes", ()):
            assert volume.split(":")[0] in composed["volumes"]


def test_what_the_container_starts_migrates_and_serves(settings: Settings) -> None:
    start = next(
        line for line in (ROOT / "deploy/Containerfile").read_text().splitlines() if line.startswith("CMD")
    )
    words = yaml.safe_load(start.removeprefix("CMD "))
    assert words[:2] == ["sh", "-c"]
    for part in words[2].split("&&"):
        own = shlex.split(re.sub(r"\$\{\w+:-(\d+)\}", r"\1", part.removeprefix(" exec ")))
        assert own[0] == "lms"
        command = main.commands[own[1]]
        command.make_parser(click.Context(command)).parse_args(own[2:])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not on this machine")
def test_the_unit_is_one_that_systemd_understands(tmp_path: Path) -> None:
    unit = tmp_path / "ladder.service"
    text = (ROOT / "deploy/ladder.service").read_text()
    unit.write_text(
        re.sub(r"/opt/ladder/\.venv/bin/lms", "/bin/true", text).replace("User=ladder", "User=root")
    )
    told = subprocess.run(
        ["systemd-analyze", "verify", str(unit)],
        env=os.environ | {"SYSTEMD_LOG_LEVEL": "warning"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ladder.service" not in told.stderr, told.stderr
