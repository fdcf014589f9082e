"""The container engine: the one that answers, or none. Never started, stopped or changed here (see `install`)."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from docker.context import ContextAPI
from docker.errors import DockerException, TLSParameterError
from requests.exceptions import RequestException
from testcontainers.core.docker_client import DockerClient, get_docker_host

from harness.errors import EngineError
from harness.lab.engine.address import wrong_address
from harness.lab.engine.early import keep_early
from harness.lab.engine.tunnel import socket_of

__all__ = ["answering", "connect", "connected", "describe", "engine_place", "is_podman"]

_ASK_SECONDS = 10
_ANY_VERSION = "1.24"  # a client that is given none asks at once, before it knows whom to trust
_WORK_SECONDS = 900
"""An answer may take long while a build or a pull is silent; that the engine is there is asked with less."""


def connect(*, seconds: int = _WORK_SECONDS) -> DockerClient:
    """A client of the engine that answers: DOCKER_HOST, testcontainers' own settings, or the local socket.

    An answer may take so many seconds. Raises EngineError, saying what to do, when none answers.
    """
    _take_certificates()
    host = os.environ.get("DOCKER_HOST") or get_docker_host() or ""  # of the first it leaves out a path
    if words := wrong_address(host):
        raise EngineError(words)
    if host.startswith("ssh://"):
        os.environ["DOCKER_HOST"] = socket_of(host)  # for those as well that this process starts
    if words := forbidden():
        raise EngineError(words)
    try:
        _need_socket(os.environ.get("DOCKER_HOST", ""))
        with closing(_client(_ASK_SECONDS, _ANY_VERSION).client) as probe:
            version = probe.api.version(api_version=False)["ApiVersion"]
        return _client(seconds, version)
    except (DockerException, RequestException, OSError, KeyError, ValueError) as problem:
        error = EngineError(
            f"No container engine answers at {engine_place()}.\n"
            "  As root on Debian or Ubuntu, `make setup` installs and starts one (Debian's docker.io).\n"
            "  Elsewhere install Docker (https://docs.docker.com/engine/install/) and start it, or let\n"
            "  DOCKER_HOST name one (unix://, ssh://, tcp://); your user has to be allowed to use it."
        )
        error.add_note(f"{_hint(problem)}{type(problem).__name__}: {problem}")
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
    name = "Podman" if _is_podman(version) else version["Platform"]["Name"] or "Docker"
    return f"{name} {version['Version']} (API {version['ApiVersion']})"


def is_podman(client: DockerClient) -> bool:
    """Whether Podman answers in Docker's place."""
    return _is_podman(client.client.version())


def _hint(problem: Exception) -> str:
    """What is wrong or what to do, where the words of others do not say it."""
    said, folder = str(problem), os.environ.get("DOCKER_CERT_PATH") or "~/.docker"
    if "HTTP request to an HTTPS server" in said:
        return "it speaks TLS: set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder of its certificates. "
    if isinstance(problem, TLSParameterError):
        return f"there have to be ca.pem, cert.pem and key.pem in {folder} (DOCKER_CERT_PATH). "
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return f"its certificate is not for this address, or none of {folder}/ca.pem (DOCKER_CERT_PATH). "
    if "WRONG_VERSION_NUMBER" in said or "RECORD_LAYER_FAILURE" in said:
        return "it does not speak TLS there: unset DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, or name another port. "
    if "Connection refused" in said:
        return "nothing takes connections there. "
    if "NameResolutionError" in said:
        return "no machine is known by that name. "
    return ""


def _is_podman(version: Mapping[str, Any]) -> bool:
    return any("Podman" in part["Name"] for part in version.get("Components") or ())


def _take_certificates() -> None:
    """Those of the Docker context that is in use: testcontainers takes its address alone."""
    if os.environ.get("DOCKER_HOST"):
        return
    with suppress(DockerException, OSError, ValueError, KeyError, TypeError):  # whoever asks the engine says why
        context: Any = ContextAPI.get_current_context()
        if context is not None and (trusted := context.TLSConfig) is not None:
            os.environ["DOCKER_CERT_PATH"] = str(Path(trusted.ca_cert).parent)
            os.environ["DOCKER_TLS_VERIFY"] = "1" if trusted.verify else ""


def _client(seconds: int, version: str) -> DockerClient:
    client = DockerClient(timeout=seconds, version=version)
    api: Any = client.client.api  # whose base class has no types here
    api.merge_environment_settings = partial(_trusting, api, api.merge_environment_settings)
    keep_early(api)
    return client


def _trusting(api: Any, merge: Any, url: str, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
    """What is sent as it is sent by requests, where REQUESTS_CA_BUNDLE wins over whom a session trusts.

    An engine's certificate is of an authority of its own (DOCKER_CERT_PATH), which no bundle for the web has.
    """
    return merge(url, proxies, stream, api.verify if verify is None else verify, cert)


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
