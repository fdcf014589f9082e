"""Acting through ARI: operations by the names of the release's own API declarations, sent by ari-py.

ari-py (the build of it for Python 3) knows an operation's path, method and parameters from what the instance
itself declares. What it has not is hidden here: a time limit, a WebSocket that Asterisk lets in, and answers as
they were instead of exceptions.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import cast

import ari
import requests
from swaggerpy.client import Operation
from swaggerpy.http_client import SynchronousHttpClient

from harness.asterisk.leaves import leaves
from harness.model import Headers, Json

__all__ = ["Ari", "AriAnswer"]

_SECONDS = 10.0
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class AriAnswer:
    """What an operation was answered. `status` is 0 when it could not be sent, and `problem` says why."""

    operation: str
    parameters: Mapping[str, Json]
    status: int = 0
    text: str = ""
    problem: str = ""

    @property
    def body(self) -> Json:
        """The body of the answer; None where there is none, or it is no JSON."""
        try:
            return cast(Json, json.loads(self.text))
        except ValueError:
            return None

    @property
    def fields(self) -> Headers:
        """`Status`, and the leaves of the body."""
        return (("Status", str(self.status)), *(leaves(self.body) if self.text else ()))

    @property
    def raw(self) -> str:
        """The answer as headers, in the form in which traces keep it."""
        sent = json.dumps(dict(self.parameters))
        problem, body = _in_one_line(self.problem), _in_one_line(self.text)
        return (
            f"Ari: answer\r\nOperation: {self.operation}\r\nParameters: {sent}\r\n"
            f"Status: {self.status}\r\nProblem: {problem}\r\nBody: {body}\r\n"
        )


class Ari:
    """ARI of one instance. Nothing is sent before the first operation."""

    def __init__(self, address: str, port: int, username: str, secret: str) -> None:
        self._url = f"http://{address}:{port}/"
        self._http = _Http()
        self._http.set_basic_auth(address, username, secret)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="ari")
        self._declared: ari.client.Client | None = None
        self._declaring = asyncio.Lock()

    async def call(self, operation: str, parameters: Mapping[str, Json]) -> AriAnswer:
        """Do an operation (`channels.play`) with its parameters. What goes wrong is part of the answer."""
        loop = asyncio.get_running_loop()
        async with self._declaring:
            if self._declared is None:
                problem = await loop.run_in_executor(self._threads, self._declare)
                if problem:
                    return AriAnswer(operation, parameters, problem=problem)
        return await loop.run_in_executor(self._threads, self._send, operation, parameters)

    def close(self) -> None:
        """Let go of the connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._http.close()

    def _declare(self) -> str:
        """Read what the release declares; why that cannot be, empty when it can."""
        try:
            self._declared = ari.client.Client(self._url, self._http)
        except Exception as problem:  # ari-py stumbles over declarations of another shape in ways of its own
            return f"ARI does not declare its operations: {_reason(problem)}"
        return ""

    def _send(self, name: str, parameters: Mapping[str, Json]) -> AriAnswer:
        operation = self._operation(name)
        if operation is None:
            return AriAnswer(name, parameters, problem=f"the release has no operation {name}")
        try:
            response = operation(**parameters)
        except TypeError as problem:  # a parameter that the operation does not declare, or one that it needs
            return AriAnswer(name, parameters, problem=str(problem))
        except requests.RequestException as problem:
            return AriAnswer(name, parameters, problem=_reason(problem))
        return AriAnswer(name, parameters, response.status_code, response.text)

    def _operation(self, name: str) -> Operation | None:
        resource, _, nickname = name.partition(".")
        assert self._declared is not None
        declared = self._declared.swagger.get_resource(resource)
        return declared.get_operation(nickname) if declared else None


class _Http(SynchronousHttpClient):  # type: ignore[misc] # swaggerpy has no types
    """swaggerpy's client, with a time limit."""

    def request(
        self, method: str, url: str, params: object = None, data: object = None, headers: object = None
    ) -> requests.Response:
        response: requests.Response = self.session.request(
            method, url, params=params, data=data, headers=headers, auth=self.authenticator.auth, timeout=_SECONDS
        )
        return response


def _reason(problem: Exception) -> str:
    """Why, without what differs from run to run (addresses of objects and ports)."""
    if isinstance(problem, requests.HTTPError):
        return str(problem.response.status_code)
    return "no connection" if isinstance(problem, requests.ConnectionError) else type(problem).__name__


def _in_one_line(text: str) -> str:
    """JSON keeps its meaning: in it, ends of lines are nothing but form."""
    return " ".join(text.splitlines())
