"""One of the site's own programs beside an instance: whether it is ready, how it is doing, how it ended."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from docker.errors import APIError
from requests.exceptions import RequestException

from harness.errors import SiteError
from harness.lab.waiting import Overdue, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from docker.models.containers import Container

    from harness.lab.beside.tap import Tap
    from harness.model import AppSaid
    from harness.site import App

__all__ = ["Program", "has_to_start"]

_KEPT_LINES = 20_000
_KILLED = 137
_ENGINE_SECONDS = 30.0


class Program:
    """A container with one of the site's programs; a thread of its own hears what it prints and how it ends.

    `trouble` says in one line why it is of no use (`orders: ended with exit code 1`), empty while it is well.
    `lines` are what it printed, with the monotonic time, `filed` those that a scenario has taken for its own;
    `begun` is when it was started, `greeting` how AMI greeted it first. All may be read from any thread.
    """

    def __init__(
        self, app: App, instance: str, container: Container | None, port: int, *, trouble: str = ""
    ) -> None:
        self.app = app
        self.instance = instance
        self.trouble = trouble
        self.lines: deque[tuple[float, str]] = deque(maxlen=_KEPT_LINES)
        self.filed: set[tuple[float, str]] = set()
        self.ready_after: float | None = None
        self.exit_code: int | None = None
        self.ended_at = 0.0
        self.stop_words = ""
        self.greeting: AppSaid | None = None
        self._port = port
        self._container = container
        self._stopping = False
        self.begun = time.monotonic()
        self._printed_ready = threading.Event()
        self._has_ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name=f"app {app.name}", daemon=True)
        if container is None:
            self._has_ended.set()
        else:
            self._thread.start()

    @property
    def is_missing(self) -> bool:
        """Whether the engine could not start it at all."""
        return self._container is None

    @property
    def is_dead(self) -> bool:
        """Whether it is of no use, and did not just finish what it had to do."""
        return bool(self.trouble) and self.exit_code != 0

    def wait_until_ready(self, tap: Tap) -> None:
        """Return when it is ready, or `trouble` says why it is not. Raises LabError when the tap is gone.

        One that ends right after it was ready was ready: how soon it is looked at makes no difference.
        """
        ready = self.app.ready

        def is_ready_or_over() -> bool:
            over, passed = self._has_ended.is_set(), time.monotonic() - self.begun
            has_printed = not ready.text or self._printed_ready.is_set()
            if self._container and has_printed and (not self._port or tap.is_listening(self._port)):
                self.ready_after = passed
            return over or self.ready_after is not None

        try:
            wait_until(is_ready_or_over, "become ready", within=ready.seconds)
        except Overdue as problem:
            self.trouble = f"{problem}{self._last_line()}"

    def stop(self) -> None:
        """Tell it to end, and kill it when it does not. `stop_words` says how that went."""
        if self._container is None or self._has_ended.is_set():
            return
        self._stopping = True
        begun = time.monotonic()
        with suppress(APIError, RequestException):
            self._container.stop(timeout=max(1, round(self.app.stop_seconds)))
        self._has_ended.wait(_ENGINE_SECONDS)
        late = time.monotonic() - begun >= self.app.stop_seconds
        if self.exit_code == _KILLED and late:
            self.stop_words = f"did not end within {self.app.stop_seconds:g} s and was killed"
        else:
            self.stop_words = f"ended with exit code {self.exit_code}"

    def _follow(self) -> None:
        assert self._container is not None
        rest = b""
        try:
            for piece in self._container.logs(stream=True, follow=True):
                *whole, rest = (rest + piece).split(b"\n")
                for line in whole:
                    self._take_line(line)
            if rest:
                self._take_line(rest)
            self.exit_code = int(self._container.wait(timeout=_ENGINE_SECONDS)["StatusCode"])
        except (APIError, RequestException, OSError, ValueError):  # removed while it was followed
            pass
        self._end()

    def _take_line(self, line: bytes) -> None:
        text = line.decode("utf-8", "backslashreplace").rstrip("\r")
        self.lines.append((time.monotonic(), text))
        if self.app.ready.text and self.app.ready.text in text:
            self._printed_ready.set()

    def _end(self) -> None:
        self.ended_at = time.monotonic()
        if not self._stopping:
            code = "" if self.exit_code is None else f" with exit code {self.exit_code}"
            self.trouble = self.trouble or f"ended{code}{self._last_line()}"
        self._has_ended.set()

    def _last_line(self) -> str:
        last = next((text for _, text in reversed(self.lines) if text.strip()), "")
        return f" (its last line: {last[:200]})" if last else " (it printed nothing)"


def has_to_start(program: Program, file: Path) -> None:
    """SiteError, with the line of `file`, for one that the engine cannot start beside the old release.

    Beside the candidate that is something to find.
    """
    if program.is_missing and program.instance == "old":
        raise SiteError(f"{file}:{program.app.line}: the app {program.app.name} {program.trouble}")
