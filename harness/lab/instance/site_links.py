"""A site's own `[directories]` as links to the release's: files and scripts that name them find them. Pure.

The release's folders stay where they are: its modules, prompts and schemas are part of what is compared.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from harness.lab.images.release import DEFAULT_DIRECTORIES, Release

__all__ = ["site_links"]

_NAMES = (
    "astetcdir", "astvarlibdir", "astdbdir", "astkeydir", "astdatadir", "astagidir", "astspooldir", "astrundir",
    "astlogdir",
)  # fmt: skip
# What every machine has, with more in it than Asterisk's.
_SYSTEM = frozenset(
    """
    /etc /usr/bin /usr/sbin /usr/lib /usr/lib64 /usr/libexec /usr/share /usr/local /usr/local/bin /usr/local/sbin
    /usr/local/lib /usr/local/share /var/lib /var/log /var/run /var/spool /var/cache /var/tmp
    """.split()
)
_KERNEL = ("dev", "proc", "sys", "bin", "sbin", "lib", "lib64", "run", "tmp", "boot")


def site_links(
    directories: Mapping[str, str], release: Release, *, sounds: Iterable[str] = ()
) -> Mapping[str, str]:
    """Path → what it leads to, the outer before the inner ones. `sounds` are names among the site's prompts.

    A folder that the image needs for more than this (`/usr/bin`, `/var/log`) is left as it is.
    """
    if not directories:
        return {}
    links: dict[str, str] = {}
    for path, target in sorted({*_folders(directories, release), *_prompts(directories, release, sounds)}):
        here = _through(links, path)
        if here != target and _is_free(here, release):
            links[here] = target
    return links


def _folders(directories: Mapping[str, str], release: Release) -> Iterator[tuple[str, str]]:
    for name in _NAMES:
        path = _path(directories, name)
        if path.startswith("/"):
            yield posixpath.normpath(path), posixpath.normpath(release.directory(name))


def _path(directories: Mapping[str, str], name: str) -> str:
    """As Asterisk takes them: some follow others where they are not named themselves."""
    follows = {"astdbdir": "astvarlibdir", "astkeydir": "astvarlibdir"}.get(name, "")
    if name == "astagidir" and "astdatadir" in directories:
        return directories.get(name, f"{directories['astdatadir']}/agi-bin")
    return directories.get(name) or directories.get(follows) or DEFAULT_DIRECTORIES[name]


def _prompts(directories: Mapping[str, str], release: Release, sounds: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Prompts one by one, where the site's data folder is one of the release's for something else."""
    for name in sounds:
        yield (
            posixpath.normpath(f"{_path(directories, 'astdatadir')}/sounds/{name}"),
            posixpath.normpath(f"{release.directory('astdatadir')}/sounds/{name}"),
        )


def _through(links: Mapping[str, str], path: str) -> str:
    """Where a path lies with the links so far."""
    for link, target in links.items():
        if PurePosixPath(path).is_relative_to(link):
            return posixpath.join(target, posixpath.relpath(path, link)).removesuffix("/.")
    return path


def _is_free(path: str, release: Release) -> bool:
    """Whether nothing of the image is lost where a link takes the place of a path."""
    parts = PurePosixPath(path).parts
    needed = (*map(release.directory, DEFAULT_DIRECTORIES), release.binary, release.python, release.faketime)
    above = any(PurePosixPath(one).is_relative_to(path) for one in needed if one)
    return len(parts) > 2 and path not in _SYSTEM and parts[1] not in _KERNEL and not above
