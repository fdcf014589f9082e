"""A site with three phones and a trunk, whose scenario files are texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from scenario_sites import site_of

from harness.errors import SiteError
from harness.play.scenario import Scenario
from harness.play.sources.loader import load_scenarios

Load = Callable[..., Mapping[str, Scenario]]
Complaints = Callable[..., list[str]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """`load("scenarios: ...", **{"test_x.py": "..."})` → scenarios by id; the first text is `a.yaml`."""

    def make(text: str | bytes = "", **files: str) -> Mapping[str, Scenario]:
        if text:
            (tmp_path / "a.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
        for name, content in files.items():
            (tmp_path / name).write_text(content)
        return {scenario.id: scenario for scenario in load_scenarios(site_of(tmp_path))}

    return make


@pytest.fixture
def complaints(load: Load) -> Complaints:
    """The lines of the SiteError that loading raises."""

    def make(text: str | bytes = "", **files: str) -> list[str]:
        with pytest.raises(SiteError) as caught:
            load(text, **files)
        return str(caught.value).split("\n")

    return make
