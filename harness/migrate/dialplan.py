"""The dialplan of extensions.conf and what it includes: steps and the applications in them, with their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.asterisk.conf import Option, Section
from harness.asterisk.dialplan.invocations import Invocation, invocations_in
from harness.migrate.model import Edit, Left, Subject
from harness.model import Place

__all__ = ["Context", "Step", "StepInvocation", "contexts_of", "invocations", "invocations_of", "steps_of"]

_STEP = re.compile(r"(?P<priority>[^,(]*)(\((?P<label>[^)]*)\))?\s*")
_NO_CONTEXTS = frozenset({"general", "globals"})
_LONGEST = 8192  # Asterisk reads no more of a line


@dataclass(frozen=True, slots=True)
class Step:
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
        return Edit(self.place.file, self.place.line, start, end, new, why)

    def left(self, what: str, advice: str = "") -> Left:
        """Something of this line that is not changed."""
        return Left(self.place.file, self.place.line, what, advice)


@dataclass(frozen=True, slots=True)
class Context:
    """A context with all its steps, in order, and by extension; `others` are its other options (include, switch).

    `plain`: it inherits from no template.
    """

    name: str
    steps: tuple[Step, ...]
    others: tuple[Option, ...]
    plain: bool
    blocks: Mapping[str, tuple[Step, ...]]


@dataclass(frozen=True, slots=True)
class StepInvocation(Invocation):
    """An application where a step runs it, itself or within ExecIf and the like. Columns are those of the line."""

    step: Step = field(kw_only=True)

    def edit(self, start: int, end: int, new: str, why: str) -> Edit:
        """A change in its line."""
        return self.step.edit(start, end, new, why)


def contexts_of(subject: Subject) -> dict[str, Context]:
    """Contexts by name; what Asterisk makes one of several sections of a name is one here."""
    seen: dict[Place, int] = {}
    sections = [s for s in subject.conf("extensions.conf").usable if s.name.lower() not in _NO_CONTEXTS]
    for section in sections:
        for option in section.options:
            seen[option.place] = seen.get(option.place, 0) + 1
    found: dict[str, _Open] = {}
    for section in sections:
        context = found.setdefault(section.name, _Open())
        context.plain = context.plain and not section.parents
        _add_steps(subject, section, seen, context)
    return {name: context.done(name) for name, context in found.items()}


def steps_of(subject: Subject) -> Iterator[Step]:
    """All steps, each line once."""
    lines: set[Place] = set()
    for context in contexts_of(subject).values():
        for step in context.steps:
            if step.place not in lines:
                lines.add(step.place)
                yield step


def invocations_of(step: Step) -> Iterator[StepInvocation]:
    """The application of a step, and those that it runs in its arguments."""
    for one in (
        invocations_in(step.text, base=step.column, sure=True)
        if step.column >= 0 and step.priority != "hint"
        else ()
    ):
        yield StepInvocation(one.name, one.start, one.name_end, one.end, one.inner, step=step)


def invocations(subject: Subject, *names: str) -> Iterator[StepInvocation]:
    """Where applications are run, by their names in lower case; without any, all of them. Each line once."""
    for step in steps_of(subject):
        yield from (one for one in invocations_of(step) if not names or one.key in names)


@dataclass(slots=True)
class _Open:
    """A context while its sections are read."""

    steps: list[Step] = field(default_factory=list)
    others: list[Option] = field(default_factory=list)
    plain: bool = True

    def done(self, name: str) -> Context:
        blocks: dict[str, list[Step]] = {}
        for step in self.steps:
            blocks.setdefault(step.extension, []).append(step)
        by_extension = {extension: tuple(steps) for extension, steps in blocks.items()}
        return Context(name, tuple(self.steps), tuple(self.others), self.plain, by_extension)


def _add_steps(subject: Subject, section: Section, seen: Mapping[Place, int], context: _Open) -> None:
    extension, number = "", 0
    for option in section.options:
        keyword = option.name.lower()
        before, _, rest = option.value.partition(",") if keyword == "exten" else ("", "", option.value)
        extension = before.strip() or extension
        priority, comma, text = rest.partition(",")
        head = _STEP.fullmatch(priority.strip())
        if keyword not in ("exten", "same") or not comma or head is None:
            context.others.append(option)
            continue
        number = _number(head["priority"].strip(), number)
        start = _column(subject.line(option.place), option.value)
        blanks = len(rest) - len(rest.lstrip())
        context.steps.append(
            Step(
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
