"""Which limits an engine says that it cannot set."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.lab.engine.limits import limits_lacking


def engine(info: dict[str, object], *, podman: list[str] | None = None) -> Any:
    """One that says so of itself; Podman with the control groups that it has."""
    components = [{"Name": "Engine" if podman is None else "Podman Engine"}]
    answer = SimpleNamespace(json=lambda: {"host": {"cgroupControllers": podman}})
    api = SimpleNamespace(base_url="http+docker://localhost", get=lambda _: answer)
    return SimpleNamespace(
        client=SimpleNamespace(api=api, info=lambda: info, version=lambda: {"Components": components})
    )


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        (engine({"MemoryLimit": True, "PidsLimit": True}), ()),
        (engine({"MemoryLimit": False, "PidsLimit": False}), ("memory", "processes")),
        (engine({"MemoryLimit": True, "PidsLimit": False}), ("processes",)),
        (engine({"MemoryLimit": True, "PidsLimit": True}, podman=["cpu", "memory", "pids"]), ()),
        (engine({"MemoryLimit": True, "PidsLimit": True}, podman=[]), ("memory", "processes")),
    ],
)
def test_what_a_rootless_engine_was_not_handed_is_named(said: object, lacking: tuple[str, ...]) -> None:
    assert limits_lacking(cast(Any, said)) == lacking
