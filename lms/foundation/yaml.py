"""YAML as our files use it: plain values, no duplicate keys, no aliases; errors know their line."""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import yaml

from lms.foundation.words import N_

LONGEST = 2 * 1024 * 1024


class BadYaml(ValueError):
    """A text that is not YAML as we take it: the line, and a sentence with the remedy."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"line {line}: {sentence}")
        self.line, self.sentence = line, sentence


class _Strict(yaml.composer.Composer, yaml.constructor.SafeConstructor):
    """What we ask of a text beyond YAML."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases: a few of them make a bomb, and nobody writing a course needs one."""
        events: Any = self  # the parser that a loader puts beside this
        if events.check_event(yaml.events.AliasEvent):
            event = events.peek_event()
            raise BadYaml(
                event.start_mark.line + 1,
                N_("Write the value again in full: “*” references are not taken."),
            )
        return super().compose_node(parent, index)

    def construct_scalar(self, node: Any) -> Any:
        """Refuse what no database keeps inside a text."""
        value = super().construct_scalar(node)
        if re.search(r"[\x00\ud800-\udfff]", str(value)):
            raise BadYaml(
                node.start_mark.line + 1, N_("There is a character here that cannot be kept. Take it out.")
            )
        return value

    def construct_number(self, node: Any) -> float:
        """Refuse numbers that are none: they cannot be written as JSON."""
        value = self.construct_yaml_float(node)
        if not math.isfinite(value):
            raise BadYaml(node.start_mark.line + 1, N_("Write a number of a usual size."))
        return value

    def refuse(self, node: Any) -> Any:
        """Refuse a tagged value: what is not JSON is not ours."""
        raise BadYaml(
            node.start_mark.line + 1,
            N_("Write the value plainly, without %(split)s.", split=node.tag.split(":")[-1]),
        )

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Refuse a key written twice: the first would be lost without a word."""
        seen = set()
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise BadYaml(key.start_mark.line + 1, N_("A name is a word, not a list."))
            if key.value in seen:
                raise BadYaml(
                    key.start_mark.line + 1, N_("“%(value)s” is written twice. Keep one.", value=key.value)
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Strict.yaml_constructors = yaml.constructor.SafeConstructor.yaml_constructors | {
    "tag:yaml.org,2002:float": _Strict.construct_number,
    **{f"tag:yaml.org,2002:{tag}": _Strict.refuse for tag in ("binary", "timestamp", "omap", "pairs", "set")},
}


class _Loader(_Strict, yaml.SafeLoader):
    """The safe loader, stricter."""


# A date or a time in a course is a text like any other.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _quickly() -> type[Any] | None:
    """The same loader over libyaml's parser, four times as quick, where PyYAML came with it."""
    if not yaml.__with_libyaml__:
        return None

    parser: Any = yaml.cyaml.CParser  # type: ignore[attr-defined]

    class Quick(_Strict, parser, yaml.resolver.Resolver):
        def __init__(self, stream: str) -> None:
            parser.__init__(self, stream)
            yaml.composer.Composer.__init__(self)
            yaml.constructor.SafeConstructor.__init__(self)
            yaml.resolver.Resolver.__init__(self)
            self.inside = 0

        yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers

        def compose_node(self, parent: Any, index: Any) -> Any:
            """Leave a question mark in braces or brackets to the other one: it takes none there without quotes."""
            event = self.peek_event()
            if self.inside and "?" in getattr(event, "value", "") and not event.style:
                raise yaml.YAMLError
            within = bool(getattr(event, "flow_style", False))
            self.inside += within
            node = super().compose_node(parent, index)
            self.inside -= within
            return node

    return Quick


_QUICK = _quickly()
_ALIKE = re.compile(r"[\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
"""Texts that both parsers read alike: no tab, no other end of a line, no mark of an encoding."""


def read_yaml(text: str) -> Any:
    """The value of a YAML text. Raises BadYaml."""
    if len(text) > LONGEST:
        raise BadYaml(1, N_("The file is too long. Split it into several."))
    if _QUICK is not None and _ALIKE.fullmatch(text):
        try:
            return yaml.load(text, Loader=_QUICK)  # noqa: S506  (a safe loader, made stricter)
        except (BadYaml, yaml.YAMLError, RecursionError, ValueError):
            pass  # the other one says it in the words that we explain
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  (a safe loader, made stricter)
    except BadYaml:  # ours, with its line
        raise
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadYaml(line, f"This is not YAML: {error.problem}. {_remedy(str(error.problem))}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise BadYaml(1, N_("This is not YAML: %(error)s.", error=error)) from None


def _remedy(problem: str) -> str:
    if "'\\t'" in problem:
        return N_("Indent with spaces, not with a tab.")
    if "block end" in problem or "block mapping" in problem or "block collection" in problem:
        return N_(
            "Look at the spaces before this line and the one above: what belongs together starts in one column."
        )
    return N_("Put quotes round text with a colon or a brace in it.")


@lru_cache(maxsize=8)
def nodes_of(text: str) -> Any:
    """The nodes of a text; kept, because one file may have a thousand problems."""
    return yaml.compose(text, Loader=_Loader)


def line_of(text: str, path: str | Sequence[str]) -> int:
    """The line of a dotted path such as `0.options.2.why`; of its nearest ancestor when it is not there."""
    node = nodes_of(text)
    line = 1
    for step in path.split(".") if isinstance(path, str) else path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == step), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif (
            isinstance(node, yaml.SequenceNode)
            and step.isascii()
            and step.isdigit()
            and int(step) < len(node.value)
        ):
            node = node.value[int(step)]
            line = node.start_mark.line + 1
        else:
            return line
    return line


class _Dumper(yaml.SafeDumper):
    """The safe writer: texts of several lines as blocks, so that a person can read and compare them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  (their name)
        """Lists are indented under their name, as our own files have them."""
        super().increase_indent(flow, indentless=False)


def _write_text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    # A block cannot hold a line that ends in a space or a sign that cannot be seen; such a text goes in quotes.
    block = "\n" in value and not re.search(r"[ \t]\n|[^\S\n ]|[\x00-\x08\x0b-\x1f\x7f-\x9f]|^\s", value)
    # What YAML takes for the end of a line must be written by its name, or it is read back as a space.
    named = bool(re.search("[\x85\u2028\u2029]", value))
    style = '"' if named else "|" if block else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _write_text)


def write_yaml(value: Any) -> str:
    """A plain value as YAML that `read_yaml` reads back as the same value; names keep their order."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text
