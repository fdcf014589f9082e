"""What a loaded dialplan uses: applications, functions, channel technologies, time zones, and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from harness.asterisk.dialplan.show import Dialplan, Priority
from harness.model import Place

__all__ = ["Uses", "applications_used", "functions_used", "technologies_used", "zone_words"]

Uses = Mapping[str, tuple[Place, ...]]

_CALLED = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\(")
_WRITTEN = re.compile(r"(?:^|[(,|])\s*([A-Z][A-Z0-9_]*)\([^=]*\)\s*=")
_SETTERS = ("set", "mset", "execif", "exec", "tryexec")
_RUNNERS = re.compile(r"(?i)^(?:execif|execiftime|exec|tryexec)\(.*?[?,(]\s*(\w+)\(")
_DIALLERS = frozenset("dial page originate chanisavail queue addqueuemember retrydial followme".split())
_TECHNOLOGY = re.compile(r"(?:^|[(&,|?:])\s*([A-Za-z]\w+)/")
# Names as zoneinfo has them. Which of these words are zones is asked of the instance.
_ZONE = re.compile(r"(?<![\w/])([A-Z][A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*|[A-Z]{3}\d[A-Z]{3})(?![\w/])")


def applications_used(dialplan: Dialplan) -> Uses:
    """Applications by the name that is written, those run through Exec and ExecIf too."""
    return _collect(dialplan, _applications)


def functions_used(dialplan: Dialplan) -> Uses:
    """Functions read in `${...}` (nested, and in `$[...]`) or written with Set."""
    return _collect(dialplan, _functions)


def technologies_used(dialplan: Dialplan) -> Uses:
    """Words before a slash where something is dialled: `PJSIP` in `Dial(PJSIP/101)`."""
    return _collect(dialplan, _technologies)


def zone_words(texts: Iterable[str]) -> frozenset[str]:
    """Words that could be time zones."""
    return frozenset(word for text in texts for word in _ZONE.findall(text))


def _collect(dialplan: Dialplan, names_in: Callable[[str], Iterator[str]]) -> Uses:
    """Names without regard to case, sorted."""
    spelled: dict[str, str] = {}
    found: dict[str, dict[Place, None]] = {}
    for priority in _priorities(dialplan):
        for name in names_in(priority.application):
            spelled[name.lower()] = min(name, spelled.get(name.lower(), name))
            places = found.setdefault(name.lower(), {})
            places |= {priority.place: None} if priority.place else {}
    return {spelled[key]: tuple(sorted(found[key], key=lambda p: (p.file, p.line))) for key in sorted(found)}


def _priorities(dialplan: Dialplan) -> Iterator[Priority]:
    for extensions in dialplan.contexts.values():
        for priorities in extensions.values():
            yield from priorities.values()


def _applications(text: str) -> Iterator[str]:
    yield text.partition("(")[0].strip()
    if run := _RUNNERS.match(text):
        yield run[1]


def _functions(text: str) -> Iterator[str]:
    yield from _CALLED.findall(text)
    if text.partition("(")[0].lower() in _SETTERS:
        yield from _WRITTEN.findall(text)


def _technologies(text: str) -> Iterator[str]:
    if text.partition("(")[0].lower() in _DIALLERS:
        yield from _TECHNOLOGY.findall(text)
