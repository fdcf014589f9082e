"""One running Asterisk of the lab: where it is, how to look into it, and how it is doing.

All methods block for some milliseconds; from a coroutine call them through `asyncio.to_thread`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from docker.errors import APIError, NotFound
from requests.exceptions import RequestException

from harness.asterisk.log import readable
from harness.errors import BootError, BusyError, CrashError, HangError, LabError, LostError
from harness.lab.engine.reach import DIRECT, Reach
from harness.lab.images.release import Release
from harness.lab.instance import archive
from harness.lab.instance.ami import answers_ping, is_fully_booted
from harness.lab.instance.follow import Follow
from harness.lab.instance.health import COUNTERS, end_of, oom_kills, peak, reached, state_trouble, unbounded
from harness.lab.instance.launch import GO
from harness.lab.instance.overlay import AMI_PORT, ARI_PORT, LOG_NAME
from harness.lab.instance.shell import Shell
from harness.lab.waiting import wait_until

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ["Instance"]

_ANSWER_SECONDS = 3.0
"""One time of asking takes no longer, so that a container's end is noticed soon."""
_ENDING_SECONDS = 2.0
_INSIDE_SECONDS = 10
_WHOLE = 10_000
"""Lines of a log of a start: more than there are."""
_AMI_OFF = re.compile(r"Manager \(AMI\):\s+No\b")
_REFUSED = re.compile(
    r"(?:ERROR|WARNING|NOTICE) (?:config\.c: .*(?:#include|manager)|manager\.c: Unable to open AMI )"
)
_PUT_CALL_FILE = """\
mkdir -p "$1/tmp" "$1/outgoing" && printf %s "$3" >"$1/tmp/$2" && mv "$1/tmp/$2" "$1/outgoing/$2"
"""


