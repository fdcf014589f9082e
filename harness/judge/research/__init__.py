"""What two releases say of themselves that concerns one site. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from harness.asterisk.dialplan.show import Dialplan
from harness.asterisk.notes import read_notes
from harness.asterisk.versions import AS_OF, SOURCE, move, series_for, support
from harness.facts.release import ReleaseFacts
from harness.facts.site_changes import SiteChange
from harness.judge.causes import Maps
from harness.judge.research.call_changes import call_changes
from harness.judge.research.language_changes import language_changes
from harness.judge.research.note_concerns import between, citations, concerns, missing_notes, uses_of
from harness.judge.research.note_ties import vocabulary_of
from harness.judge.research.option_changes import config_changes
from harness.judge.research.sample_changes import sample_changes
from harness.judge.research.scripts import script_changes
from harness.site.reading.site_files import SiteFiles

__all__ = ["Research", "about_move", "research_site", "site_changes"]

_YEAR = timedelta(days=365)
_MEANS = {
    "update": "An update: within a series only faults are mended, so any other behaviour is suspicious",
    "upgrade": "An upgrade: another series may do things otherwise on purpose; its notes say what",
    "downgrade": "A downgrade: nobody tests that; configuration of the newer release may not be understood",
    "same": "The same version: nothing may differ",
    "unknown": "Not known: one of the versions is none that can be read",
}


@dataclass(frozen=True, slots=True)
class Research:
    """What concerns the site; and what notes say, by kind and name of the thing (`("application", "Macro")`)."""

    changes: tuple[SiteChange, ...] = ()
    cited: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)


def research_site(
    old: ReleaseFacts,
    candidate: ReleaseFacts,
    files: SiteFiles,
    maps: Maps,
    *,
    before: SiteFiles,
    scripts: Mapping[str, str],
    given: Mapping[str, str],
    today: date,
) -> Research:
    """What is documented otherwise, what the notes in between say, and how long both are supported.

    `files` are those of the candidate's side, `before` the old one's. `scripts` are texts of AGI scripts, `given`
    those of notes that the site brings, by file name.
    """
    notes = [read_notes(name, text) for name, text in {**old.notes, **candidate.notes, **given}.items()]
    uses = uses_of(maps.candidate, files, {*old.names("module"), *candidate.names("module")})
    in_between = between(notes, old.version, candidate.version)
    same_image = bool(old.digest) and old.digest == candidate.digest  # no move at all
    vocabulary = vocabulary_of(old, candidate)
    changes = (
        *site_changes(old, candidate, files, maps.candidate, before=maps.old),
        *script_changes(old, candidate, scripts),
        *language_changes(old, candidate, files, maps.candidate, scripts),
        *_unreadable_files(before, files),
        *concerns(in_between, uses, vocabulary),
        *missing_notes(notes, old.version, candidate.version),
        *(() if same_image else about_move(old.version, candidate.version, today)),
    )
    return Research(changes, citations(notes, vocabulary, old=old.version))


def site_changes(
    old: ReleaseFacts, new: ReleaseFacts, files: SiteFiles, dialplan: Dialplan, *, before: Dialplan | None = None
) -> tuple[SiteChange, ...]:
    """`config_changes`, `call_changes` (with `before`), and `sample_changes` of the files that are not documented.

    Of a file that the new release documents, its samples can say nothing that its documentation does not.
    """
    documented = {name.partition(" ")[0] for name in new.section("config object").items}
    others = {name: conf for name, conf in files.confs.items() if name not in documented}
    return (
        *config_changes(old, new, files),
        *call_changes(old, new, dialplan, before=before),
        *sample_changes(old.samples, new.samples, SiteFiles(others, files.folder)),
    )


def _unreadable_files(before: SiteFiles, files: SiteFiles) -> Iterator[SiteChange]:
    """Lines of the migrated files that Asterisk cannot read, unless the old files have them; `#exec` lines."""
    known = {(file, problem.text) for file, conf in before.confs.items() for problem in conf.problems}
    for file, conf in files.confs.items():
        for problem in conf.problems:
            place = (files.place(problem.place),)
            if problem.text.startswith("#exec"):
                yield SiteChange("config-not-run", f"{file}: {problem.text}", place)
            elif problem.fatal and (file, problem.text) not in known:
                yield SiteChange("config-file-unread", f"{file}: {problem.text}", place)


def about_move(old: str, candidate: str, today: date) -> Iterator[SiteChange]:
    """What kind of move it is, how long both are supported, and a warning when the candidate is not for long.

    An update changes no series, so its end of life is no reason to stay with the older build.
    """
    kind = move(old, candidate)
    yield SiteChange("release-move", _MEANS[kind], (), old, candidate)
    before, after = support(old, today), support(candidate, today)
    both = "; ".join(dict.fromkeys((before, after)))
    yield SiteChange("release-support", f"{both} (as of {AS_OF}, {SOURCE})", ())
    series = series_for(candidate)
    if kind not in ("update", "same") and series is not None and series.ends - today < _YEAR:
        yield SiteChange("release-support-ends", after, ())
