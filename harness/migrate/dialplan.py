"""The dialplan of extensions.conf and what it includes: steps and the applications in them, with their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harness.migrate.model import Edit, Subject
from harness.migrate.scan import Span, split
from harness.model import Place
from harness.site.conf import Option, Section

__all__ = ["Call", "Context", "Step", "calls_of", "contexts_of", "steps_of"]

_STEP = re.compile(r"(?P<priority>[^,(]*)(\((?P<label>[^)]*)\))?\s*")
_APPLICATION = re.compile(r"\s*(?P<name>\w+)\s*(?P<open>\()?")
_NO_CONTEXTS = frozenset({"general", "globals"})
_CONDITIONAL = frozenset({"execif", "execiftime"})
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
    """A context with all its steps, in order. `others` are its options that are none (include, switch)."""

    name: str
    steps: tuple[Step, ...]
    others: tuple[Option, ...]
    plain: bool

    @property
    def blocks(self) -> dict[str, tuple[Step, ...]]:
        """Steps by extension."""
        found: dict[str, list[Step]] = {}
        for step in self.steps:
            found.setdefault(step.extension, []).append(step)
        return {name: tuple(steps) for name, steps in found.items()}


@dataclass(frozen=True, slots=True)
class Call:
    """An application where it is run, in a step of its own or within ExecIf and the like.

    `start` and `end` are columns of the whole, `name_end` that after its name; `inner` is what stands in its
    parentheses, with its column, None without any. `nested` is the name of what runs it, else empty.
    """

    step: Step
    name: str
    start: int
    name_end: int
    end: int
    inner: Span | None
    nested: str = ""

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
    found: dict[str, Context] = {}
    for section in sections:
        steps, others = _read(subject, section, seen)
        before = found.get(section.name, Context(section.name, (), (), True))
        found[section.name] = Context(
            section.name,
            (*before.steps, *steps),
            (*before.others, *others),
            before.plain and not section.parents,
        )
    return found


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
        yield from _calls(step, Span(step.column, step.column + len(step.text), step.text), "")


def _calls(step: Step, span: Span, nested: str) -> Iterator[Call]:
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
    call = Call(
        step, found["name"], span.start + found.start("name"), span.start + found.end("name"), end, inner, nested
    )
    yield call
    if inner and call.key in _CONDITIONAL:
        condition = split(inner.text, "?", base=inner.start, most=2)
        if condition and len(condition) == 2:
            for branch in split(condition[1].text, ":", base=condition[1].start, most=2) or ():
                yield from _calls(step, branch, call.name)
    elif inner and call.key in _RUNNERS:
        yield from _calls(step, inner, call.name)


def _read(subject: Subject, section: Section, seen: dict[Place, int]) -> tuple[list[Step], list[Option]]:
    steps: list[Step] = []
    others: list[Option] = []
    extension, number = "", 0
    for option in section.options:
        keyword = option.name.lower()
        before, _, rest = option.value.partition(",") if keyword == "exten" else ("", "", option.value)
        extension = before.strip() or extension
        priority, comma, text = rest.partition(",")
        head = _STEP.fullmatch(priority.strip())
        if keyword not in ("exten", "same") or not comma or head is None:
            others.append(option)
            continue
        number = _number(head["priority"].strip(), number)
        start = _column(subject.line(option.place), option.value)
        blanks = len(rest) - len(rest.lstrip())
        steps.append(
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
    return steps, others


def _number(priority: str, last: int) -> int:
    if priority.isdecimal():
        return int(priority[:9])
    return last + 1 if priority.lower() == "n" and last else 0


def _column(line: str, value: str) -> int:
    """Where a value begins in its line, -1 where it does not stand there as it was read (`\\;`, blocks)."""
    return -1 if ";--" in line else line.find(value, line.find("=") + 1)
