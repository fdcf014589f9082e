"""The tap beside an instance: what the site's programs and Asterisk say to each other goes through it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.errors import LabError
from harness.lab.instance.follow import Follow
from harness.lab.instance.launch import with_printed
from harness.lab.instance.overlay import AMI_PORT, ARI_PORT
from harness.lab.waiting import wait_until

if TYPE_CHECKING:
    from docker.models.containers import Container

    from harness.site import App

__all__ = ["TAP_PORT", "Tap", "ports_of", "tap_arguments", "with_ports"]

TAP_PORT = 21999
_RECORD = "/tmp/record.jsonl"
_FIRST_PORT = 21000
_EACH = 10
_PLACEHOLDERS = ("ami_port", "ari_port", "fastagi_port")
_ANSWER_SECONDS = 10.0
_BEGIN_SECONDS = 20.0


def ports_of(apps: Iterable[App]) -> dict[str, Mapping[str, int]]:
    """By app, the ports that its placeholders stand for: each app has its own, so that the tap knows who talks."""
    return {
        app.name: {name: _FIRST_PORT + _EACH * number + place for place, name in enumerate(_PLACEHOLDERS)}
        for number, app in enumerate(apps)
    }


def with_ports(text: str, ports: Mapping[str, int]) -> str:
    """A text of site.toml with its placeholders filled in; other braces are the program's own."""
    for name, port in ports.items():
        text = text.replace(f"{{{name}}}", str(port))
    return text


def tap_arguments(apps: Iterable[App], ports: Mapping[str, Mapping[str, int]]) -> tuple[str, ...]:
    """What the tap's program is given: where it listens and where to it leads, for each app and interface."""
    ways: list[str] = []
    for app in apps:
        mine = ports[app.name]
        leads = {
            "ami": (mine["ami_port"], AMI_PORT),
            "ari": (mine["ari_port"], ARI_PORT),
            "fastagi": (app.fastagi_port, mine["fastagi_port"]),
        }
        ways += [f"{near}:{far}:{app.name}:{name}" for name, (near, far) in leads.items() if name in app.uses]
    return (_RECORD, str(TAP_PORT), *ways)


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap that runs. Its methods block for some milliseconds.

    `reach` says where to connect for a port beside the instance.
    """

    instance: str
    reach: Callable[[int], tuple[str, int]]
    container: Container = field(repr=False)

    def follow(self) -> Follow:
        """What it has written down, from the beginning, and what it goes on to write."""
        return Follow(self.container, _RECORD)

    def wait_until_listening(self) -> None:
        """Return when it takes connections. LabError, with what it printed, when it does not come to that."""
        wait_until(self._takes_connections, "listen", within=_BEGIN_SECONDS, every=0.03, error=self._failure)

    def _takes_connections(self) -> bool:
        try:
            self.is_listening(TAP_PORT)
        except LabError:
            self.container.reload()
            if self.container.status not in ("created", "running"):
                raise
            return False
        return True

    def mark(self, text: str) -> None:
        """Have a mark written after all that has passed until now. LabError when the tap does not answer."""
        self._ask(f"mark {text}")

    def is_listening(self, port: int) -> bool:
        """Whether something beside the instance listens on a port. LabError when the tap does not answer."""
        return self._ask(f"listening {port}") == "yes"

    def _ask(self, line: str) -> str:
        try:
            with socket.create_connection(self.reach(TAP_PORT), timeout=_ANSWER_SECONDS) as connection:
                connection.sendall(f"{line}\n".encode())
                answer = connection.makefile("rb").readline().decode().strip()
        except OSError as problem:
            raise self._failure(str(problem)) from problem
        if not answer:
            raise self._failure("it closed the connection")
        return answer

    def _failure(self, words: str) -> LabError:
        error = LabError(f"{self.instance}: the tap does not answer ({words}); that says nothing of Asterisk")
        return with_printed(error, self.container, "tap")
