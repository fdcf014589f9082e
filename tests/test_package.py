"""The names that users import, and that importing the package costs nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import harness


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
