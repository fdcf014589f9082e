"""Where a path of the production machine lies in a site."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from harness.asterisk.conf import Config
from harness.asterisk.directories import directories_of

__all__ = ["Machine", "folders_of", "prompts_at"]

_LANGUAGE = re.compile(r"[a-z][a-z]([_-].*)?")
"""A folder of prompts: `de`, `en_US_f_Allison`."""


class Machine:
    """Paths as the configuration writes them → files of the site. `data` are site.toml's [data], by key."""

    def __init__(self, config: Config, data: Mapping[str, Path]) -> None:
        named = directories_of(config.file("asterisk.conf"))
        self.scripts = folders_of(named)["agi_bin"][0]
        wanted = ((folder, data.get(key)) for key, folders in folders_of(named).items() for folder in folders)
        self._folders = [(named.get("astetcdir", "/etc/asterisk"), config.folder), *wanted]
        self._scripts, self._keys = data.get("agi_bin"), data.get("keys")
        self._config, self._rest = config.folder, data.get("machine")

    def place(self, path: str) -> str | None:
        """The folder of the machine, of those that a site has, in which a path lies; None for any other."""
        known = [folder for folder, _ in self._folders]
        if not path.startswith("/"):
            return known[0]
        return next((folder for folder in known if PurePosixPath(path).is_relative_to(folder)), None)

    def has(self, path: str) -> bool:
        """Whether the site has what the machine has at a path; what is relative lies in the configuration."""
        if not path.startswith("/"):
            return _is_there(self._config, path)
        for folder, here in self._folders:
            if here and PurePosixPath(path).is_relative_to(folder):
                return _is_there(here, str(PurePosixPath(path).relative_to(folder)))
        return self._rest is not None and _is_there(self._rest, path.lstrip("/"))

    def has_prompt(self, path: str) -> bool:
        """Whether the site has a prompt at a path of the machine, which is without the ending of its format."""
        above, name = PurePosixPath(path).parent, PurePosixPath(path).name
        folders = [(folder, here) for folder, here in (*self._folders, ("/", self._rest)) if here]
        inside = (here / above.relative_to(folder) for folder, here in folders if above.is_relative_to(folder))
        return any(prompts_at(folder, name) for folder in inside)

    def has_script(self, name: str) -> bool:
        """Whether the site has an AGI script."""
        if name.startswith("/"):
            return self.has(name)
        return self._scripts is not None and _is_there(self._scripts, name)

    def has_key(self, name: str) -> bool:
        """Whether the site has a key of /var/lib/asterisk/keys."""
        return self._keys is not None and _is_there(self._keys, name)


def folders_of(directories: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    """Where a machine has what site.toml's [data] names, by key, the likeliest first, by asterisk.conf's."""
    var = directories.get("astvarlibdir", "/var/lib/asterisk")
    roots = (directories.get("astdatadir", var), var, "/usr/share/asterisk")
    scripts = directories.get("astagidir", f"{roots[0]}/agi-bin")
    return {
        "voicemail": (f"{directories.get('astspooldir', '/var/spool/asterisk')}/voicemail",),
        "sounds": [f"{root}/sounds" for root in roots],
        "agi_bin": [scripts, *(f"{root}/agi-bin" for root in roots[1:])],
        "keys": (f"{directories.get('astkeydir', var)}/keys", f"{var}/keys"),
    }


def prompts_at(folder: Path, name: str) -> Sequence[Path]:
    """The files of a prompt in a folder, in whatever format, and in its folders of languages."""
    try:
        languages = [below for below in sorted(folder.iterdir()) if _LANGUAGE.fullmatch(below.name)]
        found = [path for level in (folder, *languages) if level.is_dir() for path in level.iterdir()]
    except (OSError, ValueError):
        return ()
    return sorted(path for path in found if path.name.startswith(f"{name}.") and path.is_file())


def _is_there(folder: Path, name: str) -> bool:
    try:
        return ".." not in PurePosixPath(name).parts and (folder / name).exists()
    except (OSError, ValueError):  # a name that no system can have
        return False
