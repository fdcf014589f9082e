"""A site's configuration files as the research about releases looks at them: read once, includes followed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from harness.asterisk.conf import Conf, Config
from harness.asterisk.readers import is_read
from harness.model import Place
from harness.site.model import Data, Site
from harness.site.reading.below import files_below

__all__ = ["SiteFiles", "read_agi_scripts", "read_programs", "read_scripts", "read_site_files"]

_LARGEST, _MOST = 1 << 20, 5_000


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """The files that Asterisk itself opens, by name, each with all it includes. `folder` begins every place."""

    confs: Mapping[str, Conf] = field(default_factory=dict)
    folder: str = ""

    def file(self, name: str) -> Conf:
        """A file with what it includes; empty where there is none."""
        return self.confs.get(name, Conf())

    def read_by(self, modules: Collection[str]) -> SiteFiles:
        """Those that Asterisk opens with these modules loaded; all where none is known."""
        return SiteFiles({n: c for n, c in self.confs.items() if not modules or is_read(n, modules)}, self.folder)

    def place(self, place: Place) -> Place:
        """A place in the configuration folder as the report shows it."""
        return Place(self.folder + place.file, place.line)


def read_site_files(config: Path, *, folder: str = "") -> SiteFiles:
    """The `.conf` files of a configuration folder. Empty where there is no such folder."""
    folder_ = Config(config)
    return SiteFiles({name: folder_.file(name) for name in _names(config)}, folder)


def _names(config: Path) -> Iterator[str]:
    if config.is_dir():
        yield from sorted(path.name for path in config.glob("*.conf") if path.is_file())


def read_scripts(folder: Path | None) -> dict[str, str]:
    """Text of the scripts below a folder by path relative to it; what is no text, or huge, is left out."""
    if folder is None:
        return {}
    found: dict[str, str] = {}
    for name, path in islice(files_below(folder), _MOST):
        content = path.read_bytes() if path.stat().st_size <= _LARGEST else b"\0"
        if b"\0" not in content:
            found[name] = content.decode("utf-8", "replace")
    return found


def read_agi_scripts(data: Data) -> dict[str, str]:
    """Text of what the dialplan may run, by path in its folder, which is `agi-bin` or `machine`."""
    folders = {"agi-bin": data.agi_bin, "machine": data.machine}
    return {
        f"{name}/{path}": text for name, folder in folders.items() for path, text in read_scripts(folder).items()
    }


def read_programs(site: Site) -> dict[str, str]:
    """Text of all that talks to Asterisk for the site (apps, AGI scripts, scenarios), by path in its folder."""
    folders = (*(app.folder for app in site.apps), site.data.agi_bin, site.data.machine)
    paths = {folder / name: text for folder in folders if folder for name, text in read_scripts(folder).items()}
    for path in (*site.scenario_files, *site.python_files):
        paths[path] = path.read_text("utf-8", "replace")
    return {
        (path.relative_to(site.root) if path.is_relative_to(site.root) else path).as_posix(): text
        for path, text in paths.items()
    }
