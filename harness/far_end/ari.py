"""Acting through ARI: operations by the names of the release's own API declarations, which ari-py reads.

From these an operation's method and path are known, and whether a parameter belongs in the path, the query or the
body. What is not declared is sent all the same, in the query: Asterisk says what it makes of it, not the client.
"""

from __future__ import annotations

import asyncio
import json
import re
import warnings
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlsplit

import requests

from harness.asterisk.ari import read_body
from harness.lab.instance.instance import Instance
from harness.model import AriAnswer, Json

with warnings.catch_warnings():
    # Python 3.12 and later complain of its regular expressions, which pytest may make an error of.
    warnings.simplefilter("ignore", SyntaxWarning)
    import ari
    from swaggerpy.client import Operation
    from swaggerpy.http_client import SynchronousHttpClient

__all__ = ["Ari"]

_SECONDS = 10.0
_AT_ONCE = 8
_IN_PATH = re.compile(r"\{\w+\}")


class Ari:
    """ARI of one instance. Nothing is sent before the first operation."""

    def __init__(self, instance: Instance) -> None:
        self._url = f"http://{instance.web}/"
        self._http = _Http()
        self._http.set_basic_auth(urlsplit(self._url).hostname, instance.username, instance.secret)
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
                    return AriAnswer(0.0, operation, problem=problem)
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
            return AriAnswer(0.0, name, problem=f"the release has no operation {name}")
        request = _request(operation, parameters)
        if missing := _IN_PATH.search(request.url):
            return AriAnswer(0.0, name, problem=f"{missing[0]} of its path is not given")
        try:
            response = self._http.send(request)
        except requests.RequestException as problem:
            return AriAnswer(0.0, name, problem=_reason(problem))
        body, odd = read_body(response.content)
        headers = tuple((header, str(value)) for header, value in response.raw.headers.items())
        return AriAnswer(0.0, name, response.status_code, headers, body, odd=odd)

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
        request = requests.Request(method, url, params=params, data=data, headers=headers)
        return self.send(request)

    def send(self, request: requests.Request) -> requests.Response:
        request.auth = self.authenticator.auth
        prepared = self.session.prepare_request(request)
        response: requests.Response = self.session.send(prepared, timeout=_SECONDS)
        return response


def _request(operation: Operation, parameters: Mapping[str, Json]) -> requests.Request:
    """The request for an operation. Parameters that it declares for its body are what the body holds."""
    places = {declared["name"]: declared["paramType"] for declared in operation.json.get("parameters", [])}
    given = [(places.get(name, "query"), name, value) for name, value in parameters.items() if value is not None]
    url = operation.uri
    for place, name, value in given:
        if place == "path":
            url = url.replace(f"{{{name}}}", quote(_text(value), safe=""))
    query = {name: _text(value) for place, name, value in given if place not in ("path", "body")}
    body: Json = None
    for place, _, value in given:
        if place == "body":
            body = {**body, **value} if isinstance(body, dict) and isinstance(value, dict) else value
    return requests.Request(operation.json["httpMethod"], url, params=query, json=body)


def _text(value: Json) -> str:
    """A value as ARI reads it: lists with commas, true and false as in JSON."""
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value)


def _reason(problem: Exception) -> str:
    """Why, without what differs from run to run (addresses of objects and ports)."""
    if isinstance(problem, requests.HTTPError):
        return str(problem.response.status_code)
    return "no connection" if isinstance(problem, requests.ConnectionError) else type(problem).__name__
