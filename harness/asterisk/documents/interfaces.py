"""What a release documents of its interfaces: its XML documentation and ARI's API declarations. Pure.

Items are flat (`Originate: PreDialGoSub`), so that the tables compare them one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast
from xml.etree import ElementTree

from harness.asterisk.cli_tables import Items
from harness.model import Json

__all__ = ["agi_commands", "ami_arguments", "ami_events", "ami_headers", "ari_fields", "ari_operations"]

Object = Mapping[str, Json]

_SNAPSHOTS = ("channel_snapshot", "bridge_snapshot")


def ami_arguments(documents: ElementTree.Element) -> Items:
    """`Action: Argument` of all documented actions, with whether it is required."""
    return {
        f"{action.get('name')}: {argument.get('name')}": {"required": yes_or_no(argument.get("required"))}
        for action in documents.findall("manager")
        for argument in action.findall("syntax//parameter")
        if argument.get("name") not in ("", None)
    }


def ami_events(documents: ElementTree.Element) -> Items:
    """The documented events with the class of privileges that a user needs to get them (`call`)."""
    return {
        str(event.get("name")): {
            "class": ",".join(
                sorted(
                    each.get("class", "").removeprefix("EVENT_FLAG_").lower()
                    for each in event.findall("managerEventInstance")
                )
            )
        }
        for event in documents.findall("managerEvent")
    }


def ami_headers(documents: ElementTree.Element) -> Items:
    """`Event: Header` of all documented events; those of a channel or a bridge together, with their prefix."""
    items: Items = {}
    for event in documents.findall("managerEvent"):
        for header in event.findall("managerEventInstance/syntax/*"):
            if header.tag == "parameter":
                items[f"{event.get('name')}: {header.get('name')}"] = {}
            elif header.tag in _SNAPSHOTS:
                kind = header.tag.replace("_", " ")
                items[f"{event.get('name')}: {header.get('prefix', '')}({kind})"] = {}
    return items


def agi_commands(documents: ElementTree.Element) -> Items:
    """The documented AGI commands, with what they take: `name` where it is required, else `[name]`."""
    return {str(command.get("name")): {"syntax": _syntax(command)} for command in documents.findall("agi")}


def ari_operations(declarations: Iterable[Object]) -> tuple[Items, Items]:
    """`GET /channels (channels.list)`; and `GET /channels: name` for parameters with place, type and need."""
    operations: Items = {}
    parameters: Items = {}
    for declaration in declarations:
        resource = str(declaration.get("resourcePath", "")).rpartition("/")[2].partition(".")[0]
        for path, operation in _operations(declaration):
            method = operation.get("httpMethod")
            operations[f"{method} {path} ({resource}.{operation.get('nickname')})"] = {
                "answers": str(operation.get("responseClass", ""))
            }
            for parameter in _objects(operation.get("parameters")):
                parameters[f"{method} {path}: {parameter.get('name')}"] = {
                    "in": str(parameter.get("paramType", "")),
                    "type": str(parameter.get("dataType", "")),
                    "required": yes_or_no(parameter.get("required")),
                    "several": yes_or_no(parameter.get("allowMultiple")),
                }
    return operations, parameters


def ari_fields(declarations: Iterable[Object]) -> tuple[Items, Items]:
    """The models, and `Channel.state` for their fields with type and whether they are always there."""
    models: Items = {}
    fields: Items = {}
    for declaration in declarations:
        for name, model in _objects_by_name(declaration.get("models")):
            models[name] = {}
            for field, about in _objects_by_name(model.get("properties")):
                fields[f"{name}.{field}"] = {
                    "type": str(about.get("type", "")),
                    "required": yes_or_no(about.get("required")),
                }
    return models, fields


def _operations(declaration: Object) -> Iterator[tuple[str, Object]]:
    for api in _objects(declaration.get("apis")):
        for operation in _objects(api.get("operations")):
            yield str(api.get("path", "")), operation


def _syntax(command: ElementTree.Element) -> str:
    names = (
        (parameter.get("name", ""), parameter.get("required")) for parameter in command.findall("syntax/parameter")
    )
    return " ".join(name if yes_or_no(required) == "yes" else f"[{name}]" for name, required in names)


def yes_or_no(value: Json) -> str:
    """`yes` for what is written true in XML or JSON."""
    return "yes" if value in (True, "true", "yes") else "no"


def _objects(value: Json) -> list[Object]:
    return [cast(Object, each) for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _objects_by_name(value: Json) -> list[tuple[str, Object]]:
    found = value.items() if isinstance(value, dict) else ()
    return [(name, cast(Object, each)) for name, each in found if isinstance(each, dict)]
