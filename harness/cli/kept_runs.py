"""`harness compare`, `show` and `merge`: what a run left in its report folder. Needs no engine."""

from __future__ import annotations

import argparse
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.printing import DONE, FORMS, Commands, paint, print_report, say
from harness.errors import SiteError

if TYPE_CHECKING:
    from harness.report.terminal import Line

__all__ = ["add_commands"]

_WITHOUT_TERMINAL = (160, 24)
"""Columns and lines of what is read elsewhere: a file, or a job's log. COLUMNS says otherwise."""


def add_commands(commands: Commands) -> None:
    """Declare the commands."""
    compare = commands.add_parser("compare", help="judge the kept traces of a run again; needs no engine")
    compare.add_argument("--write", action="store_true", help="replace report.json and index.html in DIR")
    compare.set_defaults(command=_compare)
    show = commands.add_parser("show", help="show the report of a run, or one scenario side by side")
    show.add_argument("--all", action="store_true", help="of a scenario, what is the same as well")
    form = show.add_mutually_exclusive_group()
    form.add_argument("--side-by-side", action="store_true", help="of a scenario, who says what to whom, in order")
    form.add_argument("--mermaid", action="store_true", help="the same as a sequence diagram for issues and wikis")
    form.add_argument("--html", action="store_true", help="write DIR/index.html anew, and say where it is")
    show.set_defaults(command=_show)
    merge = commands.add_parser(
        "merge", help="make one run of parts that were played apart (`pytest --shard K/N`)"
    )
    merge.add_argument("parts", type=Path, nargs="+", metavar="DIR", help="the folders given as --report")
    merge.add_argument("--report", type=Path, required=True, metavar="DIR", help="write the whole run there")
    merge.add_argument("--format", choices=FORMS, default="text")
    merge.set_defaults(command=_merge)
    for command in (compare, show):
        command.add_argument("folder", type=Path, metavar="DIR", help="the folder given to pytest as --report")
        command.add_argument("--format", choices=FORMS, default="text")
    show.add_argument("scenario", nargs="?", metavar="SCENARIO", help="what happened in it on both releases")


def _compare(options: argparse.Namespace) -> int:
    from harness.report.folder import write_report
    from harness.stages.rejudge import rejudge

    report = rejudge(options.folder)
    if options.write:
        from harness.stages.page import write_page

        write_report(report, options.folder)
        write_page(report, options.folder)
    return print_report(report, options.format, site=partial(_site_of, options.folder))


def _merge(options: argparse.Namespace) -> int:
    from harness.report.folder import claim_folder
    from harness.stages.join import join

    if twice := [part for part, times in Counter(part.resolve() for part in options.parts).items() if times > 1]:
        raise SiteError(f"{twice[0]} is given twice: give each part once")
    if options.report.resolve() in {part.resolve() for part in options.parts}:
        raise SiteError(f"--report would replace the part in {options.report}: name another folder")
    with ExitStack() as stack:
        stack.callback(os.close, claim_folder(options.report))
        report = join(options.parts, options.report)
    return print_report(report, options.format, site=partial(_site_of, options.report))


def _show(options: argparse.Namespace) -> int:
    if options.scenario:
        return _one_scenario(options)
    if options.side_by_side or options.mermaid:
        raise SiteError("--side-by-side and --mermaid show one scenario: name it behind the folder")
    from harness.report.folder import read_report

    if options.html:
        from harness.stages.page import write_page

        say(str(write_page(read_report(options.folder), options.folder)))
        return DONE
    return print_report(read_report(options.folder), options.format, site=partial(_site_of, options.folder))


def _site_of(folder: Path) -> str:
    """The site's folder; empty where the run kept none (`harness preflight`)."""
    from harness.stages.kept import read_kept

    try:
        return read_kept(folder).site
    except SiteError:
        return ""


def _one_scenario(options: argparse.Namespace) -> int:
    from harness.report.ladder import side_by_side
    from harness.report.ladder_text import ladder_lines, to_mermaid
    from harness.stages.show import alignment_of, ladder_in

    width = shutil.get_terminal_size(_WITHOUT_TERMINAL).columns
    if options.mermaid:
        print(to_mermaid(ladder_in(options.folder, options.scenario), every=options.all), end="")
        return DONE
    if options.side_by_side:
        shown = ladder_lines(ladder_in(options.folder, options.scenario), width=width, every=options.all)
    else:
        shown = side_by_side(alignment_of(options.folder, options.scenario), width=width, every=options.all)
    paint((*_what_was_said(options.folder, options.scenario), *shown))
    return DONE


def _what_was_said(folder: Path, scenario: str) -> Iterator[Line]:
    """Why the scenario fails, by the run's report, and an empty line; nothing where it passes or is in none."""
    from harness.report.complaint import complaint
    from harness.report.folder import read_report
    from harness.report.terminal import Line
    from harness.report.text import wrap

    with suppress(SiteError):
        result = read_report(folder).result(scenario)
        if result and (words := complaint(result)):
            for line in words.split("\n"):
                text = line.lstrip()
                yield from (Line(part, "bad") for part in wrap(text, indent=line[: -len(text)]))
            yield Line("", "")
