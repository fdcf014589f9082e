"""What a release documents of its applications and functions: arguments, options, words that they take. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from harness.asterisk.cli_tables import Items
from harness.asterisk.documents.interfaces import yes_or_no

__all__ = ["arguments", "module_fates", "options", "values"]


def arguments(documents: ElementTree.Element, tag: str) -> Items:
    """`Dial: timeout` with its position from 1, whether it is required, and what parts it from the next.

    `many`: what is written there may hold more of those separators.
    """
    return {
        f"{name}: {parameter.get('name')}": {
            "position": str(position),
            "required": yes_or_no(parameter.get("required")),
            "separator": syntax.get("argsep", ","),
            "many": yes_or_no(_takes_many(parameter)),
        }
        for name, element in _things(documents, tag)
        for syntax in element.findall("syntax")
        for position, parameter in enumerate(syntax.findall("parameter"), 1)
    }


def options(documents: ElementTree.Element) -> Items:
    """`Dial: G` with the position of the argument in which options stand, and what the option itself takes."""
    items: Items = {}
    for name, element in _things(documents, "application"):
        for position, parameter in enumerate(element.findall("syntax/parameter"), 1):
            for option in parameter.findall("optionlist/option"):
                letter = str(option.get("name")).partition("(")[0]
                takes = " ".join(str(argument.get("name")) for argument in option.findall("argument"))
                items[f"{name}: {letter}"] = {"position": str(position), "takes": takes}
    return items


def values(documents: ElementTree.Element) -> Items:
    """`CHANNEL: language`: words that the documentation of a function lists for one of its arguments."""
    return {
        f"{name}: {value.get('name')}": {"position": str(position)}
        for name, element in _things(documents, "function")
        for position, parameter in enumerate(element.findall("syntax/parameter"), 1)
        for value in (*parameter.findall("enumlist/enum"), *parameter.findall("optionlist/option"))
        if value.get("name")
    }


def module_fates(documents: ElementTree.Element) -> Items:
    """For each documented module: since when it is deprecated, when it goes, and what takes its place."""
    return {
        str(module.get("name")): {
            "deprecated in": module.findtext("deprecated_in", "").strip(),
            "removed in": module.findtext("removed_in", "").strip(),
            "replaced by": module.findtext("replacement", "").strip(),
        }
        for module in documents.findall("module")
    }


def _things(documents: ElementTree.Element, tag: str) -> Iterator[tuple[str, ElementTree.Element]]:
    """Each once: variants of a module (of app_voicemail, say) document the same things again."""
    seen: set[str] = set()
    for element in documents.findall(tag):
        name = element.get("name", "")
        if name and name not in seen:
            seen.add(name)
            yield name, element


def _takes_many(parameter: ElementTree.Element) -> bool:
    nested = parameter.find("argument") is not None and parameter.get("argsep", ",") == ","
    return nested or yes_or_no(parameter.get("multiple")) == "yes"
