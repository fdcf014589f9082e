"""The choices as a menuselect.makeopts for the candidate, which says why of each name. Pure.

Lines that do not begin with `MENUSELECT_` are passed over by menuselect, and `#` is a comment to make.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from harness.asterisk.menuselect.makeopts import failed_line, is_positive, line_of
from harness.judge.builds.choices import Choice, Fate

__all__ = ["candidate_makeopts"]

_WIDTH = 110
_REASONS: Mapping[Fate, str] = {
    Fate.GONE_ON: "left out, as they are gone (and were on)",
    Fate.GONE_OFF: "left out, as they are gone (and were off)",
    Fate.FOREIGN: "left out, as neither release knows them",
    Fate.TURNED_ON: "new, and off by default",
    Fate.NEW_OFF: "new, and off by default",
    Fate.NEW_ON: "new, and on by default",
    Fate.UNMET: "off for want of a dependency; tried again",
    Fate.MISSING: "on, and the candidate's package lacks what they need",
    Fate.NEEDS: "on, and they need more than before",
    Fate.DEFAULT: "as before, and the default is another one now",
    Fate.DEVIATION: "as before, and not the default",
    Fate.KEPT_OFF: "off as before",
    Fate.UNKNOWN: "as before, and not known from a package",
}
_STORED = "how voicemail is kept, as before"


def candidate_makeopts(choices: Sequence[Choice], *, title: str) -> str:
    """The file. `title` says in a line what it was made of; what stays as it was and is on needs no word."""
    categories: dict[str, list[Choice]] = {}
    for choice in choices:
        categories.setdefault(choice.category, []).append(choice)
    lines = [*_comment(title)]
    for category in sorted(categories):
        lines += ["", *_category(category, sorted(categories[category], key=lambda each: each.name))]
    failed = [choice for choice in choices if choice.fate is Fate.UNMET]
    if failed:
        lines += [
            "",
            *_comment("off only because a dependency was missing: menuselect turns them on where it is not"),
        ]
    lines += [failed_line(choice.entry) for choice in failed]
    return "".join(f"{line}\n" for line in lines)


def _category(category: str, choices: Sequence[Choice]) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for choice in choices:
        if reason := _reason(choice):
            reasons.setdefault(reason, []).append(choice.name)
    for reason, names in reasons.items():
        yield from _comment(f"{reason}: {' '.join(names)}")
    there = [choice for choice in choices if choice.fate not in (Fate.GONE_ON, Fate.GONE_OFF, Fate.FOREIGN)]
    if there:
        yield line_of(category, (choice.name for choice in there if choice.stays == is_positive(category)))


def _reason(choice: Choice) -> str:
    if choice.fate in (Fate.KEPT_ON, Fate.KEPT_OFF, Fate.DEVIATION, Fate.TURNED_ON) and _moves(choice):
        return _STORED
    return _REASONS.get(choice.fate, "")


def _moves(choice: Choice) -> bool:
    """Whether it is to be otherwise than its fate says: a module that keeps voicemail, or does not any more."""
    stays = choice.on if choice.fate is not Fate.TURNED_ON else False
    return choice.stays != stays


def _comment(text: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent="# ", subsequent_indent="#   ", break_long_words=False, break_on_hyphens=False
    )
