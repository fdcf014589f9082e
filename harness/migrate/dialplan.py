"""The dialplan of extensions.conf and what it includes: steps and the applications in them, with their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.asterisk.conf import Option, Section
from harness.asterisk.dialplan.arguments import Span, split
from harness.migrate.model import Edit, Subject
from harness.model import Place

__all__ = ["Call", "Context", "Step", "calls_of", "contexts_of", "steps_of"]

_STEP = re.compile(r"(?P<priority>[^,(]*)(\((?P<label>[^)]*)\))?\s*")
_APPLICATION = re.compile(r"\s*(?P<name>\w+)\s*(?P<open>\()?")
_NO_CONTEXTS = frozenset({"general", "globals"})
_CONDITIONAL = frozenset({"execif", "execiftime"})
_LONGEST = 8192  # Asterisk reads no more of a line
_RUNNERS = frozenset({"exec", "tryexec"})


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
class Call:
    """An application where it is run, in a step of its own or within ExecIf and the like.

    `start` and `end` are columns of the whole, `name_end` that after its name; `inner` is what stands in its
    parentheses, with its column, None without any.
    """

    step: Step
    name: str
    start: int
    name_end: int
    end: int
    inner: Span | None

    @property
    def key(self) -> str:
        """The name in lower case: Asterisk tells no cases apart."""
        return self.name.lower()

    def arguments(self, *, most: int = 0) -> tuple[Span, ...] | None:
        """Its arguments with their columns; None where they cannot be told apart for sure."""
        if self.inner is None:
            return ()
        return split(self.inner.text, ",", base=self.inner.start, most=most)

    def edit(self, start: int, end: int, new: str, why: str) -> Edit:
        """A change in the line of the call."""
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
        _read(subject, section, seen, context)
    return {name: context.done(name) for name, context in found.items()}


def steps_of(subject: Subject) -> Iterator[Step]:
    """All steps, each line once."""
    lines: set[Place] = set()
    for context in contexts_of(subject).values():
        for step in context.steps:
            if step.place not in lines:
                lines.add(step.place)
                yield step


def calls_of(step: Step) -> Iterator[Call]:
    """The application of a step, and those that it runs in its arguments."""
    if step.column >= 0 and step.priority != "hint":
        yield from _calls(step, Span(step.column, step.column + len(step.text), step.text))


def _calls(step: Step, span: Span) -> Iterator[Call]:
    found = _APPLICATION.match(span.text)
    if not found:
        return
    inner, end = None, span.end
    if found["open"]:
        closing = span.text.rfind(")")
        if closing < found.end():
            return
        inner = Span(span.start + found.end(), span.start + closing, span.text[found.end() : closing])
        end = span.start + closing + 1
    elif span.text[found.end() :].strip():
        return  # text after a name without (: nothing that is understood
    call = Call(step, found["name"], span.start + found.start("name"), span.start + found.end("name"), end, inner)
    yield call
    if inner and call.key in _CONDITIONAL:
        condition = split(inner.text, "?", base=inner.start, most=2)
        if condition and len(condition) == 2:
            for branch in split(condition[1].text, ":", base=condition[1].start, most=2) or ():
                yield from _calls(step, branch)
    elif inner and call.key in _RUNNERS:
        yield from _calls(step, inner)


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


def _read(subject: Subject, section: Section, seen: Mapping[Place, int], context: _Open) -> None:
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
