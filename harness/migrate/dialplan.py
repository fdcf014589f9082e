"""The dialplan of extensions.conf and what it includes: steps and the applications in them, with their columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from harness.asterisk.conf import Option, Section
from harness.asterisk.dialplan.invocations import Invocation, invocations_in
from harness.asterisk.dialplan.show import Include
from harness.migrate.model import Edit, Left, Subject
from harness.model import Place

__all__ = [
    "Context",
    "DialplanStep",
    "Reach",
    "StepInvocation",
    "contexts_of",
    "invocations",
    "invocations_of",
    "steps_of",
]

_STEP = re.compile(r"(?P<priority>[^,(]*)(\((?P<label>[^)]*)\))?\s*")
_NO_CONTEXTS = frozenset({"general", "globals"})
_LONGEST = 8192  # Asterisk reads no more of a line


@dataclass(frozen=True, slots=True)
class DialplanStep:
    """One priority of an extension. `number` is its priority as Asterisk counts, 0 where that is not known.

    `start`, `at` and `column` are where in its line the value begins (the extension, after exten), the priority,
    and `text`, the application with its arguments; -1 where the line does not read as it stands. `shared`: the
    line belongs to several contexts.
    """

    context: str
    extension: str
    priority: str
    label: str
    text: str
    place: Place
    start: int
    at: int
    column: int
    number: int
    keyword: str
    shared: bool

    def edit(self, start: int, end: int, new: str, why: str) -> Edit:
        """A change of this line."""
        return Edit(self.place, start, end, new, why)

    def edits(self, pattern: re.Pattern[str], new: str, why: str) -> Iterator[Edit]:
        """All that a pattern finds in its text → `new`, a template as `re.sub` takes it.

        None where the line does not read as it stands.
        """
        for found in pattern.finditer(self.text) if self.column >= 0 else ():
            yield self.edit(self.column + found.start(), self.column + found.end(), found.expand(new), why)

    def left(self, what: str, advice: str = "") -> Left:
        """Something of this line that is not changed."""
        return Left(self.place, what, advice)


@dataclass(frozen=True, slots=True)
class Context:
    """A context with all its steps, in order, and by extension; `others` are its other options (include, switch).

    `plain`: it inherits from no template.
    """

    name: str
    steps: tuple[DialplanStep, ...]
    others: tuple[Option, ...]
    plain: bool
    blocks: Mapping[str, tuple[DialplanStep, ...]]

    def invocations(self) -> Iterator[StepInvocation]:
        """All applications that its steps run."""
        for step in self.steps:
            yield from invocations_of(step)


class StepInvocation(Invocation, frozen=True, kw_only=True):
    """An application where a step runs it, itself or within ExecIf and the like. Columns are those of the line."""

    step: DialplanStep

    def edit(self, start: int, end: int, new: str, why: str) -> Edit:
        """A change in its line."""
        return self.step.edit(start, end, new, why)


@lru_cache(maxsize=1)  # every change asks for them
def contexts_of(subject: Subject) -> Mapping[str, Context]:
    """Contexts by name; what Asterisk makes one of several sections of a name is one here."""
    sections: dict[str, list[Section]] = {}
    for section in subject.conf("extensions.conf").usable:
        if section.name.lower() not in _NO_CONTEXTS:
            sections.setdefault(section.name, []).append(section)
    seen = Counter(option.place for parts in sections.values() for part in parts for option in part.options)
    return {name: _context(subject, name, parts, seen) for name, parts in sections.items()}


def steps_of(subject: Subject) -> Iterator[DialplanStep]:
    """All steps, each line once."""
    lines: set[Place] = set()
    for context in contexts_of(subject).values():
        for step in context.steps:
            if step.place not in lines:
                lines.add(step.place)
                yield step


def invocations_of(step: DialplanStep) -> Iterator[StepInvocation]:
    """The application of a step, and those that it runs in its arguments."""
    if step.column >= 0 and step.priority != "hint":
        for one in invocations_in(step.text, base=step.column, sure=True):
            yield StepInvocation(one.name, one.start, one.name_end, one.end, one.inner, step=step)


def invocations(subject: Subject, *names: str) -> Iterator[StepInvocation]:
    """Where applications are run, by their names in lower case; without any, all of them. Each line once."""
    for step in steps_of(subject):
        yield from (one for one in invocations_of(step) if not names or one.key in names)


def _context(subject: Subject, name: str, sections: Sequence[Section], seen: Mapping[Place, int]) -> Context:
    lines = [line for section in sections for line in _lines(subject, section, seen)]
    steps = tuple(line for line in lines if isinstance(line, DialplanStep))
    others = tuple(line for line in lines if isinstance(line, Option))
    blocks: dict[str, list[DialplanStep]] = {}
    for step in steps:
        blocks.setdefault(step.extension, []).append(step)
    by_extension = {extension: tuple(block) for extension, block in blocks.items()}
    return Context(name, steps, others, not any(section.parents for section in sections), by_extension)


def _lines(subject: Subject, section: Section, seen: Mapping[Place, int]) -> Iterator[DialplanStep | Option]:
    """Steps, and options that are none. `seen` is in how many sections each line stands."""
    extension, number = "", 0
    for option in section.options:
        keyword = option.name.lower()
        before, _, rest = option.value.partition(",") if keyword == "exten" else ("", "", option.value)
        extension = before.strip() or extension
        priority, comma, text = rest.partition(",")
        head = _STEP.fullmatch(priority.strip())
        if keyword not in ("exten", "same") or not comma or head is None:
            yield option
            continue
        number = _number(head["priority"].strip(), number)
        start = _column(subject.line(option.place), option.value)
        blanks = len(rest) - len(rest.lstrip())
        yield DialplanStep(
            context=section.name,
            extension=extension,
            priority=head["priority"].strip(),
            label=(head["label"] or "").strip(),
            text=text.strip(),
            place=option.place,
            start=start,
            at=start + len(option.value) - len(rest) + blanks if start >= 0 else -1,
            column=start + len(option.value) - len(text.lstrip()) if start >= 0 else -1,
            number=number,
            keyword=keyword,
            shared=seen[option.place] > 1,
        )


def _number(priority: str, last: int) -> int:
    if priority.isdecimal():
        return int(priority[:9])
    return last + 1 if priority.lower() == "n" and last else 0


def _column(line: str, value: str) -> int:
    """Where a value begins in its line, -1 where it does not stand there as it was read (`\\;`, blocks)."""
    if ";--" in line or len(line) > _LONGEST:
        return -1
    return line.find(value, line.find("=") + 1)


class Reach:
    """What is found around a context. A channel that runs its steps may be in any context that includes it."""

    def __init__(self, contexts: Mapping[str, Context]) -> None:
        self._contexts = contexts
        self._includes = {name: _included(context) for name, context in contexts.items()}
        self._included_by: dict[str, set[str]] = {}
        for name, inner in self._includes.items():
            for one in inner:
                self._included_by.setdefault(one, set()).add(name)
        self._finding: dict[str, set[str]] = {}

    def finds(self, name: str, extension: str) -> bool:
        """Whether an extension may be found from a step of a context."""
        if extension not in self._finding:
            having = {one for one, context in self._contexts.items() if extension in context.blocks}
            self._finding[extension] = _closure(_closure(having, self._included_by), self._includes)
        return name in self._finding[extension]


def _closure(start: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    found, todo = set(start), list(start)
    while todo:
        fresh = edges.get(todo.pop(), set()) - found
        found |= fresh
        todo += fresh
    return found


def _included(context: Context) -> set[str]:
    options = (option for option in context.others if option.name.lower() == "include")
    return {Include.of(option.value).context for option in options}
