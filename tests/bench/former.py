"""Judging as it was at an earlier commit: the same observations, in its form, and its code."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from harness.model import (
    AgiLine,
    AmiPacket,
    AppLife,
    AppSaid,
    AriAnswer,
    AriEvent,
    AriRequest,
    Headers,
    Json,
    LogLine,
    Playback,
    Seen,
    State,
    Step,
    Trace,
)

__all__ = ["COMMIT", "former_code", "measure_former", "write_former"]

COMMIT = "b567466"
_ROOT = Path(__file__).parents[2]
_THERE = """
import json, sys, time
from itertools import groupby
from pathlib import Path
from harness.compare import Maps, Plays, judge
from harness.record import read_trace
read, began = 0, time.process_time()
for names in json.loads(Path(sys.argv[1], "scenarios.json").read_text()):
    traces = {}
    for name in names:
        trace = read_trace(Path(sys.argv[1], name))
        traces.setdefault(trace.instance, []).append(trace)
        read += len(trace.observations)
    judge(Plays(trace.scenario, traces), Maps())
print(json.dumps([read, time.process_time() - began]))
"""


@contextmanager
def former_code() -> Iterator[Path | None]:
    """The tree of that commit, None where it is not in the history."""
    with tempfile.TemporaryDirectory(prefix="asterisk-bench-") as folder:
        tree = Path(folder, COMMIT)
        if _git("worktree", "add", "--detach", str(tree), COMMIT):
            yield None
            return
        try:
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree))


def _git(*arguments: str) -> int:
    """Its exit code; 127 where there is no git."""
    try:
        return subprocess.run(("git", "-C", _ROOT, *arguments), capture_output=True, check=False).returncode
    except FileNotFoundError:
        return 127


def measure_former(tree: Path, folder: Path) -> tuple[int, float]:
    """Observations that were read and judged there in one process, and its seconds of processor time.

    The dialplans are not given: it did with them what is not asked here, and is the quicker for it.
    """
    command = [sys.executable, "-c", _THERE, str(folder)]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, cwd=tree, env={"PYTHONPATH": "."}
    )
    read, seconds = json.loads(done.stdout)
    return int(read), float(seconds)


def write_former(folder: Path, scenarios: list[list[Trace]]) -> None:
    """Traces, scenario by scenario, in the form of that commit."""
    names = []
    for number, traces in enumerate(scenarios):
        names.append([f"{number}.{n}.jsonl" for n in range(len(traces))])
        for name, trace in zip(names[-1], traces, strict=True):
            Path(folder, name).write_text("\n".join(_lines(trace)) + "\n", encoding="ascii")
    Path(folder, "scenarios.json").write_text(json.dumps(names))


def _lines(trace: Trace) -> Iterator[str]:
    yield json.dumps(
        {
            "scenario": trace.scenario,
            "instance": trace.instance,
            "ending": trace.ending.value if trace.ending.value in _ENDINGS else "unplayable",
            "problem": trace.problem,
            "roles": trace.roles,
            "play": trace.play,
            "began": trace.began,
        }
    )
    for seen in trace.observations:
        if (found := _form(seen)) is not None:
            via, headers = found
            raw = "".join(f"{name}: {_in_one_line(value)}\r\n" for name, value in headers)
            yield json.dumps({"at": seen.at, "via": via, "raw": raw})


_ENDINGS = frozenset({"played", "unmet", "overdue", "unplayable", "crashed"})


def _form(seen: Seen) -> tuple[str, Headers] | None:
    """Who saw it, and its headers; None for what had no form then (what was written into files)."""
    match seen:
        case AmiPacket(headers=headers):
            return "ami", headers
        case LogLine():
            call, line = seen.call_id, str(seen.line)
            where = (("File", seen.file), ("Function", seen.function), ("Line", line), ("CallID", call))
            return "log", (("Level", seen.level), *where, ("Message", seen.message))
        case Playback(headers=headers):
            return "log", (("Event", "Playback"), *headers)
        case AgiLine():
            return "agi", (("Agi", seen.who), ("Channel", seen.channel), ("Line", seen.line))
        case AriAnswer() | AriEvent():
            return "ari", (("Ari", "answer" if isinstance(seen, AriAnswer) else "event"), *_of_ari(seen))
        case AppSaid():
            return "app", _of_app(seen)
        case AppLife():
            return "app", (("App", seen.app), ("Interface", "process"), ("Kind", seen.kind), *seen.details)
        case Step():
            return "step", (("Step", seen.name), *seen.details)
        case State():
            return "state", (("Name", seen.name), *seen.details)
    return None


def _of_ari(seen: AriRequest | AriAnswer | AriEvent, *, asked: str = "Operation") -> Headers:
    match seen:
        case AriRequest():
            query = ((f"query.{name}", value) for name, value in seen.query)
            return (("Request", f"{seen.method} {seen.path}"), *query, *_body(seen.body))
        case AriAnswer():
            answer = ((asked, seen.to), ("Status", str(seen.status)))
            return (*answer, *((("Problem", seen.problem),) if seen.problem else ()), *_body(seen.body))
        case AriEvent():
            return (("Type", seen.kind), ("Application", seen.application), *_body(seen.body))


def _of_app(seen: AppSaid) -> Headers:
    said: Headers = seen.details
    if isinstance(seen.said, AmiPacket):
        said = seen.said.headers
    elif seen.said is not None:
        said = _of_ari(seen.said, asked="Request")
    return (("App", seen.app), ("Interface", seen.interface), ("Kind", seen.kind), *said)


def _body(body: Json) -> Headers:
    return () if body is None else (("Body", msgspec.json.encode(body).decode()),)


def _in_one_line(value: str) -> str:
    return value.replace("\r", "\\r").replace("\n", "\\n")
