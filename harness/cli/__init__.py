"""The console command `harness`. Exit codes: 0 promote or done, 1 hold, 2 usage or site error, 3 inconclusive."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import HarnessError, LabError, SiteError
from harness.model import Verdict, day

if TYPE_CHECKING:
    from harness.cli.doctor import Check
    from harness.judge.research.release_changes import ReleaseDifference
    from harness.report import Line, Report
    from harness.site.making.init import Made

__all__ = ["main"]

_PROMOTE, _HOLD, _USAGE, _INCONCLUSIVE, _INTERRUPTED = 0, 1, 2, 3, 130
_EXIT = {Verdict.PROMOTE: _PROMOTE, Verdict.HOLD: _HOLD, Verdict.INCONCLUSIVE: _INCONCLUSIVE}
_COLOURS = {"title": "1", "bad": "1;31", "warn": "1;33", "good": "1;32", "dim": "2"}

# Modules come by name, when a command needs them: `harness --help` must not load an engine's client.
Load = Callable[[str], Any]


def main(argv: Sequence[str] | None = None, *, load: Load = importlib.import_module) -> int:
    """Run one command; returns its exit code. Errors become a message, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(argv)
    try:
        code: int = options.command(options, load)
    except HarnessError as problem:
        _complain(problem)
        return _INCONCLUSIVE if isinstance(problem, LabError) else _USAGE
    except KeyboardInterrupt:
        print("harness: interrupted", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left: nothing to tell it
        return _USAGE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness",
        description="`pytest suites/ --site DIR` plays a site's calls on the old and the candidate Asterisk;"
        " these commands prepare that and look back at it.",
        epilog="exit codes: 0 promote or done, 1 hold, 2 usage or site error, 3 inconclusive",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    doctor = commands.add_parser("doctor", help="say what is missing on this machine and how to get it")
    doctor.set_defaults(command=_doctor)

    init = commands.add_parser("init", help="make a site folder from an existing /etc/asterisk, or from a backup")
    init.add_argument("target", type=Path, metavar="TARGET", help="the site folder to make (scenarios/mine)")
    source = init.add_mutually_exclusive_group()
    source.add_argument(
        "--config", type=Path, default=Path("/etc/asterisk"), metavar="DIR", help="default: /etc/asterisk"
    )
    source.add_argument(
        "--backup", type=Path, metavar="PATH", help="a tar (plain, gz, xz, bz2, zst) or a folder with etc/asterisk"
    )
    init.set_defaults(command=_init)

    preflight = commands.add_parser(
        "preflight", help="compare what both releases load of a site, without playing a call"
    )
    preflight.add_argument("--site", type=Path, required=True, metavar="DIR", help="the site folder")
    preflight.add_argument("--report", type=Path, metavar="DIR", help="write report.json there")
    preflight.add_argument("--old", metavar="SPEC", help="release in place of site.toml's")
    preflight.add_argument("--candidate", metavar="SPEC", help="release in place of site.toml's")
    preflight.add_argument("--old-config", type=Path, metavar="DIR", help="configuration in place of site.toml's")
    preflight.add_argument(
        "--candidate-config", type=Path, metavar="DIR", help="configuration in place of site.toml's"
    )
    preflight.add_argument(
        "--rollback", action="store_true", help="boot the old release on the migrated configuration as well"
    )
    preflight.add_argument(
        "--as-of", type=day, metavar="YYYY-MM-DD", help="the day by which support and waivers are judged"
    )
    preflight.add_argument(
        "--covered-by", type=Path, metavar="DIR", help="report folder of a run: which scenarios cover a finding"
    )
    preflight.set_defaults(command=_preflight)

    migrate = commands.add_parser("migrate", help="migrate a site's old configuration for the candidate")
    migrate.add_argument("site", type=Path, metavar="SITE", help="the site folder")
    where = migrate.add_mutually_exclusive_group()
    where.add_argument("--write", action="store_true", help="write it into the candidate's folder")
    where.add_argument("--to", type=Path, metavar="DIR", help="write it into a new folder")
    migrate.set_defaults(command=_migrate)

    compare = commands.add_parser("compare", help="judge the kept traces of a run again; needs no engine")
    compare.add_argument("folder", type=Path, metavar="DIR", help="the folder given to pytest as --report")
    compare.add_argument("--write", action="store_true", help="replace DIR/report.json with the new one")
    compare.set_defaults(command=_compare)

    show = commands.add_parser("show", help="show the report of a run, or one scenario side by side")
    show.add_argument("folder", type=Path, metavar="DIR", help="the folder given to pytest as --report")
    show.add_argument("scenario", nargs="?", metavar="SCENARIO", help="what happened in it on both releases")
    show.add_argument("--all", action="store_true", help="what is the same on both as well")
    show.set_defaults(command=_show)
    research = commands.add_parser("research", help="say what differs between two releases, whatever the site")
    research.add_argument("old", metavar="OLD", help="a release as in site.toml: debian:bullseye, image:REF")
    research.add_argument("candidate", metavar="CANDIDATE", help="the other one")
    research.add_argument("--all", action="store_true", help="every entry, nothing shortened (text, markdown)")
    research.set_defaults(command=_research)
    research.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    for command in (preflight, compare, show):
        command.add_argument("--format", choices=("text", "json", "markdown", "junit"), default="text")

    setup = commands.add_parser("setup", help="get the engine and a site's images ready")
    setup.add_argument("site", type=Path, nargs="?", default=Path("scenarios/demo"), metavar="SITE")
    setup.add_argument("--old", metavar="SPEC", help="release in place of site.toml's")
    setup.add_argument("--candidate", metavar="SPEC", help="release in place of site.toml's")
    setup.set_defaults(command=_setup)

    sweep = commands.add_parser("sweep", help="remove containers and networks that dead runs left")
    sweep.set_defaults(command=_sweep)
    return parser


def _doctor(_options: argparse.Namespace, load: Load) -> int:
    checks: Sequence[Check] = load("harness.cli.doctor").examine()
    for check in checks:
        _say(f"{'ok' if check.ok else 'optional' if check.optional else 'MISSING':9}{check.name}: {check.found}")
        if check.advice:
            _say(f"{'':9}{check.advice}")
    return _PROMOTE if all(check.ok or check.optional for check in checks) else _USAGE


def _init(options: argparse.Namespace, load: Load) -> int:
    init = load("harness.site.making.init")
    if options.backup:
        made: Made = init.init_from_backup(options.target, backup=options.backup)
    else:
        made = init.init_site(options.target, config=options.config)
    for line in made.left_out:
        _say(f"left out: {line}")
    for missing in made.missing:
        _say(f"{'missing' if missing.needed else 'perhaps missing'}: old/{missing}")
    _say(f"made {options.target}; play it with: pytest suites/ --site {options.target}")
    return _PROMOTE


def _preflight(options: argparse.Namespace, load: Load) -> int:
    program, reports = load("harness.stages.program"), load("harness.report")
    names = ("site", "report", "old", "candidate", "old_config", "candidate_config", "rollback", "as_of")
    settings = program.Settings(**{name: getattr(options, name) for name in names})
    collected = program.collect(settings)
    checks = frozenset(check for check in collected.checks if check.startswith("preflight/"))
    if options.covered_by:
        if options.report and options.report.resolve() == options.covered_by.resolve():
            raise SiteError(f"--report would replace the run in {options.report}: name another folder")
        load("harness.stages.kept").read_kept(options.covered_by)  # whether it is one, before anything is booted
    claim = reports.claim_folder(options.report) if options.report else None
    try:
        report = program.run(collected, settings, scenarios=frozenset(), checks=checks, progress=_tell)
        if options.covered_by:
            report = program.cover(report, options.covered_by)
        if options.report:
            reports.write_report(report, options.report)
    finally:
        if claim is not None:
            os.close(claim)
    return _print(report, options.format, load)


def _migrate(options: argparse.Namespace, load: Load) -> int:
    lines: Sequence[str] = load("harness.migrate").migrate_site(options.site, write=options.write, to=options.to)
    for line in lines:
        _say(line)
    return _PROMOTE


def _compare(options: argparse.Namespace, load: Load) -> int:
    report = load("harness.stages.program").rejudge(options.folder)
    if options.write:
        load("harness.report").write_report(report, options.folder)
    return _print(report, options.format, load)


def _show(options: argparse.Namespace, load: Load) -> int:
    if options.scenario:
        alignment = load("harness.stages.show").aligned(options.folder, options.scenario)
        width = shutil.get_terminal_size().columns
        _paint(load("harness.report.ladder").side_by_side(alignment, width=width, every=options.all))
        return _PROMOTE
    return _print(load("harness.report").read_report(options.folder), options.format, load)


def _print(report: Report, form: str, load: Load) -> int:
    writers = load("harness.report")
    if form == "text":
        _paint(writers.render(report))
    else:
        forms = {"json": writers.dumps, "markdown": writers.to_markdown, "junit": writers.to_junit}
        print(forms[form](report), end="")
    sys.stdout.flush()  # here, so that a reader who left is noticed here
    return _EXIT[report.verdict]


def _research(options: argparse.Namespace, load: Load) -> int:
    with load("harness.lab").exit_on_terminate():
        difference: ReleaseDifference = load("harness.stages.releases").research(
            options.old, options.candidate, progress=_tell
        )
    writers = load("harness.report")
    if options.format == "text":
        _paint(writers.release_lines(difference, every=options.all))
    elif options.format == "json":
        print(writers.release_json(difference), end="")
    else:
        print(writers.release_markdown(difference, every=options.all), end="")
    sys.stdout.flush()
    return _PROMOTE


def _setup(options: argparse.Namespace, load: Load) -> int:
    site = load("harness.site").load_site(options.site, old=options.old, candidate=options.candidate)
    lab = load("harness.lab")
    for release in lab.prepare(
        (site.old.release, site.candidate.release),
        packages=site.packages,
        python=site.python,
        engines=site.engines,
        progress=_say,
    ).values():
        _say(f"{release.spec} is ready: Asterisk {release.version}")
    return _PROMOTE


def _sweep(_options: argparse.Namespace, load: Load) -> int:
    gone: int = load("harness.lab.housekeeping.sweep").sweep()
    _say(f"removed {gone} containers and networks of runs that died" if gone else "nothing to remove")
    return _PROMOTE


def _say(line: str) -> None:
    print(line, flush=True)


def _tell(line: str) -> None:
    """Progress: not part of what a command prints."""
    print(line, file=sys.stderr, flush=True)


def _paint(lines: Iterable[Line]) -> None:
    for line in lines:
        print(_painted(line.text, line.style))


def _painted(text: str, style: str) -> str:
    plain = not style or not sys.stdout.isatty() or "NO_COLOR" in os.environ
    return text if plain else f"\x1b[{_COLOURS[style]}m{text}\x1b[0m"


def _complain(problem: HarnessError) -> None:
    lines = [str(problem), *getattr(problem, "__notes__", ())]
    print("harness: " + "\n".join(lines), file=sys.stderr)
