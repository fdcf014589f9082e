"""What reading costs: dialplans, the configuration of exchanges, scenarios; each measured in a process of its own.

`python -m tests.bench.reading` prints all lines of the table; with the name of a measurement and a size, that one.
Seconds are processor time, so that a busy machine counts as little as can be.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from tests.bench.lines import Line, as_json, at_most

_FILES = 200
_STEPS = (
    "NoOp(${{CALLERID(num)}} ${{DB(block/{n}/${{CALLERID(num)}})}})",
    'Set(X=$["${{LEN(${{EXTEN}})}}" = "{n}"]?${{STRFTIME(${{EPOCH}},,%H)}}:0)',
    "GotoIf($[${{X{n}}}]?other,s,1)",
    "Dial(PJSIP/${{EXTEN}}&PJSIP/{n},20,tTm(default)U(sub^${{EXTEN}}))",
    "Hangup({n})",
)
_SCENARIO = """\
  - name: case-{n}
    title: Caller {n} reaches the menu and hangs up
    uses: [queue/q{n}]
    tags: [menu]
    steps:
      - call: "{n}@from-internal"
        variables: {{X: "{n}"}}
      - wait: answered
      - dtmf: "12{n}"
      - hangup: caller
    expect:
      - hangup_cause: 16
"""
_SITE = """\
name = "many"
[old]
release = "debian:bullseye"
config = "etc"
[candidate]
release = "debian:sid"
config = "etc"
"""
_A_FILE = 100


class Figures(msgspec.Struct, frozen=True):
    """What one measurement took: processor time, the most memory of its process, and how many lines it read."""

    seconds: float
    peak: float
    count: int


def main(arguments: list[str]) -> int:
    """Measure and print."""
    if arguments:
        name, size = arguments
        with tempfile.TemporaryDirectory(prefix="asterisk-bench-") as folder:
            print(msgspec.json.encode(_MEASUREMENTS[name](Path(folder), int(size))).decode())
    else:
        print(as_json(reading_lines()))
    return 0


def reading_lines() -> Iterator[Line]:
    """All lines of the table."""
    small, large = _apart("dialplan", 25_000), _apart("dialplan", 100_000)
    name = f"reading {large.count:,} lines of dialplan"
    yield at_most(f"{name}, processor time", large.seconds, 2, unit=" s")
    yield at_most(f"{name}, memory", large.peak, 100, unit=" MB")
    yield _growth("dialplan, a line", small, large, 1.2)
    for name in ("preflight", "init", "migrate"):
        small, large = _apart(name, 500), _apart(name, 2_000)
        yield _growth(f"{name}, a line of an exchange", small, large, 1.2)
    yield _growth("loading a scenario", _apart("scenarios", 1_000), _apart("scenarios", 5_000), 1.1)


def _growth(name: str, small: Figures, large: Figures, goal: float) -> Line:
    ratio = (large.seconds / large.count) / (small.seconds / small.count)
    more = f"{large.seconds:.2f} s for {large.count:,}, {small.seconds:.2f} s for {small.count:,}"
    return at_most(f"{name} among many, over one among few", ratio, goal, more=more)


def _apart(name: str, size: int) -> Figures:
    command = [sys.executable, "-m", "tests.bench.reading", name, str(size)]
    return msgspec.json.decode(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout, type=Figures)


def _held() -> float:
    """MB that this process held at most; `getrusage` would tell of the one that started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


