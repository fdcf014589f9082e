"""Traces on disk: JSON Lines, one file for each play of a scenario on an instance.

The first line is the head with the number of the format, each further line one observation with its `type`.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from harness.errors import LabError, SiteError, reason_of
from harness.model import INSTANCES, Ending, InstanceName, Seen, Trace

__all__ = ["FORMAT", "TraceFile", "TraceWriter", "read_trace", "trace_files", "write_trace"]

FORMAT = "trace/2"
_LONGEST = 180
# `/` becomes `__`, so that a `_` beside another one or beside `/` is no letter like others. Capitals are none, as
# there are disks that do not tell them from small ones.
_ESCAPED = re.compile(r"(?<=[_/])_|_(?=[_/])|[^a-z0-9._/-]")


@dataclass(frozen=True, slots=True)
class TraceFile:
    """A kept trace, known by its head: which play of which scenario it is, and how that ended."""

    scenario: str
    instance: InstanceName
    play: int
    path: Path
    ending: Ending = Ending.PLAYED
    problem: str = ""
    alone: bool = False


class _Format(msgspec.Struct, frozen=True):
    format: str = ""


class _Head(msgspec.Struct, frozen=True):
    """A trace without its observations."""

    scenario: str
    instance: InstanceName
    ending: Ending
    problem: str
    roles: tuple[tuple[str, str], ...]
    play: int
    began: float
    alone: bool
    seconds: float = 0.0


_Kind = TypeVar("_Kind")
_encoder = msgspec.json.Encoder()
_formats = msgspec.json.Decoder(_Format)
_heads = msgspec.json.Decoder(_Head)
_observations = msgspec.json.Decoder(Seen)


def write_trace(folder: Path, trace: Trace) -> Path:
    """Write a trace as `<scenario>.<instance>[.<play>].jsonl`; `/` in the scenario's id becomes `__`.

    Two ids never have the same name. Its owner alone can read it. Raises LabError when the disk does not take it;
    nothing is left then.
    """
    path = folder / _file_name(trace.scenario, trace.instance, trace.play)
    begun = path.with_suffix(".part")
    try:
        with open(begun, "wb", opener=_as_its_owners) as file:
            file.write(_lines(trace))
        begun.replace(path)
    except OSError as problem:
        with suppress(OSError):
            begun.unlink(missing_ok=True)
        raise LabError(f"cannot keep the trace {path}: {reason_of(problem)}") from problem
    return path


def _as_its_owners(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _lines(trace: Trace) -> bytes:
    head = {"format": FORMAT} | {name: getattr(trace, name) for name in _Head.__struct_fields__}
    lines: Iterable[object] = (head, *trace.observations)
    try:
        return _encoder.encode_lines(lines)
    except UnicodeEncodeError:  # what a Python scenario remembers may be a text that UTF-8 has no bytes for
        return _encoder.encode_lines(_plain(msgspec.to_builtins(line, builtin_types=(bytes,))) for line in lines)


def _plain(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


class TraceWriter(AbstractContextManager["TraceWriter"]):
    """Writes traces as they are given. What goes wrong is raised by `close` (or at the end of the block).

    So what is judged before the disk is full stays judged, and no trace is lost silently. A thread would not help:
    while others judge it is given its turn some milliseconds late, several times for each file, and what waits to
    be written is held in memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._problem: LabError | None = None

    def keep(self, *traces: Trace) -> None:
        """Write traces."""
        for trace in traces:
            try:
                write_trace(self._folder, trace)
            except LabError as problem:
                self._problem = self._problem or problem

    def close(self) -> None:
        """Raises LabError when the disk did not take all of them."""
        if self._problem is not None:
            raise self._problem

    def __exit__(self, *_: object) -> None:
        self.close()


def read_trace(path: Path) -> Trace:
    """Read a kept trace. Raises SiteError with file and line when it is none, or one of another format."""
    try:
        first, _, lines = path.read_bytes().partition(b"\n")
    except OSError as problem:
        raise SiteError(f"{path}: cannot be read: {reason_of(problem)}") from problem
    head = _head(path, first)
    try:
        observations = _observations.decode_lines(lines)
    except (msgspec.DecodeError, UnicodeDecodeError):  # which does not say in which line
        numbered = enumerate(lines.splitlines(), 2)
        observations = [_decode(_observations, line, path, number) for number, line in numbered]
    return Trace(observations=tuple(observations), **msgspec.structs.asdict(head))


def trace_files(folder: Path) -> Iterator[TraceFile]:
    """The kept traces of a folder, sorted by scenario, instance and play.

    Raises SiteError for one whose head cannot be read, or whose name is not that of its head's scenario.
    """
    found = [_trace_file(path) for path in folder.glob("*.jsonl")]
    yield from sorted(found, key=lambda file: (file.scenario, INSTANCES.index(file.instance), file.play))


def _trace_file(path: Path) -> TraceFile:
    with path.open("rb") as lines:
        head = _head(path, lines.readline())
    return TraceFile(head.scenario, head.instance, head.play, path, head.ending, head.problem, head.alone)


def _head(path: Path, line: bytes) -> _Head:
    found = _decode(_formats, line, path, 1).format
    if found != FORMAT:
        kind = (
            f"a trace of the format {found!r}" if found else "an older trace, of no format that it names, or none"
        )
        raise SiteError(
            f"{path}:1: {kind}; this harness reads {FORMAT!r}: play the scenario again to have it anew"
        )
    head = _decode(_heads, line, path, 1)
    if path.name != (name := _file_name(head.scenario, head.instance, head.play)):
        raise SiteError(
            f"{path}:1: the trace of {head.scenario!r} would be called {name}: it was renamed or copied"
        )
    return head


def _decode(decoder: msgspec.json.Decoder[_Kind], line: bytes, path: Path, number: int) -> _Kind:
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise SiteError(f"{path}:{number}: not a trace that the harness kept: {problem}") from problem


def _file_name(scenario: str, instance: InstanceName, play: int) -> str:
    name = _ESCAPED.sub(_escape, scenario).replace("/", "__")
    if len(name) > _LONGEST:  # a disk takes 255 bytes; `~` begins nothing that is escaped
        digest = hashlib.sha256(scenario.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        name = f"{name[: _LONGEST - 33]}~{digest}"
    return f"{name}.{instance}{f'.{play}' if play else ''}.jsonl"


def _escape(character: re.Match[str]) -> str:
    return "".join(f"%{byte:02x}" for byte in character[0].encode("utf-8", "surrogateescape"))
