"""The container engine: the one that answers, or none. Never started, stopped or changed here (see `install`)."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from docker.errors import DockerException
from requests.exceptions import RequestException
from testcontainers.core.docker_client import DockerClient, get_docker_host

from harness.errors import EngineError
from harness.lab.engine.tunnel import socket_of

__all__ = ["answering", "connect", "connected", "describe", "engine_place"]

_ASK_SECONDS = 10
_WORK_SECONDS = 900
"""An answer may take long while a build or a pull is silent; that the engine is there is asked with less."""


def connect() -> DockerClient:
    """A client of the engine that answers: DOCKER_HOST, testcontainers' own settings, or the local socket.

    Raises EngineError, saying what to do, when none answers.
    """
    host = os.environ.get("DOCKER_HOST") or get_docker_host() or ""  # of the first it leaves out a path
    if host.startswith("ssh://"):
        os.environ["DOCKER_HOST"] = socket_of(host)  # for those as well that this process starts
    if words := forbidden():
        raise EngineError(words)
    try:
        _need_socket(os.environ.get("DOCKER_HOST", ""))
        with closing(DockerClient(timeout=_ASK_SECONDS).client) as probe:
            probe.ping()
        return DockerClient(timeout=_WORK_SECONDS)
    except (DockerException, RequestException, OSError) as problem:
        error = EngineError(
            f"No container engine answers at {engine_place()}.\n"
            "  As root on Debian or Ubuntu, `make setup` installs and starts one (Debian's docker.io).\n"
            "  Elsewhere install Docker (https://docs.docker.com/engine/install/) and start it, or let\n"
            "  DOCKER_HOST name one (unix://, ssh://, tcp://); your user has to be allowed to use it."
        )
        error.add_note(f"{type(problem).__name__}: {problem}")
        raise error from problem


@contextmanager
def connected() -> Iterator[DockerClient]:
    """The client of `connect` for the length of a block."""
    client = connect()
    with closing(client.client):
        yield client


def answering() -> DockerClient | None:
    """A client of the engine that answers, None where none does."""
    try:
        return connect()
    except EngineError:
        return None


def forbidden() -> str:
    """What to do where the engine's socket is there and this user may not use it; empty otherwise."""
    host = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    return _forbidden(Path(host.removeprefix("unix://"))) if host.startswith("unix://") else ""


def engine_place() -> str:
    """Where the engine is looked for, for messages."""
    return os.environ.get("DOCKER_HOST") or "the local socket (/var/run/docker.sock)"


def describe(client: DockerClient) -> str:
    """Name and version of the engine in a few words."""
    version = client.client.version()
    return f"{version['Platform']['Name'] or 'Docker'} {version['Version']} (API {version['ApiVersion']})"


def _forbidden(socket: Path) -> str:
    try:
        if not socket.is_socket() or os.access(socket, os.W_OK):
            return ""
        group = socket.group()
    except (OSError, KeyError):
        group = "docker"
    return (
        f"The container engine is there, and this user ({getpass.getuser()}) may not use {socket}.\n"
        f"  Join the socket's group: `usermod -aG {group} {getpass.getuser()}` as root, then log in again;"
        " or run this as root."
    )


def _need_socket(host: str) -> None:
    """FileNotFoundError for a socket that is not there: the SDK says so as well, and leaks a socket of its own."""
    path = host.removeprefix("unix://")
    if host.startswith("unix://") and not Path(path).exists():
        raise FileNotFoundError(f"there is no {path}")
