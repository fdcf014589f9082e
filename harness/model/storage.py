"""Frozen values as JSON text and back, by their types. Each kept form names its `schema`, with a number."""

from __future__ import annotations

import json
import threading
from typing import TypeVar

import msgspec

from harness.errors import SiteError

__all__ = ["converted", "dumps", "loads"]

T = TypeVar("T")
# msgspec learns a type when it meets it, and another thread that meets it meanwhile ends the process.
_learning = threading.Lock()


def dumps(value: object, *, indent: int | None = 2) -> str:
    """A value as JSON text, ended by a newline; the same value gives the same text.

    ASCII alone: undecodable bytes, which are surrogates in a text, survive.
    """
    return json.dumps(msgspec.to_builtins(value, order="deterministic", enc_hook=dict), indent=indent) + "\n"


def converted(document: object, kind: type[T]) -> T:
    """A JSON document as a value of this type, in any thread. ValueError or TypeError where it is none."""
    with _learning:
        return msgspec.convert(document, kind)


def loads(text: str, kind: type[T], *, schema: str, what: str, source: str) -> T:
    """The value that `dumps` wrote.

    Raises SiteError, naming `source`, when it is no `what` ("a report of the harness") or has another schema.
    """
    try:
        document = json.loads(text)
        if document["schema"] != schema:
            raise SiteError(
                f"{source}: schema is {document['schema']!r}, this version reads {schema!r};"
                " play the site again, or use the version that wrote it"
            )
        return converted(document, kind)
    except (KeyError, TypeError, ValueError, RecursionError) as problem:
        raise SiteError(f"{source}: not {what} ({problem!r})") from problem
