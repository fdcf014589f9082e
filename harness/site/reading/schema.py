"""Checks a document against its JSON Schema, and says what is wrong in words: line, key, what was meant.

The schema that editors use is the only list of keys. Its `description`s complete the sentence "wanted: ...";
an `errorMessage` (a keyword that editors know as well) stands for all that a person needs to hear.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from harness.site.reading.document import Node
from harness.site.reading.problems import did_you_mean, one_of

__all__ = ["check", "load_schema"]

_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "keys with values",
    "null": "nothing",
}
_SECRETS = frozenset({"password"})


@cache
def load_schema(package: str, name: str) -> Mapping[str, Any]:
    """A JSON Schema that is part of the package."""
    schema: Mapping[str, Any] = json.loads((files(package) / name).read_text(encoding="utf-8"))
    return schema


@cache
def _validator(package: str, name: str) -> Draft202012Validator:
    return Draft202012Validator(load_schema(package, name))


def check(document: Node, package: str, name: str) -> Iterator[tuple[int, str]]:
    """Line and words of everything in a document that the schema does not allow, in no particular order.

    A number without an end (`inf`, `nan`, `1e999`) is what no schema means, and none can say so.
    """
    yield from _endless(document)
    for error in _validator(package, name).iter_errors(document.plain):
        path = list(error.absolute_path)
        node = document.at(path)
        if _is_endless(node):
            continue
        lists = _lists(load_schema(package, name)) if path else frozenset[str]()
        tables = _toml(error, node, path, lists)
        yield from tables
        if not tables or error.validator == "additionalProperties":
            lines = {line for line, _ in tables}
            yield from (found for found in _in_words(error, node, _name(path)) if found[0] not in lines)


def _endless(node: Node, name: str = "") -> Iterator[tuple[int, str]]:
    if _is_endless(node):
        yield node.line, f'"{name}" is {node.text!r}; wanted: a number that ends'
    for key, below in node.fields.items():
        yield from _endless(below, key)
    for item in node.items:
        yield from _endless(item, name)


def _is_endless(node: Node) -> bool:
    return isinstance(node.plain, float) and not math.isfinite(node.plain)


def _lists(schema: Mapping[str, Any]) -> frozenset[str]:
    """Lists that stand at the top of site.toml; none of any other document: TOML alone has tables that go on."""
    keys = schema["properties"] if schema.get("title") == "site.toml" else {}
    return frozenset(key for key, value in keys.items() if value.get("type") == "array")


def _toml(
    error: ValidationError, node: Node, path: list[str | int], lists: frozenset[str]
) -> tuple[tuple[int, str], ...]:
    """What people get wrong about TOML's tables: a table of which there may be several, a list below a table."""
    key = str(path[0]) if path else ""
    if len(path) == 1 and key in lists and node.fields:
        return ((node.line, f'there may be several of "{key}": write [[{key}]], in two brackets'),)
    below = {str(path[-1]): node.line} if len(path) > 1 else {}
    if error.validator == "additionalProperties":
        below = {key: node.lines[key] for key in node.fields}
    return tuple(
        (line, f'"{name}" stands below [{key}] and is a key of that there: write it above the first [table]')
        for name, line in below.items()
        if name in lists
    )


def _in_words(error: ValidationError, node: Node, name: str) -> Iterator[tuple[int, str]]:
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    value: Any = error.validator_value  # of the schema, so as the keyword wants it
    match error.validator:
        case "additionalProperties" if value is False:
            known = schema.get("properties", {})
            for key in node.fields:
                if key not in known:
                    # What YAML makes of a comma within braces: {data: sales,t}.
                    comma = "; a value with a comma has to be in quotes" if node.fields[key].plain is None else ""
                    hint = comma or did_you_mean(key, known)
                    yield node.lines[key], f'unknown key "{key}"{_in(name)}{hint}'
        case "required":
            for key in (key for key in value if key not in node.fields):
                wanted = _wanted(schema.get("properties", {}).get(key))
                yield node.line, f'"{key}" is missing{_in(name)}{wanted}'
        case "dependentRequired":
            yield from _dependent(value, node)
        case "enum":
            allowed = [str(choice) for choice in value]
            yield node.line, _got(name, node) + (did_you_mean(node.text, allowed) or f"; wanted {one_of(allowed)}")
        case _:
            expected = _without_colon(node, schema) or _expected(schema, error)
            yield node.line, _got(name, node) + _quotes(node, error) + expected + _brackets(node, error)


def _dependent(needs: Mapping[str, list[str]], node: Node) -> Iterator[tuple[int, str]]:
    for key, companions in needs.items():
        for companion in companions:
            if key in node.fields and companion not in node.fields:
                yield node.lines[key], f'"{key}" belongs to "{companion}", which is not here'


def _quotes(node: Node, error: ValidationError) -> str:
    """`5` and `"5"` look alike in a message."""
    if error.validator != "type":
        return ""
    if isinstance(node.plain, str) and error.validator_value in ("integer", "number"):
        return " in quotes, a text"
    numeric = isinstance(node.plain, int | float) and not isinstance(node.plain, bool)
    return " without quotes, a number" if numeric and error.validator_value == "string" else ""


def _brackets(node: Node, error: ValidationError) -> str:
    """One text where a list of texts is wanted."""
    is_alone = error.validator == "type" and error.validator_value == "array" and isinstance(node.plain, str)
    return f'; it is a list: ["{node.text[:60]}"]' if is_alone else ""


def _without_colon(node: Node, schema: Mapping[str, Any]) -> str:
    """A key that stands alone, as `- hangup`: YAML takes it for a text."""
    is_key = isinstance(node.plain, str) and node.plain in schema.get("properties", {})
    return f"; write `{node.plain}:`" if is_key else ""


def _expected(schema: Mapping[str, Any], error: ValidationError) -> str:
    if "errorMessage" in schema:
        return f": {schema['errorMessage']}"
    if "description" in schema:
        return _wanted(schema)
    if error.validator == "type":
        wanted: Any = error.validator_value
        names = [wanted] if isinstance(wanted, str) else wanted
        return f"; wanted {' or '.join(_TYPES[name] for name in names)}"
    return f": {error.message}"


def _wanted(schema: Mapping[str, Any] | None) -> str:
    description = (schema or {}).get("description")
    return f"; wanted: {description}" if description else ""


def _got(name: str, node: Node) -> str:
    match node.plain:
        case None:
            got = "nothing"
        case dict():
            got = f"keys ({one_of(list(node.fields)[:5])})" if node.fields else "no keys"
        case list():
            got = f"a list of {len(node.items)}"
        case _ if name in _SECRETS:
            got = "a secret"
        case _:
            got = repr(node.text[:60])
    return f'"{name}" is {got}' if name else f"here is {got}"


def _name(path: list[str | int]) -> str:
    """The nearest key on the way to a value; list items have none of their own."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _in(name: str) -> str:
    return f' in "{name}"' if name else ""
