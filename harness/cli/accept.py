"""`harness accept`: findings that a person accepts become waivers of the site."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.printing import DONE, Commands, paint, say
from harness.errors import SiteError
from harness.model.findings import day

if TYPE_CHECKING:
    from harness.stages.accept import Accepting, Choice

__all__ = ["add_commands"]

_ASKED = "Why is it accepted? (Enter: it is not; q: no more) "


def add_commands(commands: Commands) -> None:
    """Declare the command."""
    accept = commands.add_parser("accept", help="accept findings of a run: write waivers into its site")
    accept.add_argument("folder", type=Path, metavar="DIR", help="the folder given to pytest as --report")
    accept.add_argument("marks", nargs="*", metavar="FINGERPRINT", help="of a cause that holds, or its beginning")
    accept.add_argument(
        "--rule", default="", metavar="RULE", help="all that hold and are of this rule (or pattern)"
    )
    accept.add_argument("--reason", default="", metavar="TEXT", help="why they are accepted")
    accept.add_argument("--until", type=day, metavar="YYYY-MM-DD", help="the last day on which that holds")
    accept.add_argument("--site", type=Path, metavar="SITE", help="the site's folder, where it has moved")
    accept.add_argument("--interactive", action="store_true", help="show each cause that holds, and ask")
    accept.set_defaults(command=_accept)


def _accept(options: argparse.Namespace) -> int:
    from harness.report.headline import verdict_line
    from harness.report.text import count
    from harness.report.waiving import with_it
    from harness.stages.accept import Choice, accept, chosen, open_run

    run = open_run(options.folder, options.site)
    until = options.until.isoformat() if options.until else ""
    if options.interactive:
        choices = list(_asked(run, until))
    else:
        if not options.reason.strip():
            raise SiteError("say why with --reason: who reads the waiver next year wants to know")
        if not (options.marks or options.rule):
            raise SiteError("name a fingerprint or a --rule, or go through all that holds with --interactive")
        found = chosen(run, options.marks, rule=options.rule)
        choices = [Choice(finding, options.reason, until) for finding in found]
    if not choices:
        say("nothing is accepted: waivers.yaml stays as it is")
        return DONE
    after = accept(run, choices)
    for choice in choices:
        say(f"accepted: {choice.finding.severity}: {choice.finding.title}")
        for each in with_it(choice.finding):
            say(f"  and with it: {each.severity}: {each.title}")
    say(f"{count(len(choices), 'cause')} written to {run.site / 'waivers.yaml'}")
    say(f"with that, the run would end as {verdict_line(after)}")
    return DONE


def _asked(run: Accepting, until: str) -> Iterator[Choice]:
    from harness.report.terminal import cause_lines
    from harness.stages.accept import Choice

    for number, finding in enumerate(run.open, start=1):
        say(f"{number} of {len(run.open)}")
        paint(cause_lines(finding))
        try:
            said = input(_ASKED).strip()
        except EOFError:
            return
        if said.lower() == "q":
            return
        if said:
            yield Choice(finding, said, until)
