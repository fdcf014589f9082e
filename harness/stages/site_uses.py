"""What a site's old configuration uses, by its files alone: nothing is booted."""

from __future__ import annotations

from collections.abc import Iterable

from harness.asterisk.dialplan.conf_dialplan import conf_dialplan
from harness.judge.research.in_between import SiteView
from harness.judge.research.note_concerns import uses_of
from harness.site import Site
from harness.site.reading.site_files import read_programs, read_site_files

__all__ = ["site_view", "unread_dialplans"]

_OTHERS = ("extensions.ael", "extensions.lua")


def site_view(site: Site, modules: Iterable[str]) -> SiteView:
    """Applications, functions, technologies, files and options, and those of the modules that any of it needs."""
    folder = f"{site.old.config.name}/"
    files = read_site_files(site.old.config, folder=folder)
    dialplan = conf_dialplan(files.file("extensions.conf"), folder=folder)
    return SiteView(uses_of(dialplan, files, modules), dialplan, read_programs(site))


def unread_dialplans(site: Site) -> tuple[str, ...]:
    """Dialplans in other languages, which only Asterisk reads."""
    return tuple(name for name in _OTHERS if (site.old.config / name).is_file())