@dataclass(frozen=True, slots=True)
class Instance:
    """A container with Asterisk as its only process and the site (or the phones) loaded.

    `name` is old, again, candidate or phones; `address` its IP address in the lab, to which `reach` knows the way.
    `ari` says whether its ARI is there for the harness (user and secret as for AMI), `web_prefix` what stands
    before every path of its web server. `third_party` are the modules (without `.so`) that the site brought
    because the release has none of that name. `memory_mb` and `pids` are its limits, `oom_kills` is how many
    processes the machine had ended for want of memory when it began.
    """

    name: str
    address: str
    username: str
    secret: str = field(repr=False)
    release: Release
    container: Container = field(repr=False)
    ari: bool = False
    ami_port: int = AMI_PORT
    ari_port: int = ARI_PORT
    web_prefix: str = ""
    third_party: Mapping[str, str] = field(default_factory=dict, hash=False)
    memory_mb: int = 0
    pids: int = 0
    oom_kills: int = field(default_factory=oom_kills)
    reach: Reach = field(default=DIRECT, repr=False, hash=False, compare=False)

    def release_hold(self) -> None:
        """Let an Asterisk begin that was started `held`."""
        self.run("touch", GO)

    @property
    def ami(self) -> tuple[str, int]:
        """Where to connect for its manager interface: address and port. Raises LabError."""
        return self.reach.to(self.address, self.ami_port)

    @property
    def web(self) -> str:
        """Where its web server is, behind `http://`: address, port and the prefix that the site gives it."""
        address, port = self.reach.to(self.address, self.ari_port)
        return f"{address}:{port}{self.web_prefix}"

    @property
    def log_file(self) -> str:
        """Where Asterisk writes the log that the harness reads."""
        return f"{self.release.directory('astlogdir')}/{LOG_NAME}"

    @property
    def container_id(self) -> str:
        """The engine's id of the container."""
        return str(self.container.id)

    def is_running(self) -> bool:
        """Whether Asterisk's process is alive."""
        return bool(self._state().get("Running"))

    def check(self, *, within: float = 10.0) -> None:
        """Nothing if Asterisk is well, which answers a Ping within so many s. Else what became of it.

        Raises CrashError where it ended by itself, StarvedError at its memory limit, HangError where it answers
        nobody inside either, LostError where something was done to it, BusyError where it answers inside alone.
        """
        if self.is_running() and answers_ping(self, within=within):
            return
        who = f"Asterisk {self.release.version} ({self.name})"
        if self._has_ended():
            kind, words = self.end()
            raise self.with_log(kind(f"{who} {words}"))
        if trouble := self._trouble():
            raise LostError(f"{who} {trouble}")
        ping = f"a Ping within {within:g} s"
        if "uptime" in self._answer_inside("core show uptime"):
            raise BusyError(f"{who} did not answer {ping}, and does inside: its AMI is busy, or out of reach")
        raise self.with_log(HangError(f"{who} runs and answers nobody: neither {ping} nor `asterisk -rx` inside"))

    def wait_until_booted(self, *, within: float) -> float:
        """Seconds until Asterisk said FullyBooted. BootError, with its log, when it ends or takes too long."""

        def is_booted() -> bool:
            if is_fully_booted(self, within=min(within, _ANSWER_SECONDS)):
                return True
            if not self.is_running():
                kind, words = self.end()
                words = f"{words} while booting"
                if kind is LostError:
                    raise kind(f"{self.name}: it {words}")
                raise self._boot_error(words, by_itself=kind is CrashError)
            return False

        return wait_until(
            is_booted,
            "say fully booted",
            within=within,
            error=lambda words: self._boot_error(words + self._out_of_reach()),
        )

    def end(self) -> tuple[type[LabError], str]:
        """Why the process ended: the kind of error that it is, and words (`was ended by SIGSEGV`)."""
        return end_of(
            self._state(),
            memory_mb=self.memory_mb,
            was_sent=self._was_sent(),
            oom_kills=oom_kills() - self.oom_kills,
        )

    def memory_peak(self) -> int:
        """The most memory that it has used so far, in megabytes; 0 where the kernel does not say."""
        return peak(self._counters(), memory_mb=self.memory_mb)

    def limits_reached(self) -> tuple[str, ...]:
        """The limits that it came to by now, in words; nothing of one that has ended."""
        if not self.is_running():
            return ()
        told = reached(self._counters(), memory_mb=self.memory_mb, pids=self.pids)
        return tuple(f"{self.name}: it {words}" for words in told)

    def unbounded(self) -> tuple[str, ...]:
        """What it may take without a limit (`memory`, `processes`), as its engine has no control group for it."""
        return unbounded(self._counters(), memory_mb=self.memory_mb, pids=self.pids)

    def _counters(self) -> str:
        """What its control group says; or why nobody could ask it."""
        try:
            return self.run("sh", "-c", COUNTERS)
        except LabError as problem:
            return str(problem)

    def kill(self) -> None:
        """End it at once; it may have ended already."""
        with suppress(APIError, RequestException):
            self.container.kill()

    def log_tail(self, lines: int = 20) -> tuple[str, ...]:
        """The last lines of Asterisk's log and of what it wrote to its terminal, also after its end."""
        try:
            printed = self.container.logs(tail=lines).decode(errors="replace").splitlines()
            return tuple(printed + list(readable(self._log_end(lines))))[-lines:]
        except (APIError, LabError):
            return ()

    def with_log(self, error: LabError) -> LabError:
        """The same error, with the last lines of the log as a note."""
        if lines := self.log_tail():
            error.add_note("\n".join((f"The last lines of {self.name}'s log:", *(f"  {line}" for line in lines))))
        return error

    def read_file(self, path: str) -> bytes:
        """A file's content, also after Asterisk's end. FileNotFoundError where there is none."""
        try:
            return archive.read_file(self.container, path)
        except FileNotFoundError as problem:
            raise FileNotFoundError(f"{self.name}: no {path}") from problem

    def read_folder(self, path: str) -> dict[str, bytes]:
        """Content of the plain files below a folder, by path relative to it. Empty where there is none."""
        return archive.read_folder(self.container, path)

    def list_files(self, path: str) -> dict[str, int]:
        """Plain files below a folder, by their path relative to it, with their size in bytes; sorted."""
        with closing(self.shell()) as shell:
            return {name: state.size for name, state in sorted(shell.list_files(path).items())}

    def shell(self) -> Shell:
        """A shell in the container, as Asterisk's user, for who asks often; to be closed."""
        return Shell(self.container, name=self.name, environment=self.release.environment)

    def run(self, *argv: str) -> str:
        """What a program prints, run in the container as Asterisk's user. Its exit code is not looked at."""
        return self._exec(argv).decode(errors="replace")

    def start(self, *argv: str) -> None:
        """Start a program in the container as Asterisk's user; it ends with Asterisk."""
        self._exec(argv, detach=True)

    def put_call_file(self, name: str, text: str) -> None:
        """Hand a call file to Asterisk as it wants it: written elsewhere, then moved. LabError if that fails."""
        spool = self.release.directory("astspooldir")
        if printed := self.run("sh", "-c", _PUT_CALL_FILE, "sh", spool, name, text):
            raise LabError(f"{self.name}: the call file cannot be written: {printed.strip()}")

    def remove_call_file(self, name: str) -> None:
        """Take a call file back that Asterisk would try again; it need not be there any more."""
        self.run("rm", "-f", f"{self.release.directory('astspooldir')}/outgoing/{name}")

    def cli(self, command: str) -> str:
        """What a command of Asterisk's own command line prints."""
        return self.run(*self.release.command(command))

    def follow(self, path: str) -> Follow:
        """A file from its first byte on, and what is added, in pieces as they come, until Asterisk ends."""
        return Follow(self.container, path, environment=self.release.environment)

    def _boot_error(self, words: str, *, by_itself: bool = False) -> LabError:
        error = BootError(f"Asterisk {self.release.version} ({self.name}) {words}")
        error.instance, error.by_itself = self.name, by_itself
        error.log = self._log_end(_WHOLE) if by_itself else b""
        return self.with_log(error)

    def _out_of_reach(self) -> str:
        """Tells an Asterisk that is well and out of reach from one that is slow or stuck; empty for the latter."""
        try:
            uptime = self.cli("core show uptime")
        except LabError:
            return ""
        if "System uptime" not in uptime:
            return ""
        with suppress(LabError):
            if _AMI_OFF.search(self.cli("manager show settings")):
                return f", though it is up: its AMI is off{self._why_refused()}"
        return (
            f", though it is up: its AMI at {self.address}:{self.ami_port} does not answer "
            "(does a firewall of this machine keep the lab's networks away?)"
        )

    def _why_refused(self) -> str:
        """What of the log says why: the overlay turns AMI on, so Asterisk did not read manager.conf."""
        lines = [line for line in readable(self._log_end(_WHOLE)) if _REFUSED.match(line)]
        return f", as Asterisk refuses manager.conf ({'; '.join(lines[-2:])})" if lines else ""

    def _has_ended(self) -> bool:
        """Whether Asterisk has ended, or does within a moment: its connections end before the engine knows."""
        try:
            self.container.wait(timeout=_ENDING_SECONDS)
        except (RequestException, NotFound):
            return not self.is_running()
        return True

    def _exec(self, argv: tuple[str, ...], *, detach: bool = False) -> bytes:
        environment = dict(self.release.environment)
        try:
            answer = self.container.exec_run(list(argv), detach=detach, environment=environment)
        except APIError as problem:
            raise LabError(f"{self.name}: cannot run {argv[0]}: {problem.explanation}") from problem
        return cast("bytes", answer.output or b"")

    def _log_end(self, lines: int) -> bytes:
        if self.is_running():
            return self._exec(("tail", "-n", str(lines), self.log_file))
        try:
            return self.read_file(self.log_file)
        except FileNotFoundError:
            return b""

    def _trouble(self) -> str:
        """What was done from outside to a container that runs; empty for nothing."""
        state = self._state()
        networks = self.container.attrs["NetworkSettings"]["Networks"]
        process = "" if state.get("Paused") else self.run("cat", "/proc/1/status")
        return state_trouble(state, networks, process)

    def _was_sent(self) -> str:
        """The signal that the engine was told to pass on, as by `docker stop`; empty for none."""
        wanted = {"container": self.container_id, "event": "kill"}
        engine: Any = self.container.client  # the engine's client is untyped
        try:
            for event in engine.events(since=0, until=int(time.time()) + 1, filters=wanted, decode=True):
                return f"signal {event['Actor']['Attributes'].get('signal', '')}"
        except (APIError, RequestException, KeyError):
            return ""
        return ""

    def _answer_inside(self, command: str) -> str:
        """What Asterisk's own command line says; nothing from one that hangs."""
        with suppress(LabError):
            return self.run("timeout", str(_INSIDE_SECONDS), *self.release.command(command))
        return ""

    def _state(self) -> dict[str, Any]:  # the engine's JSON
        try:
            self.container.reload()
        except NotFound:
            return {}
        except (APIError, RequestException) as problem:
            raise LabError(f"{self.name}: the engine does not answer any more: {problem}") from problem
        return dict(self.container.attrs["State"])
