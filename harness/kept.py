"""What a run keeps beside its traces so that it can be judged again tomorrow, with new rules and no engine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import LabError, SiteError
from harness.model import Ignore, InstanceName, Place, Severity, Tolerances, Waiver

__all__ = ["Kept", "KeptScenario", "read_kept", "write_kept"]

_NAME = "run.json"


@dataclass(frozen=True, slots=True)
class KeptScenario:
    """What judging needs to know of a scenario besides its traces."""

    id: str
    title: str
    where: Place
    tolerances: Tolerances
    suite: str = "dialplan"


@dataclass(frozen=True, slots=True)
class Kept:
    """A run without its traces.

    `dialplans` is what `dialplan show` printed on old and candidate; `folders` come before the file names in
    it. `today` is the date by which waivers are judged, `complete` whether everything the site has was played.
    """

    scenarios: tuple[KeptScenario, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    dialplans: Mapping[InstanceName, str] = field(default_factory=dict)
    folders: tuple[str, str] = ("old/", "candidate/")
    today: str = ""
    complete: bool = False


def write_kept(folder: Path, kept: Kept) -> None:
    """Write `run.json`. Raises LabError when the disk does not take it."""
    path = folder / _NAME
    try:
        path.write_text(json.dumps(asdict(kept), indent=1, default=dict), encoding="utf-8", errors="surrogatepass")
    except OSError as problem:
        raise LabError(f"cannot keep {path}: {problem.strerror}") from problem


def read_kept(folder: Path) -> Kept:
    """What a run kept. Raises SiteError when the folder is not one of a run."""
    path = folder / _NAME
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8", errors="surrogatepass"))
        return Kept(
            scenarios=tuple(_scenario(entry) for entry in data["scenarios"]),
            waivers=tuple(Waiver(**{**entry, "source": Place(**entry["source"])}) for entry in data["waivers"]),
            severities={rule: Severity(value) for rule, value in data["severities"].items()},
            dialplans=data["dialplans"],
            folders=(data["folders"][0], data["folders"][1]),
            today=data["today"],
            complete=data["complete"],
        )
    except FileNotFoundError:
        raise SiteError(f"{folder} holds no run: give the folder that pytest had as --report") from None
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise SiteError(f"{path} was not written by this harness, or is damaged: {problem}") from problem


def _scenario(entry: Mapping[str, Any]) -> KeptScenario:
    tolerances = entry["tolerances"]
    ignore: Sequence[Mapping[str, str]] = tolerances["ignore"]
    return KeptScenario(
        entry["id"],
        entry["title"],
        Place(**entry["where"]),
        Tolerances(tolerances["seconds"], tuple(Ignore(**one) for one in ignore)),
        entry["suite"],
    )
