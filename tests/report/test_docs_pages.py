"""The pages: every message that they explain is one that there is, and every page is in the table of contents."""

from __future__ import annotations

import ast
import re
import shlex
from functools import cache
from pathlib import Path

import pytest

from harness.cli import parser
from harness.cli.printing import _SUMMARY
from harness.lab.images.build import _PROXIES
from harness.model import Outcome, Severity, Verdict

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CELLS = re.findall(r"^\| ([^|]*`[^|]+) \|", (DOCS / "troubleshooting.md").read_text("utf-8"), re.MULTILINE)
COMMANDS = [
    (page.name, command)
    for page in sorted(DOCS.glob("*.md"))
    for command in re.findall(r"^    (?:\.\./\.venv/bin/)?harness (.+)$", page.read_text("utf-8"), re.MULTILINE)
]
OTHER_PROGRAMS = (ROOT / ".ci" / "venv.sh").read_text("utf-8")


@cache
def said() -> str:
    """All texts in the harness's code; what is put into them is not."""
    trees = (ast.parse(path.read_text("utf-8")) for path in sorted((ROOT / "harness").rglob("*.py")))
    constants = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return "\0".join(value for value in constants if isinstance(value, str)).replace("`", "") + OTHER_PROGRAMS


@pytest.mark.parametrize("cell", CELLS)
def test_a_message_that_is_explained_is_one_that_there_is(cell: str) -> None:
    """What stands in backticks, but for the dots where something is put in."""
    quoted = [piece.strip(" .:;") for text in re.findall("`([^`]+)`", cell) for piece in text.split("…")]
    assert max(len(piece) for piece in quoted) > 8
    assert [piece for piece in quoted if piece not in said()] == []


def test_there_are_messages() -> None:
    assert len(CELLS) > 20


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_a_command_of_a_page_is_one(page: str, command: str) -> None:
    arguments = shlex.split(command.partition(" > ")[0].replace("[", "").replace("]", ""), comments=True)
    assert parser().parse_args(arguments).command, page


def test_there_are_commands() -> None:
    assert len(COMMANDS) > 10


def test_every_variable_that_the_code_reads_is_told() -> None:
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "harness").rglob("*.py"))
    read = set(re.findall(r"""environ(?:\.get\(|\[)["'](\w+)|["'](\w+)["'] (?:not )?in os\.environ""", code))
    names = {name for pair in read for name in pair if name} | set(_PROXIES) | {_SUMMARY}
    told = set(re.findall(r"`(\w+)`", (DOCS / "machine.md").read_text("utf-8")))
    assert {"DOCKER_HOST", "XDG_CACHE_HOME", "NO_COLOR"} <= names <= told


def test_every_page_is_in_the_table_of_contents_once() -> None:
    told = re.findall(r"^([a-z-]+)$", (DOCS / "index.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(told) == sorted(page.stem for page in DOCS.glob("*.md") if page.stem != "index")


def test_the_glossary_is_sorted_and_has_every_verdict_outcome_and_severity() -> None:
    text = (DOCS / "glossary.md").read_text("utf-8")
    words = re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)[2:]
    assert words == sorted(words, key=str.lower)
    for each in (*Verdict, *Outcome, *Severity):
        assert each.value.replace("-", " ") in text.lower()
