"""What of a site's dialplan, phones and interfaces Asterisk does not read in the lab, and what follows from that.

Asterisk refuses a whole file of which one `#include` is not there; without its dialplan every call fails.
AEL goes on without what it includes, and so does `#tryinclude`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from harness.asterisk.conf import Config, Problem
from harness.asterisk.dialplan.ael import missing_includes
from harness.model import Place
from harness.site.making.files import LeftOut

__all__ = ["Gap", "gaps_of"]

_LONGEST = 4096
_LANGUAGES = ("extensions.conf", "extensions.ael", "extensions.lua")
_LOST: Mapping[str, str] = {
    "extensions.conf": "without it there is no dialplan, and every call fails",
    "extensions.ael": "without it its part of the dialplan is not there",
    "extensions.lua": "without it its part of the dialplan is not there",
    "pjsip.conf": "without it no phone and no trunk of PJSIP is there",
    "pjsip_wizard.conf": "without it its phones and trunks are not there",
    "sip.conf": "without it no phone and no trunk of chan_sip is there",
    "iax.conf": "without it no phone and no trunk of IAX2 is there",
    "users.conf": "without it its phones are not there",
    "manager.conf": "without it AMI is off, also for this harness, and nothing can be compared",
    "http.conf": "without it there is no ARI and no web server",
    "ari.conf": "without it no user of ARI is there",
    "queues.conf": "without it no queue is there",
    "voicemail.conf": "without it no mailbox is there",
    "features.conf": "without it features have their defaults",
    "res_parking.conf": "without it parking lots have their defaults",
    "confbridge.conf": "without it conferences have their defaults",
    "musiconhold.conf": "without it no music is there",
}
_BY_LINK = (
    "Copy the folder with all that its links lead to (cp -rL /etc/asterisk /tmp/asterisk) and give the copy with"
    " --config, or a backup of the whole machine with --backup"
)
_BY_INCLUDE = "Copy the file into old/ and candidate/, and write its name there without the folder"
_BY_PROGRAM = "Write what it prints into a file in old/ and candidate/, and #include that"
_BY_LINE = "Asterisk reads none of it, in production neither: see whether production runs with this folder"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that Asterisk will not read at `place`. `lost` is what follows, `advice` what to do."""

    place: Place
    what: str
    lost: str
    advice: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}: {self.lost}. {self.advice}."


def gaps_of(config: Config, left_out: Sequence[LeftOut]) -> tuple[Gap, ...]:
    """Gaps of a configuration that was copied without what `left_out` names, the dialplan's first."""
    links = {PurePosixPath(one.name).name: one for one in left_out}
    found = [gap for file in _LOST for gap in _of_file(config, file, links)]
    return tuple(dict.fromkeys((*_no_dialplan(config, links), *found)))


def _of_file(config: Config, file: str, links: Mapping[str, LeftOut]) -> Iterator[Gap]:
    if path := _path_within(config.folder / file):
        what = f"it holds nothing but {path}: a link that was copied as a text"
        yield Gap(Place(file, 1), what, _LOST[file], _BY_LINK)
    elif (config.folder / file).is_file():
        problems = config.file(file).problems if file.endswith(".conf") else ()
        yield from (gap for problem in problems for gap in _of_problem(problem, file, links))
        if file.endswith(".ael"):
            yield from _of_ael(config)
    elif file in links:
        yield Gap(Place(file, 0), f"not copied, it is {links[file].reason}", _LOST[file], _BY_LINK)


def _path_within(file: Path) -> str:
    """The path that is all of a file's text: what is left of a link where somebody copied it without links."""
    try:
        text = file.read_bytes()[:_LONGEST].decode("utf-8", "replace").strip()
    except OSError:
        return ""
    return text if re.fullmatch(r"[\w./-]*/[\w./-]+", text) else ""


def _of_problem(problem: Problem, file: str, links: Mapping[str, LeftOut]) -> Iterator[Gap]:
    by_include = _BY_LINK if any(name in problem.text for name in links) else _BY_INCLUDE
    if problem.fatal:
        what = f"{problem.text}, and Asterisk refuses all of {file}"
        yield Gap(problem.place, what, _LOST[file], by_include if problem.directive else _BY_LINE)
    elif problem.directive:
        advice = _BY_PROGRAM if problem.directive == "exec" else by_include
        yield Gap(problem.place, problem.text, "what stands in it is not there", advice)


def _of_ael(config: Config) -> Iterator[Gap]:
    for place, target in missing_includes(config, "extensions.ael"):
        what = f'#include "{target}" leads to nothing in this folder'
        yield Gap(place, what, "Asterisk goes on without the contexts that stand in it", _BY_INCLUDE)


def _no_dialplan(config: Config, links: Mapping[str, LeftOut]) -> Iterator[Gap]:
    """Without a dialplan in any language, where none was left out and none is in a database."""
    elsewhere = any(option.name in _LANGUAGES for option in config.file("extconfig.conf").options("settings"))
    if not elsewhere and not any((config.folder / file).is_file() or file in links for file in _LANGUAGES):
        what = "there is none, and no extensions.ael or extensions.lua"
        below = sorted(file.parent.name for name in _LANGUAGES for file in config.folder.glob(f"*/{name}"))
        advice = f"There is one in the folder {below[0]} below: give that one with --config" if below else _BY_LINE
        yield Gap(Place("extensions.conf", 0), what, _LOST["extensions.conf"], advice)
