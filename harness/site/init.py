"""An existing /etc/asterisk → a new site folder that can be played at once."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.errors import SiteError
from harness.site.backup import copy_config
from harness.site.conf import read_conf
from harness.site.extensions import Number, numbers_of
from harness.site.phones import hosts_of

__all__ = ["init_site"]

_NUMBERS = 5

_SITE = """\
# What runs in production, and what is to run there. Every key: docs/site.md
# The configuration holds the passwords of phones and trunks: keep this folder as private as the original.
name = {name}

# Host names of providers and other systems. In the lab they lead to the far end, which rings and answers.
{hosts}
[old]
release = "debian:bullseye"   # production: debian:bullseye is Asterisk 16; image:REF is an image of your own
config = "old"

[candidate]
release = "debian:sid"        # the release to upgrade to
config = "candidate"          # a copy of old/ now: change here what the new release needs

# What is restored besides configuration; put the files below data/ and take the # away.
# [data]
# astdb = "data/astdb.sqlite3"    # /var/lib/asterisk/astdb.sqlite3
# voicemail = "data/voicemail"    # /var/spool/asterisk/voicemail
# sounds = "data/sounds"          # your own, laid over the release's
# agi_bin = "data/agi-bin"        # AGI scripts; what they need goes into `packages`, above [old]

# How much a rule's findings weigh here: breaking, review, additive or info.
# [severity]
# duration-changed = "info"

# [limits]
# concurrency = 200               # scenarios played at once
# deadline = 30                   # seconds for one scenario
"""

_WAIVERS = """\
# Findings that you have looked at and accept. Each needs a reason; the report shows fingerprints.
#
# waivers:
#   - fingerprint: 0123456789ab
#     reason: The provider wants the new header.
#     until: 2030-12-31           # the last day; then it holds the promotion again
#   - rule: duration-changed      # or patterns: rule, scenario, where, title; all that are given have to match
#     scenario: queue/*
#     reason: The new music is longer.
waivers:
"""

_SCENARIOS = """\
# First calls, made of your own dialplan: what they do is compared, nothing is expected yet.
# What else can be said (phones that answer, keys that are pressed, expectations): docs/scenarios.md
scenarios:
"""

_NONE = """\
# No extension was found in extensions.conf. A first scenario, with a number and context of yours:
#
# scenarios:
#   - name: first-call
#     steps:
#       - call: "600@from-internal"
#       - pause: 2
#       - hangup:
scenarios: []
"""


def init_site(target: Path, *, config: Path) -> tuple[str, ...]:
    """Make a site folder of a configuration folder; returns what was left out, a line each.

    Nothing is made unless all of it can be. Raises SiteError when there is something at `target` already, or
    `config` cannot be copied.
    """
    _check(target, config)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
            made = Path(folder) / "site"
            left_out = _make(made, config, name=target.resolve().name)
            made.rename(target)
    except OSError as problem:
        raise SiteError(f"{problem.filename or target}: cannot be written: {problem.strerror}") from problem
    return left_out


def _check(target: Path, config: Path) -> None:
    if not config.is_dir():
        raise SiteError(f"{config}: there is no such folder; give the folder that is Asterisk's /etc/asterisk")
    there, source = target.resolve(), config.resolve()
    if there == source or there.is_relative_to(source) or source.is_relative_to(there):
        raise SiteError(f"{target}: a site cannot be made inside of the configuration it copies, nor around it")
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise SiteError(f"{target}: this is there already and no folder; nothing was written")
    if target.is_dir() and any(target.iterdir()):
        raise SiteError(f"{target}: this is there already and not empty; nothing was written. Give another name")


def _make(folder: Path, config: Path, *, name: str) -> tuple[str, ...]:
    folder.mkdir()
    left_out = copy_config(config, folder / "old")
    shutil.copytree(folder / "old", folder / "candidate")
    found = read_conf(folder / "old")
    _write(folder / "site.toml", _site(name, hosts_of(found)) + _notes(left_out))
    _write(folder / "waivers.yaml", _WAIVERS)
    _write(folder / "scenarios.yaml", _scenarios(numbers_of(found, most=_NUMBERS)))
    return left_out


def _write(path: Path, text: str) -> None:
    path.write_text(text.encode("utf-8", "replace").decode("utf-8"), encoding="utf-8")


def _site(name: str, hosts: Sequence[str]) -> str:
    found = f"# Found in the configuration, and so not needed here: {', '.join(hosts)}\n" if hosts else ""
    return _SITE.format(name=_quoted(name), hosts=f'{found}# stand_ins = ["sip.provider.example"]\n')


def _notes(left_out: Iterable[str]) -> str:
    lines = [f"#   {re.sub(r'[^ -~]', '?', line)}\n" for line in left_out]
    return "".join(["\n# Not copied:\n", *lines]) if lines else ""


def _scenarios(numbers: Sequence[Number]) -> str:
    if not numbers:
        return _NONE
    return _SCENARIOS + "\n".join(
        _scenario(number, f"call-{place}-{_word(number.number)}".rstrip("-"))
        for place, number in enumerate(numbers, 1)
    )


def _scenario(number: Number, name: str) -> str:
    title = f"A call to {number.number} in {number.context}"
    if number.number != number.extension:
        title += f", which {number.extension} answers"
    return (
        f"  - name: {name}\n"
        f"    title: {_quoted(title)}\n"
        "    steps:\n"
        f"      - call: {_quoted(f'{number.number}@{number.context}')}\n"
        "      - pause: 2\n"
        "      - hangup:\n"
    )


def _word(number: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", number.lower().replace("*", "star").replace("#", "hash")).strip("-")


def _quoted(text: str) -> str:
    """As YAML and TOML both have it."""
    clean = text.encode("utf-8", "replace").decode("utf-8").replace("\x7f", "?")
    return json.dumps(clean, ensure_ascii=True)
