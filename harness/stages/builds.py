"""What becomes of an old build's choices on the candidate, from files alone: for a command, and for preflight."""

from __future__ import annotations

from pathlib import Path

from harness.ask.package import NO_MEMBERS, packages_of
from harness.asterisk.dialplan.show import Dialplan
from harness.asterisk.menuselect.makeopts import Makeopts, read_makeopts
from harness.errors import SiteError, reason_of
from harness.facts.package import PackageFacts
from harness.facts.site_changes import SiteChange
from harness.judge.builds.candidate_file import candidate_makeopts
from harness.judge.builds.choices import choices_of
from harness.judge.builds.news import build_news
from harness.judge.builds.uses import with_uses
from harness.judge.research.note_concerns import uses_of
from harness.lab import Progress
from harness.model import Place
from harness.report.builds import BuildChoices
from harness.site import Site
from harness.site.reading.site_files import SiteFiles
from harness.stages.site_uses import site_view, unread_dialplans

__all__ = ["build_changes", "menuselect", "write_candidate"]

_LARGEST = 8 << 20
_NO_CHOICES = "no line begins with MENUSELECT_ and a category"


def menuselect(
    file: Path, old: str, candidate: str, *, site: Site | None = None, progress: Progress
) -> BuildChoices:
    """What becomes of each choice. A site's old configuration says what is used.

    Raises EngineError, ImageError, SiteError.
    """
    opts = _read(file, shown=str(file))
    if not opts.listed:
        raise SiteError(f"{file}: this is no menuselect.makeopts: {_NO_CHOICES}")
    before, now = packages_of((old, candidate), progress=progress)
    choices = choices_of(opts, before, now)
    if site is not None:
        choices = with_uses(choices, site_view(site, before.names | now.names).uses)
    unread = unread_dialplans(site) if site else ()
    return BuildChoices(file.name, before, now, choices, opts.problems, site is not None, unread)


def build_changes(
    site: Site, file: Path, old: PackageFacts, candidate: PackageFacts, dialplan: Dialplan, files: SiteFiles
) -> tuple[SiteChange, ...]:
    """What becomes of the choices of the old release's build, which are in a file of the site.

    `dialplan` and `files` are the candidate's. Raises SiteError.
    """
    if not (old.members and candidate.members):
        empty = candidate if old.members else old
        return (SiteChange("build-unread", f"{empty.spec}: {NO_MEMBERS}"),)
    opts = _read(file, shown=_within(site, file))
    if not opts.listed:
        return (SiteChange("build-unread", _NO_CHOICES, (Place(_within(site, file), 0),)),)
    chosen = _chosen(site, candidate)
    uses = uses_of(dialplan, files, old.names | candidate.names)
    choices = with_uses(choices_of(opts, old, candidate, chosen=chosen), uses)
    return tuple(build_news(choices, (*opts.problems, *(chosen.problems if chosen else ()))))


def _chosen(site: Site, candidate: PackageFacts) -> Makeopts | None:
    """The candidate's choices: its own file's, those of a package; None where it is built with the old file."""
    if site.candidate.makeopts:
        return _read(site.candidate.makeopts, shown=_within(site, site.candidate.makeopts))
    if site.candidate.build or not candidate.makeopts:
        return None
    return read_makeopts(candidate.makeopts)


def _read(path: Path, *, shown: str) -> Makeopts:
    """The choices in a file, which places call as it is `shown`. SiteError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return read_makeopts(file.read(_LARGEST).decode("utf-8", "replace"), name=shown)
    except OSError as problem:
        raise SiteError(f"{path}: cannot be read: {reason_of(problem)}") from problem


def _within(site: Site, path: Path) -> str:
    return path.relative_to(site.root).as_posix()


def write_candidate(build: BuildChoices, path: Path) -> None:
    """Write the candidate's file. SiteError where there is one already, or it cannot be written."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(candidate_makeopts(build.choices, title=f"Made of {build.title}"))
    except FileExistsError:
        raise SiteError(f"{path} is there already: nothing was written; name another file") from None
    except OSError as problem:
        raise SiteError(f"{path}: cannot be written: {reason_of(problem)}") from problem
