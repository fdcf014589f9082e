"""Everything that can go wrong on purpose.

    HarnessError                  what is wrong, where, what to do; never a traceback for the user
    ├── SiteError                 the site folder: site.toml, scenarios, waivers, configuration (exit 2)
    ├── EngineError               no container engine, or it refuses (exit 2)
    ├── ImageError                a release that cannot be built or has no Asterisk in it (exit 2)
    └── LabError                  something in the lab broke while running (exit 3)
        ├── BootError             an instance never said fully booted
        ├── CrashError            an instance ended while scenarios were playing
        ├── HangError             an instance lives and does not answer any more, not even inside
        ├── BusyError             an instance answers inside, and not through AMI in time
        ├── LostError             an instance was killed, removed, paused or cut off from outside
        └── StarvedError          an instance reached the memory limit that the site gives it

    ScenarioError                 raised inside one scenario; it ends that scenario alone
    ├── ExpectationFailed         an `expect:` or an assertion did not hold
    ├── DeadlineExceeded          a wait, or the whole scenario, ran out of time
    ├── Unregistered              a phone that the instance does not let register
    └── NotPlayable               a far end or a phone was not there: inconclusive, not a difference

Evidence (the last log lines, the last AMI events) hangs on with `add_note`.
"""

from __future__ import annotations

import shutil

__all__ = [
    "BootError",
    "BusyError",
    "CrashError",
    "DeadlineExceeded",
    "EngineError",
    "ExpectationFailed",
    "HangError",
    "HarnessError",
    "ImageError",
    "LabError",
    "LostError",
    "NotPlayable",
    "ScenarioError",
    "SiteError",
    "StarvedError",
    "Unregistered",
    "reason_of",
    "with_notes",
]


class HarnessError(Exception):
    """Base of all errors with a message meant for the person at the terminal."""


class SiteError(HarnessError):
    """The site folder cannot be used as it is. The message names file, line, key and what was meant."""


class EngineError(HarnessError):
    """No container engine answers, or it refuses what is asked."""


class ImageError(HarnessError):
    """A release cannot be built or started. Carries the last lines of the build as a note."""


class LabError(HarnessError):
    """The lab broke: the run cannot judge (inconclusive)."""


class BootError(LabError):
    """Asterisk did not reach fully booted in time. Carries its last log lines as a note.

    `instance` is which one. `by_itself`: Asterisk ended, and nobody ended it; then `log` is the file of its log.
    """

    instance = ""
    by_itself = False
    log = b""


class CrashError(LabError):
    """Asterisk ended while scenarios were playing. Carries its last log lines as a note."""


class HangError(LabError):
    """Asterisk runs and does not answer. Carries its last log lines as a note."""


class BusyError(LabError):
    """Asterisk answers inside, and not through AMI in time: nothing is sure."""


class LostError(LabError):
    """Somebody or something outside took an instance away, which says nothing of Asterisk."""


class StarvedError(LabError):
    """Asterisk was ended at the memory limit of the site."""


class ScenarioError(HarnessError):
    """One scenario on one instance cannot go on."""


class ExpectationFailed(ScenarioError):
    """The site's own expectation did not hold on this instance."""


class DeadlineExceeded(ScenarioError):
    """A named condition did not come about in time."""


class NotPlayable(ScenarioError):
    """What the scenario needs to be played is missing, so nothing can be said about the release."""


class Unregistered(ScenarioError):
    """A phone that the instance does not let register. The message says with which answer."""


def reason_of(problem: OSError) -> str:
    """What the system says is wrong. Python's own errors, and those of copying a folder, have it elsewhere."""
    if isinstance(problem, shutil.Error) and problem.args and isinstance(problem.args[0], list):
        return "; ".join(f"{path}: {why}" for path, _, why in problem.args[0][:3])
    return problem.strerror or str(problem) or type(problem).__name__


def with_notes(problem: BaseException) -> str:
    """The message of an error in its first line, its evidence in those below."""
    return "\n".join((str(problem), *getattr(problem, "__notes__", ())))
