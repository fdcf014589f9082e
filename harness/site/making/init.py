"""An existing /etc/asterisk, or a backup of a machine → a new site folder that can be played at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from harness.asterisk.conf import Config
from harness.errors import SiteError, reason_of
from harness.site.making.backup.restore import Restored, restore
from harness.site.making.completeness import Missing, missing_of
from harness.site.making.files import Bounds, Copies, LeftOut, made_beside, site_errors
from harness.site.making.first_files import WAIVERS, scenarios_text, site_text
from harness.site.making.gaps import Gap, gaps_of
from harness.site.making.survey import Survey, survey_of

__all__ = ["Made", "init_from_backup", "init_site"]

_NUMBERS = 5
_OLD, _CANDIDATE = "old", "candidate"
_BOUNDS = Bounds(files=20_000, size=256 << 20)


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it. `left_out` says what was not copied and why.

    `missing` is what the configuration speaks of and the site has not, `gaps` what Asterisk will not read of its
    dialplan and phones, `survey` what was found in it.
    """

    left_out: tuple[LeftOut, ...] = ()
    missing: tuple[Missing, ...] = ()
    gaps: tuple[Gap, ...] = ()
    survey: Survey = field(default_factory=Survey)


def init_site(target: Path, *, config: Path) -> Made:
    """Make a site folder of a configuration folder.

    Nothing is made unless all of it can be. Raises SiteError when there is something at `target` already, or
    `config` cannot be copied.
    """
    with site_errors(config):
        there = config.is_dir()
    if not there:
        raise SiteError(f"{config}: there is no such folder; give the folder that is Asterisk's /etc/asterisk")
    _check(target, config)
    return _new_site(target, lambda folder: Restored(left_out=_copy_config(config, folder / _OLD)))


def init_from_backup(target: Path, *, backup: Path) -> Made:
    """Make a site folder of a backup: an archive, or a folder with the paths of the machine.

    Nothing is made unless all of it can be, and the backup is only read. Raises SiteError when there is something
    at `target` already, or the backup is none, damaged, or too much.
    """
    with site_errors(backup):
        there = backup.is_dir() or backup.is_file()
    if not there:
        raise SiteError(f"{backup}: there is no such file or folder; give a backup (a tar, or what was in one)")
    _check(target, backup)
    return _new_site(target, lambda folder: restore(backup, folder, config=_OLD))


def _check(target: Path, source: Path) -> None:
    try:
        _check_place(target, source)
    except OSError as problem:
        reason = f"{reason_of(problem)}; give a folder that you may write to"
        raise SiteError(f"{problem.filename or target}: no site can be made here: {reason}") from problem


def _check_place(target: Path, source: Path) -> None:
    there, origin = target.resolve(), source.resolve()
    whole_machine = origin.parent == origin
    if origin.is_relative_to(there) or (there.is_relative_to(origin) and not whole_machine):
        raise SiteError(f"{target}: a site cannot be made inside of what it copies, nor around it")
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise SiteError(f"{target}: this is there already and no folder; nothing was written")
    if target.is_dir() and any(target.iterdir()):
        raise SiteError(f"{target}: this is there already and not empty; nothing was written. Give another name")


def _copy_config(source: Path, target: Path) -> tuple[LeftOut, ...]:
    """Copy a configuration folder; returns what was left out.

    Links inside the folder become what they lead to, links out of it and what is no file are left out.
    Raises SiteError when a file cannot be read, or when there is too much.
    """
    root = source.resolve()

    def follow(path: Path) -> Path | str:
        try:
            real = path.resolve()
        except (OSError, RuntimeError):
            return "a link in a circle"
        return real if real.is_relative_to(root) else f"a link that leads out, to {real}"

    copies = Copies(source, root, follow, _BOUNDS)
    with site_errors(source):
        copies.folder(root, target)
    if not copies.files:
        raise SiteError(f"{source}: there is no file in it; give the folder that is Asterisk's /etc/asterisk")
    return tuple(copies.left_out)


def _new_site(target: Path, fill: Callable[[Path], Restored]) -> Made:
    with made_beside(target) as made:
        made.mkdir()
        restored = fill(made)
        done = _complete(made, restored, name=target.resolve().name)
        made.rename(target)
    return done


def _complete(folder: Path, restored: Restored, *, name: str) -> Made:
    """Write what is not copied."""
    shutil.copytree(folder / _OLD, folder / _CANDIDATE)
    found = Config(folder / _OLD)
    survey = survey_of(found, most_calls=_NUMBERS)
    _write(
        folder / "site.toml",
        site_text(
            name,
            hosts=survey.hosts,
            data=restored.data,
            production=restored.production,
            left_out=restored.left_out,
        ),
    )
    _write(folder / "waivers.yaml", WAIVERS)
    _write(folder / "scenarios.yaml", scenarios_text(survey.calls))
    data = {key: folder / path for key, path in restored.data.items()}
    missing = missing_of(found, data, tuple(folder / path for path in restored.dumps))
    return Made(restored.left_out, missing, gaps_of(found, restored.left_out), survey)


def _write(path: Path, text: str) -> None:
    path.write_text(text.encode("utf-8", "replace").decode("utf-8"), encoding="utf-8")
