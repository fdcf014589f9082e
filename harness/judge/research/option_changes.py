"""Options of a site's configuration files that two releases document otherwise. Pure.

What Asterisk documents is the truth here: the options that the running code of each release registered, with the
defaults in force. Files that it does not document (queues.conf, voicemail.conf) are judged by their samples.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from harness.asterisk.conf import Option, Section
from harness.facts.release import ReleaseFacts
from harness.facts.site_changes import SiteChange, placed
from harness.model import Attributes, Place
from harness.site.reading.site_files import SiteFiles

__all__ = ["config_changes"]

_OFF = frozenset({"", "no", "0", "none", "not_set", "0.0"})
"""Defaults of new options that leave things as they were."""
_ALWAYS = frozenset({"global", "globals", "general", "system"})
"""Objects whose defaults are in force where a file has no section for them, too."""


def config_changes(old: ReleaseFacts, new: ReleaseFacts, files: SiteFiles) -> tuple[SiteChange, ...]:
    """Objects and options of configuration files that are gone, other defaults, new options that are on.

    Sorted by kind and name, each once with all its places. None where one of the releases documents nothing: its
    section `config option` says why.
    """
    if any(side.section(kind).problem for side in (old, new) for kind in ("config object", "config option")):
        return ()
    before, now = _Release(old), _Release(new)
    return placed(
        (change, (files.place(place),))
        for file in files.confs
        for change, place in _of_file(file, files, before, now)
    )


_Found = tuple[SiteChange, Place]


class _Release:
    """Objects and options of configuration files that one release documents."""

    def __init__(self, facts: ReleaseFacts) -> None:
        self._options = facts.parts("config option")
        self._names: dict[tuple[str, str], tuple[frozenset[str], tuple[str, ...]]] = {}
        self._objects: dict[str, dict[str, Attributes]] = {}
        for name, about in facts.section("config object").items.items():
            file, _, object_ = name.partition(" ")
            self._objects.setdefault(file, {})[object_] = about

    def objects(self, file: str) -> Mapping[str, Attributes]:
        """What kinds of sections a file has."""
        return self._objects.get(file, {})

    def of(self, file: str, section: Section) -> tuple[str, ...]:
        """The kinds of object that a section is."""
        return tuple(name for name, about in self.objects(file).items() if _is(section, about))

    def options(self, file: str, object_: str) -> Mapping[str, Attributes]:
        """Options of an object."""
        return self._options.get(f"{file} {object_}".lower(), {})

    def has(self, file: str, objects: Iterable[str], option: str) -> bool:
        """Whether one of the objects has the option, by its name or a pattern (`endpoint/*`)."""
        return any(self._has(file, each, option.lower()) for each in objects)

    def _has(self, file: str, object_: str, option: str) -> bool:
        if (file, object_) not in self._names:
            names = frozenset(name.lower() for name in self.options(file, object_))
            self._names[file, object_] = names, tuple(name for name in names if "*" in name)
        names, patterns = self._names[file, object_]
        return option in names or any(fnmatchcase(option, pattern) for pattern in patterns)


def _of_file(file: str, files: SiteFiles, before: _Release, now: _Release) -> Iterator[_Found]:
    if not before.objects(file):
        return
    seen: set[str] = set()
    for section in files.file(file).usable:
        objects = before.of(file, section)
        seen.update(objects)
        for object_ in objects:
            if object_ not in now.objects(file):
                yield SiteChange("config-object-gone", f"{file} {object_}"), section.place
        kept = [object_ for object_ in objects if object_ in now.objects(file)]
        yield from _removals(file, section, kept, before, now)
        for object_ in kept:
            yield from _defaults(file, object_, section, before, now)
    for object_ in (_ALWAYS & before.objects(file).keys() & now.objects(file).keys()) - seen:
        nowhere = Section(object_, Place(file, 0))
        yield from _defaults(file, object_, nowhere, before, now)


def _removals(
    file: str, section: Section, objects: list[str], before: _Release, now: _Release
) -> Iterator[_Found]:
    """Options that the section sets, and that the old release has for it and the new one has not."""
    still = {*objects, *now.of(file, section)}
    for option in section.options:
        known = [each for each in objects if before.has(file, [each], option.name)]
        if known and not now.has(file, still, option.name):
            default = _default(before, file, known[0], option)
            change = SiteChange("config-option-gone", f"{file} {known[0]}: {option.name.lower()}", old=default)
            yield change, option.place


def _defaults(file: str, object_: str, section: Section, before: _Release, now: _Release) -> Iterator[_Found]:
    """Options that the section leaves to their default, where the default or the option is new."""
    own = {option.name.lower() for option in section.options}
    was_known = before.options(file, object_)
    for name, about in now.options(file, object_).items():
        if name.lower() in own or "*" in name:
            continue
        default = about.get("default", "")
        if name not in was_known:
            if default.lower() not in _OFF:
                yield SiteChange("config-option-new", f"{file} {object_}: {name}", new=default), section.place
        elif (was := was_known[name].get("default", "")) and default and was != default:
            change = SiteChange("config-default-changed", f"{file} {object_}: {name}", (), was, default)
            yield change, section.place


def _default(release: _Release, file: str, object_: str, option: Option) -> str:
    return release.options(file, object_).get(option.name.lower(), {}).get("default", "")


def _is(section: Section, about: Attributes) -> bool:
    """Whether a section is such an object, by its name and by the option that tells them apart."""
    if "category" in about and not _matches(about["category"], section.name):
        return False
    if "not" in about and _matches(about["not"], section.name):
        return False
    return "field" not in about or section.get(about["field"]).lower() == about.get("value", "").lower()


def _matches(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name, re.IGNORECASE) is not None
    except re.error:
        return False
