"""The commands of the recipes for CI are commands that there are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from harness.cli import parser

PAGE = Path(__file__).parents[2] / "docs" / "ci.md"
COMMANDS = re.findall(r"(?:run: |    - |/bin/)(harness [^\n']+)", PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_a_recipe_is_one(command: str) -> None:
    command = re.sub(r"\$\{\{[^}]*\}\}", "1", command).partition(" > ")[0]
    _, *arguments = shlex.split(command)
    assert parser().parse_args(arguments).command


def test_there_are_recipes() -> None:
    assert len(COMMANDS) >= 9
