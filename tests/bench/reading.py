"""Reads a dialplan of so many lines in 200 included files, and what Asterisk shows of it; a process of its own.

Prints a line with seconds and the most memory that was held, to be put beside those of a smaller one.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from harness.asterisk.dialplan.invocations import application_invocations, function_invocations
from harness.asterisk.dialplan.show import parse_dialplan
from harness.asterisk.dialplan.uses import uses_of
from harness.site.reading.site_files import read_site_files
from tests.bench.judging import peak
from tests.bench.lines import Line, as_json

_FILES = 200
_STEPS = (
    "NoOp(${CALLERID(num)} ${DB(block/${CALLERID(num)})})",
    'Set(X=$["${LEN(${EXTEN})}" = "4"]?${STRFTIME(${EPOCH},,%H)}:0)',
    "GotoIf($[${X}]?other,s,1)",
    "Dial(PJSIP/${EXTEN}&PJSIP/${X},20,tTm(default)U(sub^${EXTEN}))",
    "Hangup(16)",
)


def write_dialplan(folder: Path, lines: int) -> None:
    """An extensions.conf that includes 200 files, with so many lines of dialplan together."""
    (folder / "extensions.conf").write_text("[globals]\n#include parts/*.conf\n")
    (folder / "parts").mkdir()
    for number in range(_FILES):
        text = "\n".join(_lines(number, lines // _FILES))
        (folder / "parts" / f"{number:03d}.conf").write_text(text + "\n")


def _lines(number: int, count: int) -> Iterator[str]:
    yield f"[part-{number}]"
    for line in range(count - 1):
        step = _STEPS[line % len(_STEPS)]
        yield (
            f"exten => {1000 + line // len(_STEPS)},1,{step}" if line % len(_STEPS) == 0 else f" same => n,{step}"
        )


def _shown(lines: int) -> Iterator[str]:
    """As `dialplan show` prints it."""
    for number in range(_FILES):
        yield f"[ Context 'part-{number}' created by 'pbx_config' ]"
        for line in range(lines // _FILES - 1):
            step, first = _STEPS[line % len(_STEPS)], line % len(_STEPS) == 0
            exten = f"'{1000 + line // len(_STEPS)}' =>" if first else ""
            yield f"  {exten:<17} {line % len(_STEPS) + 1}. {step:<45} [parts/{number:03d}.conf:{line + 2}]"


def main(lines: int) -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="asterisk-bench-") as name:
        folder = Path(name)
        write_dialplan(folder, lines)
        began = time.perf_counter()
        files = read_site_files(folder)
    text = "\n".join(_shown(lines))
    dialplan = parse_dialplan(text)
    uses = uses_of(dialplan, files)
    calls = len(list(application_invocations(dialplan))) + len(list(function_invocations(dialplan)))
    seconds = time.perf_counter() - began
    options = sum(len(section.options) for section in files.file("extensions.conf").sections)
    names = len(uses.applications) + len(uses.functions) + len(uses.technologies)
    name = f"reading {options:,} lines, {calls:,} calls of {names} names"
    print(as_json([Line(name, f"{seconds:.1f} s, {peak()} at most")]))
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