def _dialplan(folder: Path, lines: int) -> Figures:
    """A dialplan in 200 included files, what Asterisk shows of it, and all that it uses."""
    from harness.asterisk.dialplan.show import parse_dialplan
    from harness.asterisk.dialplan.uses import uses_of
    from harness.site.reading.site_files import read_site_files

    (folder / "extensions.conf").write_text("[globals]\n#include parts/*.conf\n")
    (folder / "parts").mkdir()
    for number in range(_FILES):
        _write(folder / "parts" / f"{number:03d}.conf", _written(number, lines // _FILES))
    _write(folder / "shown", _shown(lines // _FILES))
    began = time.process_time()
    files = read_site_files(folder)
    uses_of(parse_dialplan((folder / "shown").read_text()), files)
    seconds = time.process_time() - began
    count = sum(len(section.options) for section in files.file("extensions.conf").sections)
    return Figures(seconds, _held(), count)


def _write(path: Path, lines: Iterator[str]) -> None:
    with path.open("w") as file:
        file.writelines(f"{line}\n" for line in lines)


def _written(number: int, count: int) -> Iterator[str]:
    yield f"[part-{number}]"
    for line in range(count - 1):
        step, first = _step(number, line), line % len(_STEPS) == 0
        yield f"exten => {1000 + line // len(_STEPS)},1,{step}" if first else f" same => n,{step}"


def _shown(count: int) -> Iterator[str]:
    """As `dialplan show` prints it."""
    for number in range(_FILES):
        yield f"[ Context 'part-{number}' created by 'pbx_config' ]"
        for line in range(count - 1):
            step, first = _step(number, line), line % len(_STEPS) == 0
            exten = f"'{1000 + line // len(_STEPS)}' =>" if first else ""
            yield f"  {exten:<17} {line % len(_STEPS) + 1}. {step:<45} [parts/{number:03d}.conf:{line + 2}]"


def _step(number: int, line: int) -> str:
    """No two are alike, so that nothing is gained by remembering one."""
    return _STEPS[line % len(_STEPS)].format(n=number * 10_000 + line)


def _preflight(folder: Path, extensions: int) -> Figures:
    """All checks of an exchange whose candidate has lost a part of everything."""
    from harness.judge.checks import CHECKS
    from harness.judge.checks.folding import folded
    from harness.judge.checks.judging import judge_load
    from tests.bench.exchange import old_and_candidate, write_exchange

    count = write_exchange(folder, extensions)
    began = time.process_time()
    old, candidate = old_and_candidate(folder)
    folded([judge_load(check, old, old, candidate) for check in CHECKS])
    return Figures(time.process_time() - began, _held(), count)


def _init(folder: Path, extensions: int) -> Figures:
    from harness.site.making.init import init_site
    from tests.bench.exchange import write_exchange

    count = write_exchange(folder / "etc", extensions)
    began = time.process_time()
    init_site(folder / "site", config=folder / "etc")
    return Figures(time.process_time() - began, _held(), count)


def _migrate(folder: Path, extensions: int) -> Figures:
    from harness.migrate import migrate_site
    from harness.site.making.init import init_site
    from tests.bench.exchange import write_exchange

    count = write_exchange(folder / "etc", extensions)
    init_site(folder / "site", config=folder / "etc")
    began = time.process_time()
    migrate_site(folder / "site")
    return Figures(time.process_time() - began, _held(), count)


def _scenarios(folder: Path, count: int) -> Figures:
    """A site of so many scenarios, a hundred a file, and nothing else."""
    from harness.stages.collect import Settings, collect

    (folder / "etc").mkdir()
    (folder / "etc" / "extensions.conf").write_text("[from-internal]\nexten => _X.,1,Answer()\n")
    (folder / "site.toml").write_text(_SITE)
    for first in range(0, count, _A_FILE):
        entries = "".join(_SCENARIO.format(n=first + n) for n in range(_A_FILE))
        (folder / f"s{first:05d}.yaml").write_text(f"scenarios:\n{entries}")
    began = time.process_time()
    collected = collect(Settings(folder))
    return Figures(time.process_time() - began, _held(), len(collected.scenarios))


_MEASUREMENTS: Mapping[str, Callable[[Path, int], Figures]] = {
    "dialplan": _dialplan,
    "preflight": _preflight,
    "init": _init,
    "migrate": _migrate,
    "scenarios": _scenarios,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
