"""Edits → new lines, new texts, and the unified diff that shows each change with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from harness.migrate.model import Edit

__all__ = ["Rewritten", "diff", "rewrite"]

_CONTEXT = 1


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file that changes: its lines before, what becomes of some (number → one or more lines), and why."""

    before: tuple[str, ...] = field(repr=False)
    lines: Mapping[int, tuple[str, ...]]
    reasons: Mapping[int, tuple[str, ...]]

    @property
    def text(self) -> str:
        """The new text of the file."""
        after: list[str] = []
        for number, line in enumerate(self.before, 1):
            after += self.lines.get(number, (line,))
        return "\n".join(after)


def rewrite(files: Mapping[str, str], edits: Iterable[Edit]) -> tuple[dict[str, Rewritten], tuple[Edit, ...]]:
    """The files that change, and the edits that could not be made because they meet an earlier one."""
    refused: list[Edit] = []
    by_file: dict[str, dict[int, list[Edit]]] = {}
    for edit in edits:
        others = by_file.setdefault(edit.place.file, {}).setdefault(edit.place.line, [])
        if any(edit.start < other.end and other.start < edit.end for other in others):
            refused.append(edit)
        else:
            others.append(edit)
    found = {file: _rewrite(files[file], by_line) for file, by_line in sorted(by_file.items())}
    return {file: rewritten for file, rewritten in found.items() if rewritten.lines}, tuple(refused)


def _rewrite(text: str, by_line: Mapping[int, list[Edit]]) -> Rewritten:
    before = tuple(text.split("\n"))
    lines: dict[int, tuple[str, ...]] = {}
    reasons: dict[int, tuple[str, ...]] = {}
    for number, edits in sorted(by_line.items()):
        old = before[number - 1]
        new = _new_lines(old, edits)
        if new != (old,):
            lines[number] = new
            reasons[number] = tuple(dict.fromkeys(edit.why for edit in edits))
    return Rewritten(before, lines, reasons)


def _new_lines(line: str, edits: list[Edit]) -> tuple[str, ...]:
    end = "\r\n" if line.endswith("\r") else "\n"
    # From the right; of those at one column the later first, so that what the earlier brings stands before it.
    for _, edit in sorted(enumerate(edits), key=lambda item: (item[1].start, item[1].end, item[0]), reverse=True):
        line = line[: edit.start] + edit.new.replace("\n", end) + line[edit.end :]
    return tuple(line.split("\n"))


def diff(changed: Mapping[str, Rewritten], *, old: str, new: str) -> Iterator[str]:
    """Lines of a unified diff, with folders for both sides. A hunk's heading has the reasons of its changes."""
    for file, rewritten in sorted(changed.items()):
        yield f"--- {old}/{file}"
        yield f"+++ {new}/{file}"
        moved = 0
        for group in _groups(sorted(rewritten.lines)):
            lines = tuple(_hunk(rewritten, group))
            first, last = _around(rewritten, group)
            added = sum(len(rewritten.lines[number]) - 1 for number in group)
            why = "; ".join(dict.fromkeys(reason for number in group for reason in rewritten.reasons[number]))
            length = last - first + 1
            yield f"@@ -{first},{length} +{first + moved},{length + added} @@ {why}"
            yield from lines
            moved += added


def _groups(numbers: Iterable[int]) -> list[list[int]]:
    """Changed lines that are near enough for one hunk."""
    groups: list[list[int]] = []
    for number in numbers:
        if groups and number - groups[-1][-1] <= 2 * _CONTEXT:
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _around(rewritten: Rewritten, group: list[int]) -> tuple[int, int]:
    length = len(rewritten.before) - (not rewritten.before[-1])  # after the last line's end comes no line
    return max(group[0] - _CONTEXT, 1), max(min(group[-1] + _CONTEXT, length), group[-1])


def _hunk(rewritten: Rewritten, group: list[int]) -> Iterator[str]:
    first, last = _around(rewritten, group)
    for number in range(first, last + 1):
        line = rewritten.before[number - 1].removesuffix("\r")
        after = [new.removesuffix("\r") for new in rewritten.lines.get(number, (line,))]
        if after[0] == line:
            yield f" {line}"
            yield from (f"+{new}" for new in after[1:])
        else:
            yield f"-{line}"
            yield from (f"+{new}" for new in after)
