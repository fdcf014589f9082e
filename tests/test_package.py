"""The names that users import, and that importing the package costs nothing."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import harness

ROOT = Path(__file__).parents[1]


def pins(name: str) -> set[str]:
    """What a lock file pins, `package==version`."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {line.split()[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}


@pytest.mark.parametrize("name", ["requirements-run.lock", "requirements-mutants.lock"])
def test_all_lock_files_pin_the_same(name: str) -> None:
    whole = dict(pin.split("==") for pin in pins("requirements.lock"))
    other = dict(pin.split("==") for pin in pins(name))
    both = whole.keys() & other.keys()
    assert both
    assert {package: whole[package] for package in both} == {package: other[package] for package in both}


def test_the_image_of_the_harness_installs_all_that_it_needs() -> None:
    """Without what only its developers need."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    locked = {pin.split("==")[0] for pin in pins("requirements-run.lock")}
    assert {re.split(r"[\[>]", one)[0].replace(".", "-") for one in wanted} | {
        "hatchling",
        "cryptography",
    } <= locked
    assert not locked & {"mypy", "playwright", "ruff"}
    copied = re.findall(r"^COPY (\S+)", (ROOT / "containers/harness/Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert copied == ["requirements-run.lock", "."]
    assert "!requirements-run.lock" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def test_the_public_names_are_these() -> None:
    assert sorted(harness.__all__) == harness.__all__
    assert harness.__all__ == [
        "Asterisk", "ExpectationFailed", "Finding", "HarnessError", "Outcome", "Report", "ScenarioResult",
        "Settings", "Severity", "Verdict", "collect", "rejudge", "run",
    ]  # fmt: skip


@pytest.mark.parametrize("name", harness.__all__)
def test_each_is_there(name: str) -> None:
    thing = getattr(harness, name)
    assert thing.__name__ == name
    assert thing.__doc__


def test_no_other_name_is() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Asterix'"):
        _ = harness.Asterix  # type: ignore[attr-defined] # that is the point


def test_importing_it_loads_nothing_heavy() -> None:
    code = "import harness, sys; print([m for m in sys.modules if m.startswith(('harness.', 'docker', 'pytest'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
