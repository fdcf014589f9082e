"""docs/ci.md → what its recipes run: the shell steps of GitHub's, GitLab's and Jenkins' jobs, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

__all__ = ["Job", "Step", "read_recipes"]

_FENCED = re.compile(
    r"^## (?P<heading>[^\n]+)$|^```(?P<kind>yaml|groovy)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_SHELL_OF_JENKINS = re.compile(r"\bsh '([^']+)'")
_FILE_OF_JENKINS = re.compile(r"\bjunit '([^']+)'")
_PART = "matrix.part"
_PYTHON = "actions/setup-python"
_CACHES = ("actions/cache@", "actions/cache/restore@")
_UPLOAD = "actions/upload-artifact"


@dataclass(frozen=True, slots=True)
class Step:
    """A command for the shell. `condition` is GitHub's `if`, empty for: where all before went well."""

    command: str
    condition: str = ""
    may_fail: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """What one machine runs. `parts` are those of its matrix, `files` what has to be there in the end.

    `is_whole` says that it begins on a fresh machine; else it goes on where the job before it ended. `has_python`
    says that a Python of its own comes with it. `cache` is the path that an earlier run may have left.
    """

    system: str
    name: str
    steps: tuple[Step, ...]
    parts: tuple[int, ...] = ()
    files: tuple[str, ...] = ()
    is_whole: bool = True
    has_python: bool = False
    cache: str = ""


def read_recipes(page: Path) -> Iterator[Job]:
    """All jobs of the page, in its order."""
    heading = ""
    for found in _FENCED.finditer(page.read_text(encoding="utf-8")):
        heading = found["heading"] or heading
        if found["kind"] == "groovy":
            yield _of_jenkins(heading, found["text"])
        elif found["kind"]:
            yield from _of_yaml(heading, YAML(typ="safe").load(found["text"]))


def _of_yaml(heading: str, document: Any) -> Iterator[Job]:
    if isinstance(document, list):
        yield _of_github(heading, document, is_whole=False)
        return
    for name, job in document.get("jobs", {}).items():
        parts = job.get("strategy", {}).get("matrix", {}).get("part", ())
        yield _of_github(f"{heading}, {name}", job["steps"], parts=tuple(parts))
    for name, job in document.items():
        if isinstance(job, dict) and "script" in job:
            yield _of_gitlab(f"{heading}, {name}", job)


def _of_github(
    name: str, steps: list[dict[str, Any]], *, parts: tuple[int, ...] = (), is_whole: bool = True
) -> Job:
    used = {str(step.get("uses", "")): step.get("with", {}) for step in steps}
    caches = [with_["path"] for uses, with_ in used.items() if uses.startswith(_CACHES)]
    shown = tuple(
        Step(
            step["run"],
            str(step.get("if", "")),
            bool(step.get("continue-on-error")),
            {key: str(value) for key, value in step.get("env", {}).items()},
        )
        for step in steps
        if "run" in step
    )
    if not parts and any(_PART in step.command for step in shown):
        parts = (1, 2, 3)
    return Job(
        "GitHub",
        name,
        shown,
        parts,
        files=tuple(with_["path"] for uses, with_ in used.items() if uses.startswith(_UPLOAD)),
        is_whole=is_whole,
        has_python=any(uses.startswith(_PYTHON) for uses in used),
        cache="".join(caches),
    )


def _of_gitlab(name: str, job: Mapping[str, Any]) -> Job:
    after = (Step(command, "always()") for command in job.get("after_script", ()))
    return Job(
        "GitLab",
        name,
        (*map(Step, job["script"]), *after),
        files=(*job["artifacts"]["paths"], *job["artifacts"]["reports"].values()),
        has_python=str(job.get("image", "")).startswith("python:"),
    )


def _of_jenkins(name: str, text: str) -> Job:
    steps = tuple(map(Step, _SHELL_OF_JENKINS.findall(text)))
    return Job("Jenkins", name, steps, files=tuple(_FILE_OF_JENKINS.findall(text)))
