"""`harness migrate`: a site's old configuration, migrated for its candidate: shown, or written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from harness.errors import SiteError
from harness.migrate.apply import diff
from harness.migrate.folder import MANIFEST, changed_by_hand, read_subject, write_candidate, write_copy
from harness.migrate.model import Left
from harness.migrate.run import Migration, migrate
from harness.model import Place
from harness.site import load_site
from harness.site.reading.problems import one_of

__all__ = ["migrate_site", "rendered"]

_MOST_PLACES = 6
_MOST_NAMED = 10


def migrate_site(path: Path, *, write: bool = False, to: Path | None = None) -> tuple[str, ...]:
    """Migrate a site's old configuration; returns what is to be said, a line each.

    Nothing is written unless `write` (the candidate's folder) or `to` (a new one) say so. Raises SiteError when
    the site cannot be used, or the candidate's folder has changes in it that people made.
    """
    site = load_site(path)
    old, candidate, manifest = site.old.config, site.candidate.config, site.root / MANIFEST
    migration = migrate(read_subject(old), partial(read_subject, old))
    lines = [*rendered(migration, old=old.name, new=(to or candidate).name)]
    if to is not None:
        write_copy(old, to, migration.changed)
        lines.append(f"written to {to}; play it with: harness run {path} --candidate-config {to}")
    elif write:
        _write(path, old, candidate, manifest, migration)
        lines.append(f"written to {candidate}; play it with: harness run {path}")
    elif migration.changed:
        lines.append("nothing was written: --write writes it into the candidate's folder, --to DIR into a new one")
    return tuple(lines)


def _write(path: Path, old: Path, candidate: Path, manifest: Path, migration: Migration) -> None:
    if candidate.resolve() == old.resolve():
        raise SiteError(f"{path}: old and candidate have the same folder; give candidate.config one of its own")
    if by_hand := changed_by_hand(old, candidate, manifest, migration.changed):
        raise SiteError(
            f"{candidate}: it has changes that no migration made ({one_of(by_hand, most=_MOST_NAMED)}); "
            "nothing was written. --to DIR writes a migrated copy beside it, to compare and take from"
        )
    write_candidate(old, candidate, manifest, migration.changed)


def rendered(migration: Migration, *, old: str, new: str) -> Iterator[str]:
    """A unified diff of all changes with their reasons, then what is left, then both counted."""
    yield from diff(migration.changed, old=old, new=new)
    groups = _by_sentence(migration.left)
    if groups:
        yield ""
        yield "Left to you:"
    for (what, advice), places in groups.items():
        yield ""
        yield f"  {what}"
        yield f"    where   {one_of((f'{old}/{place}' for place in places), most=_MOST_PLACES)}"
        if advice:
            yield f"    advice  {advice}"
    if migration.changed or groups:
        yield ""
    left = len(migration.left)
    yield f"{migration.lines} lines change in {len(migration.changed)} files; {left} things are left to you"


def _by_sentence(left: tuple[Left, ...]) -> Mapping[tuple[str, str], list[Place]]:
    groups: dict[tuple[str, str], list[Place]] = {}
    for one in left:
        groups.setdefault((one.what, one.advice), []).append(one.place)
    return groups
