"""Asks an instance: its command line through its manager interface, its files through the engine.

The manager interface is asked all questions at once, on one connection: a program started in the container costs
ten milliseconds a question, and a site with hundreds of endpoints has hundreds of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

from harness.asterisk.ami import Splitter, packet_bytes, read_packet
from harness.lab.instance.instance import Instance
from harness.model import AmiPacket, Headers

__all__ = ["AmiAsk"]

_SECONDS = 30.0
_TIMES, _PAUSE = 200, 0.05
_PIECE = 1 << 16
_MARK = "\x1e"
_FILES = (
    'cd "$1" && find -L . -type f -size -512k | sort |'
    ' while read -r file; do printf "\\036%s\\n" "$file"; cat "$file"; done'
)
_PATHS = 'cd "$1" 2>/dev/null && find -L . -type f 2>/dev/null | sort; :'
_SUMS = 'cd "$1" && shift && for name; do test -f "$name" && sha256sum "$name"; done; :'
_EACH = 'for path; do {} && printf "%s\\n" "$path"; done; :'
_EXISTING = _EACH.format('test -e "$path"')
_RUNNABLE = _EACH.format('test -f "$path" && test -x "$path"')
# In the folder, or in those of languages below it, in any format.
_LANGUAGES = " ".join(f'"${{path%/*}}"/{folder}/"${{path##*/}}".*' for folder in ("[a-z][a-z]", "[a-z][a-z][_-]*"))
_PROMPT = _EACH.format(f'ls -d "$path".* {_LANGUAGES} 2>/dev/null | grep -q .')
# So many arguments at once stay far below what a kernel takes for one program.
_BATCH = 500


class AmiAsk:
    """Commands through AMI, files through the engine. OSError (also TimeoutError) when AMI does not answer."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    async def ready(self) -> None:
        """Wait for Asterisk's own commands: it registers them after it has said that it is fully booted."""
        for _ in range(_TIMES):
            if "No such command" not in (await self.cli(["core show settings"]))[0]:
                return
            await asyncio.sleep(_PAUSE)

    async def cli(self, commands: Sequence[str]) -> tuple[str, ...]:
        """What each command prints, in the order asked."""
        asked = [{"Action": "Command", "Command": command} for command in commands]
        answers = await self.actions(asked)
        return tuple(
            "".join(f"{value}\n" for name, value in a[0] if name == "Output") if a else "" for a in answers
        )

    async def actions(self, actions: Sequence[Mapping[str, str]]) -> tuple[tuple[Headers, ...], ...]:
        """What each action is answered: the response, then the events of its list."""
        async with asyncio.timeout(_SECONDS):
            manager = self._instance
            reader, writer = await asyncio.open_connection(*manager.ami)
            try:
                login = {"Username": manager.username, "Secret": manager.secret, "Events": "off"}
                writer.write(_action("login", {"Action": "Login", **login}))
                for number, fields in enumerate(actions):
                    writer.write(_action(str(number), fields))
                writer.write(_action("end", {"Action": "Ping"}))  # answered when all before it have been
                return await _answers(reader, len(actions))
            finally:
                writer.close()

    async def files(self, folder: str) -> Mapping[str, str]:
        """Text of the plain files below a folder by their path relative to it; empty where there is none."""
        text = await self._run("sh", "-c", _FILES, "sh", folder)
        return {name.removeprefix("./"): body for name, body in _parts(text)}

    async def names(self, folder: str) -> tuple[str, ...]:
        """Names in a folder; empty where there is none."""
        return tuple((await self._run("sh", "-c", 'ls "$1" 2>/dev/null', "sh", folder)).splitlines())

    async def paths(self, folder: str) -> tuple[str, ...]:
        """Paths of the plain files below a folder, relative to it, links followed; empty where there is none."""
        text = await self._run("sh", "-c", _PATHS, "sh", folder)
        return tuple(path.removeprefix("./") for path in text.splitlines())

    async def configuration_files(self) -> tuple[str, ...]:
        """Paths of the files in its configuration folder."""
        return await self.paths(self._instance.release.directory("astetcdir"))

    async def read(self, path: str) -> bytes:
        """A file's content. FileNotFoundError where there is none."""
        return await asyncio.to_thread(self._instance.read_file, path)

    async def read_log(self) -> bytes:
        """The log that the harness reads, from its start. FileNotFoundError where Asterisk writes none."""
        return await self.read(self._instance.log_file)

    async def existing(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths that are there."""
        return await self._those(_EXISTING, paths)

    async def runnable(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths that are files and may be run."""
        return await self._those(_RUNNABLE, paths)

    async def prompts(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths, without the ending of a format, at which there is a prompt."""
        return await self._those(_PROMPT, paths)

    async def _those(self, script: str, paths: Iterable[str]) -> frozenset[str]:
        wanted = sorted(set(paths))
        found: set[str] = set()
        for start in range(0, len(wanted), _BATCH):
            text = await self._run("sh", "-c", script, "sh", *wanted[start : start + _BATCH])
            found.update(text.splitlines())
        return frozenset(found)

    async def sums(self, folder: str, names: Iterable[str]) -> Mapping[str, str]:
        """SHA-256 of those of the files that are there, by name in the folder."""
        wanted = sorted(set(names))
        text = await self._run("sh", "-c", _SUMS, "sh", folder, *wanted) if wanted else ""
        pairs = (line.split(None, 1) for line in text.splitlines())
        return {name.lstrip("*"): content for content, name in pairs}

    async def _run(self, *argv: str) -> str:
        return await asyncio.to_thread(self._instance.run, *argv)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split(_MARK)[1:]:
        name, _, body = part.partition("\n")
        yield name, body


def _action(id_: str, fields: Mapping[str, str]) -> bytes:
    return packet_bytes(AmiPacket(0.0, (*fields.items(), ("ActionID", id_)))) + b"\r\n\r\n"


async def _answers(reader: asyncio.StreamReader, wanted: int) -> tuple[tuple[Headers, ...], ...]:
    answers: dict[str, list[Headers]] = {str(number): [] for number in range(wanted)}
    async for packet in _packets(reader):
        id_ = packet.get("ActionID")
        if id_ == "login" and packet.get("Response") != "Success":
            raise ConnectionRefusedError("the manager interface refuses the login")
        if id_ == "end":
            return tuple(map(tuple, answers.values()))
        if id_ in answers:
            answers[id_].append(packet.headers)
    raise ConnectionResetError("the manager interface hung up")


async def _packets(reader: asyncio.StreamReader) -> AsyncIterator[AmiPacket]:
    whole: list[bytes] = []
    splitter = Splitter(whole.append)
    while data := await reader.read(_PIECE):
        splitter.feed(data)
        for packet in whole:
            yield read_packet(packet)
        whole.clear()
