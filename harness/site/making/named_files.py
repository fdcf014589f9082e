"""Files of the machine that a configuration folder names, where no Asterisk has loaded it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from harness.asterisk.conf import Config
from harness.asterisk.dialplan.conf_dialplan import conf_dialplan
from harness.asterisk.dialplan.invocations import invocations_in
from harness.asterisk.named_files import NamedFile, files_of_dialplan, files_of_invocations, files_of_options
from harness.model import Place
from harness.site.reading.site_files import read_site_files

__all__ = ["is_of_the_system", "named_in"]

_AEL = "extensions.ael"
_LONGEST = 4_000
_CALL = re.compile(r"\b\w+\([^;]*\)")
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib64", "/usr", "/dev", "/proc", "/sys")


def named_in(config: Config) -> Iterator[NamedFile]:
    """Each with its place in the folder."""
    files = read_site_files(config.folder)
    yield from files_of_dialplan(conf_dialplan(config.file("extensions.conf")), files)
    for place, line in _ael_lines(config):
        for call in _CALL.finditer(line):
            yield from files_of_invocations(invocations_in(call[0], place=place))
    yield from files_of_options(files)


def is_of_the_system(path: str) -> bool:
    """Whether packages own what is there: it is installed, not copied."""
    pure = PurePosixPath(path)
    return not pure.is_relative_to("/usr/local") and any(pure.is_relative_to(folder) for folder in _SYSTEM)


def _ael_lines(config: Config) -> Iterator[tuple[Place, str]]:
    try:
        text = (config.folder / _AEL).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for number, line in enumerate(text.split("\n"), 1):
        yield Place(_AEL, number), line.partition("//")[0][:_LONGEST]
