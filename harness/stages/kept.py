"""What a run keeps beside its traces so that it can be judged again tomorrow, with new rules and no engine."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
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
    it. `today` is the date by which waivers are judged.
    """

    scenarios: tuple[KeptScenario, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    dialplans: Mapping[InstanceName, str] = field(default_factory=dict)
    folders: tuple[str, str] = ("old/", "candidate/")
    today: str = ""


def write_kept(folder: Path, kept: Kept) -> None:
    """Write `run.json`, or add to it what another worker of this run has written already.

    Raises LabError when the disk does not take it.
    """
    path = folder / _NAME
    try:
        with path.open("a+", encoding="utf-8", errors="surrogatepass") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            whole = _joined(file.read(), kept)
            file.truncate(0)
            file.write(json.dumps(asdict(whole), indent=1, default=dict))
    except OSError as problem:
        raise LabError(f"cannot keep {path}: {problem.strerror}") from problem


def read_kept(folder: Path) -> Kept:
    """What a run kept. Raises SiteError when the folder is not one of a run."""
    path = folder / _NAME
    try:
        return _parsed(path.read_text(encoding="utf-8", errors="surrogatepass"))
    except FileNotFoundError:
        raise SiteError(f"{folder} holds no run: give the folder that pytest had as --report") from None
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise SiteError(f"{path} was not written by this harness, or is damaged: {problem}") from problem


def _joined(text: str, kept: Kept) -> Kept:
    """Workers know the same site; each has its own scenarios and perhaps the dialplans."""
    try:
        other = _parsed(text)
    except (ValueError, KeyError, TypeError):  # nothing yet, or nothing of ours
        return kept
    scenarios = {scenario.id: scenario for scenario in (*other.scenarios, *kept.scenarios)}
    return replace(kept, scenarios=tuple(scenarios.values()), dialplans={**other.dialplans, **kept.dialplans})


def _parsed(text: str) -> Kept:
    """Raises ValueError, KeyError, TypeError when it is not what was written."""
    data: dict[str, Any] = json.loads(text)
    return Kept(
        scenarios=tuple(_scenario(entry) for entry in data["scenarios"]),
        waivers=tuple(Waiver(**{**entry, "source": Place(**entry["source"])}) for entry in data["waivers"]),
        severities={rule: Severity(value) for rule, value in data["severities"].items()},
        dialplans=data["dialplans"],
        folders=(data["folders"][0], data["folders"][1]),
        today=data["today"],
    )


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
