"""extensions.conf as a dialplan, where no Asterisk has loaded it: what it runs, and where."""

from __future__ import annotations

import re

from harness.asterisk.conf import Conf
from harness.asterisk.dialplan.show import Dialplan, Hint, Include, Priority
from harness.model import Place

__all__ = ["conf_dialplan"]

_PRIORITY = re.compile(r"(?P<number>[^,(]*)(?:\((?P<label>[^)]*)\))?")
_NO_CONTEXTS = frozenset({"general", "globals"})


def conf_dialplan(conf: Conf, *, folder: str = "") -> Dialplan:
    """The contexts of a file and of what it includes. `folder` comes before every file's name.

    Priorities that cannot be counted (`n+2`) have a number of their own: what runs there is known all the same.
    """
    contexts: dict[str, dict[str, dict[str, Priority]]] = {}
    includes: dict[str, tuple[Include, ...]] = {}
    hints: dict[str, dict[str, Hint]] = {}
    for section in conf.usable:
        if section.name.lower() in _NO_CONTEXTS:
            continue
        extensions = contexts.setdefault(section.name, {})
        found = tuple(Include.of(value) for value in section.values("include"))
        includes[section.name] = (*includes.get(section.name, ()), *found)
        extension = ""
        for option in section.options:
            keyword, rest = option.name.lower(), option.value
            if keyword == "exten":
                before, _, rest = rest.partition(",")
                extension = before.strip()
            priority, comma, application = rest.partition(",")
            head = _PRIORITY.fullmatch(priority.strip())
            if keyword not in ("exten", "same") or not comma or head is None:
                continue
            place = Place(folder + option.place.file, option.place.line)
            if head["number"].strip().lower() == "hint":
                hints.setdefault(section.name, {})[extension] = Hint(application.strip(), place)
                continue
            steps = extensions.setdefault(extension, {})
            number = head["number"].strip() if head["number"].strip().isdecimal() else str(len(steps) + 1)
            steps[number if number not in steps else f"{number} ({len(steps)})"] = Priority(
                application.strip(), place, (head["label"] or "").strip()
            )
    variables = {option.name: option.value for option in conf.options("globals")}
    return Dialplan(contexts, includes, hints, variables)
