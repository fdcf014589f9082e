"""A prompt by its path is there in any format, in its folder or in those of languages below, and in no other."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from harness.ask.over_ami import _PROMPT
from harness.site.making.machine import prompts_at

FILES = ("archive/hello.wav", "de/bye.gsm", "en_US_f_Allison/hi.wav", "top.wav")
THERE = {"hello": False, "bye": True, "hi": True, "top": True, "none": False}


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_an_instance_is_asked_for_them(sounds: Path) -> None:
    command = ("sh", "-c", _PROMPT, "sh", *(str(sounds / name) for name in THERE))
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert [Path(line).name for line in printed.splitlines()] == [name for name, there in THERE.items() if there]


@pytest.mark.parametrize("name", THERE)
def test_a_site_is_looked_through_for_them(sounds: Path, name: str) -> None:
    assert bool(prompts_at(sounds, name)) == THERE[name]
