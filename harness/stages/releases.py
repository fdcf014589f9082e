"""What two releases have, what differs between them, and what the versions in between mean for a site."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path

from harness.ask.documents import note_texts
from harness.ask.package import load_package
from harness.ask.release import load_facts
from harness.asterisk.notes import read_notes
from harness.asterisk.versions import AS_OF, support
from harness.judge.research.in_between import in_between
from harness.judge.research.note_concerns import missing_notes
from harness.judge.research.note_ties import vocabulary_of
from harness.judge.research.release_changes import ReleaseDifference, compare_releases
from harness.lab import Progress, prepare
from harness.report.in_between import SiteResearch
from harness.site import Site
from harness.stages.site_uses import site_view, unread_dialplans

__all__ = ["research", "research_for"]


def research(old: str, candidate: str, *, progress: Progress) -> ReleaseDifference:
    """Everything that differs between two releases, named as in site.toml (`debian:sid`, `image:REF`).

    Both are built where they are missing, and asked once for an image. Raises EngineError, ImageError, LabError.
    """
    releases = prepare((old, candidate), progress=progress)
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="research") as pool:
        before, now = pool.map(partial(load_facts, progress=progress), (releases[old], releases[candidate]))
    return compare_releases(before, now)


def research_for(
    site: Site, difference: ReleaseDifference, given: Iterable[Path], *, today: date, progress: Progress
) -> SiteResearch:
    """What the versions between the releases of a difference mean for a site, by its old configuration.

    `given` are notes besides those of the images and of the site: files, or source trees. Raises EngineError,
    ImageError, SiteError.
    """
    old, candidate = difference.old, difference.candidate
    releases = prepare((old.spec, candidate.spec), progress=progress)
    packages = [load_package(releases[side.spec]) for side in (old, candidate)]
    texts = {**old.notes, **candidate.notes, **note_texts((*site.notes, *given))}
    notes = [read_notes(name, text) for name, text in texts.items()]
    found = in_between(
        old.version,
        candidate.version,
        notes,
        vocabulary_of(old, candidate),
        site_view(site, {*old.names("module"), *candidate.names("module")}),
        old_log=packages[0].changelog,
        new_log=packages[1].changelog,
    )
    missing = "; ".join(change.name for change in missing_notes(notes, old.version, candidate.version))
    supported = dict.fromkeys(f"{support(side.version, today)} (as of {AS_OF})" for side in (old, candidate))
    return SiteResearch(site.name, found, tuple(supported), missing, unread_dialplans(site))
