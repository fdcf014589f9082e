"""An old build's choices and what both releases let choose from → what becomes of each on the candidate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from harness.asterisk.menuselect.makeopts import Entry, Makeopts, is_positive, read_makeopts
from harness.asterisk.menuselect.members import CATEGORIES, STORAGES, Member
from harness.asterisk.modules import BRINGS, CHANNELS
from harness.asterisk.replacements import APPLICATIONS, TECHNOLOGIES
from harness.facts.package import PackageFacts
from harness.model import Place

__all__ = ["Choice", "Fate", "choices_of"]

_STORAGE = "OPTS_app_voicemail"
_STORAGE_MOVED = f"each storage is a module of its own there, and menuselect drops {_STORAGE} without a word"
_ONE_OF_THREE = "one of three that keep voicemail: of two that are loaded, one takes the other's applications"
_INSTALL = "Install it before configure, or leave it off."


class Fate(StrEnum):
    """What becomes of a choice when its file is kept for the candidate; the gravest first."""

    GONE_ON = "gone while on"
    TURNED_ON = "new, off by default, and turned on by keeping the file"
    OTHERWISE = "chosen otherwise in the candidate's file"
    MISSING = "on, and a dependency is missing there"
    NEEDS = "on, and needs more there"
    DEFAULT = "as the default was, which is another one now"
    DEVIATION = "chosen otherwise than the default, and kept"
    NEW_ON = "new and on"
    NEW_OFF = "new and off"
    KEPT_ON = "kept on"
    KEPT_OFF = "kept off"
    UNMET = "off for want of a dependency"
    GONE_OFF = "gone, and was off"
    UNKNOWN = "not known from a package"
    FOREIGN = "in neither release"


@dataclass(frozen=True, slots=True)
class Choice:
    """One member and what becomes of it. `on`: the old build had it; `stays`: the candidate is to have it.

    `why` says what is known of it, `advice` what to do; `places` where the site uses it.
    """

    category: str
    name: str
    fate: Fate
    on: bool
    stays: bool
    why: str = ""
    advice: str = ""
    places: tuple[Place, ...] = ()

    @property
    def entry(self) -> Entry:
        """Category and name."""
        return self.category, self.name


def choices_of(
    old: Makeopts, before: PackageFacts, now: PackageFacts, *, chosen: Makeopts | None = None
) -> tuple[Choice, ...]:
    """Each entry of the old file and each member that either release knows, once, sorted by fate and name.

    `chosen` is the candidate's own file where there is one (a package's, say); without it the old one is kept.
    """
    judge = _Judge(old, before, now, chosen)
    order = list(Fate)
    return tuple(
        sorted(
            map(judge.choice, judge.entries()), key=lambda each: (order.index(each.fate), each.name, each.category)
        )
    )


class _Judge:
    def __init__(self, old: Makeopts, before: PackageFacts, now: PackageFacts, chosen: Makeopts | None) -> None:
        self._old, self._chosen = old, chosen
        self._before, self._now = ({each.entry: each for each in side.members} for side in (before, now))
        self._built_before, self._built_now = (read_makeopts(side.makeopts) for side in (before, now))
        self._category = {name: category for category, name in self._before}
        self._was_whole, self._whole = before.whole, now.whole
        self._moved = ("APPS", STORAGES["ODBC_STORAGE"]) in self._now
        self._storages = [module for name, module in STORAGES.items() if old.lists((_STORAGE, name))]

    def entries(self) -> Iterator[Entry]:
        """The old file's, then the members; of what a package was built with, the modules."""
        built = (
            e for side in (self._built_before, self._built_now) for e in side.entries() if not is_positive(e[0])
        )
        yield from dict.fromkeys((*self._old.entries(), *self._before, *self._now, *built))

    def choice(self, entry: Entry) -> Choice:
        on, fate = self._old.has_on(entry), self._fate(entry)
        why, advice = self._words(entry, fate)
        return Choice(*entry, fate, on, self._stays(entry, fate, on), why, advice)

    def _fate(self, entry: Entry) -> Fate:
        category = entry[0]
        if category not in CATEGORIES and not self._is_category(category):
            return Fate.FOREIGN
        on, then, there = self._old.has_on(entry), self._before.get(entry), self._now.get(entry)
        if category == _STORAGE and self._moved:
            return self._storage(entry[1], on)
        if is_positive(category) and not (self._whole and (self._was_whole or _names(self._old, entry))):
            return Fate.UNKNOWN
        is_there = there is not None or _names(self._built_now, entry)
        if then is None and not _names(self._built_before, entry) and not _names(self._old, entry):
            return self._new(entry, there)
        if not is_there:
            return self._gone(then, on)
        return self._kept(entry, then, there, on)

    def _new(self, entry: Entry, there: Member | None) -> Fate:
        if self._chosen is not None:
            return Fate.NEW_ON if self._chosen.has_on(entry) else Fate.NEW_OFF
        if is_positive(entry[0]):
            return Fate.NEW_OFF
        return Fate.NEW_ON if there is not None and there.on else Fate.TURNED_ON

    def _storage(self, name: str, on: bool) -> Fate:
        module = ("APPS", STORAGES.get(name, ""))
        if on and self._chosen is not None and module in self._now and self._chosen.has_on(module):
            return Fate.KEPT_ON
        return Fate.GONE_ON if on else Fate.GONE_OFF

    def _gone(self, then: Member | None, on: bool) -> Fate:
        if then is None and not self._whole:
            return Fate.UNKNOWN
        return Fate.GONE_ON if on else Fate.GONE_OFF

    def _kept(self, entry: Entry, then: Member | None, there: Member | None, on: bool) -> Fate:
        if self._chosen is not None and self._chosen.has_on(entry) != on:
            return Fate.OTHERWISE
        if on and self._built_now.failed_for(entry):
            return Fate.MISSING
        if self._old.failed_for(entry):
            return Fate.UNMET
        if on and self._new_needs(entry):
            return Fate.NEEDS
        if then and on != then.on and not self._held_off(then):
            return Fate.DEVIATION
        if then and there and then.on != there.on and on == then.on:
            return Fate.DEFAULT
        return Fate.KEPT_ON if on else Fate.KEPT_OFF

    def _held_off(self, member: Member) -> bool:
        """Whether something that the member depends on is off, so that nobody chose to leave it out."""
        entries = ((self._category.get(name, "CFLAGS"), name) for name in member.modules)
        return not self._old.has_on(member.entry) and not all(map(self._old.has_on, entries))

    def _new_needs(self, entry: Entry) -> tuple[str, ...]:
        """Libraries that it did not need; none where the candidate is built as it was chosen."""
        if self._chosen == self._built_now:
            return ()
        then, there = self._before.get(entry), self._now.get(entry)
        return tuple(name for name in there.needs if name not in then.needs) if then and there else ()

    def _is_category(self, category: str) -> bool:
        return any(category in side.listed for side in (self._built_before, self._built_now))

    def _stays(self, entry: Entry, fate: Fate, on: bool) -> bool:
        """Whether the candidate is to have it: as it was, or as its default; voicemail where it is kept."""
        if self._moved and self._storages and entry[0] == "APPS" and entry[1] in STORAGES.values():
            return entry[1] in self._storages
        match fate:
            case Fate.TURNED_ON | Fate.NEW_OFF | Fate.GONE_ON | Fate.GONE_OFF | Fate.FOREIGN:
                return False
            case Fate.NEW_ON:
                return True
        return on

    def _words(self, entry: Entry, fate: Fate) -> tuple[str, str]:
        """What is known of it, and what to do."""
        category, name = entry
        state = "on" if self._old.has_on(entry) else "off"
        match fate:
            case Fate.GONE_ON | Fate.GONE_OFF if category == _STORAGE and self._moved:
                return (
                    _STORAGE_MOVED,
                    f"Choose {STORAGES.get(name, 'app_voicemail')}, and leave the other two off.",
                )
            case Fate.GONE_ON | Fate.GONE_OFF:
                return _announced(self._before.get(entry)), _replacement(name)
            case Fate.TURNED_ON if name in STORAGES.values():
                return _ONE_OF_THREE, ""
            case Fate.NEEDS:
                return f"needs {', '.join(self._new_needs(entry))} as well", _INSTALL
            case Fate.MISSING:
                there = self._now.get(entry)
                return f"needs {', '.join(there.needs)}" if there and there.needs else "", _INSTALL
            case Fate.DEFAULT | Fate.DEVIATION | Fate.OTHERWISE:
                return f"{state} before", ""
        return "", ""


def _names(side: Makeopts, entry: Entry) -> bool:
    return side.lists(entry) or side.failed_for(entry)


def _announced(member: Member | None) -> str:
    if member is None:
        return ""
    words = {"deprecated in": member.deprecated_in, "announced to go in": member.removed_in}
    words |= {"replaced by": member.replaced_by}
    return ", ".join(f"{word} {what}" for word, what in words.items() if what)


def _replacement(module: str) -> str:
    """What is known of what took a module's place."""
    brought: Mapping[str, str] = {
        name: APPLICATIONS[name] for name in BRINGS.get(module, ()) if name in APPLICATIONS
    }
    return TECHNOLOGIES.get(CHANNELS.get(module, ""), "") or next(iter(brought.values()), "")
