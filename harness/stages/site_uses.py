"""What a site's old configuration uses, by its files alone: nothing is booted."""

from __future__ import annotations

from collections.abc import Iterable

from harness.asterisk.dialplan.conf_dialplan import conf_dialplan
from harness.judge.research.note_concerns import SiteUses, uses_of
from harness.site import Site
from harness.site.reading.site_files import read_site_files

__all__ = ["unread_dialplans", "written_uses"]

_OTHERS = ("extensions.ael", "extensions.lua")


def written_uses(site: Site, modules: Iterable[str]) -> SiteUses:
    """Applications, functions, technologies, files and options, and those of the modules that any of it needs."""
    folder = f"{site.old.config.name}/"
    files = read_site_files(site.old.config, folder=folder)
    dialplan = conf_dialplan(files.file("extensions.conf"), folder=folder)
    return uses_of(dialplan, files.read_by(tuple(modules)), modules)


def unread_dialplans(site: Site) -> tuple[str, ...]:
    """Dialplans in other languages, which only Asterisk reads."""
    return tuple(name for name in _OTHERS if (site.old.config / name).is_file())
