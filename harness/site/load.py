"""A site folder → a checked `Site`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from harness.compare.rules import CAUSES, RULES
from harness.compare.rules.load import LOAD_RULES
from harness.errors import SiteError
from harness.model import Severity
from harness.site.conf import read_conf
from harness.site.document import complain, did_you_mean, load_schema, problems
from harness.site.model import Data, Limits, Side, Site
from harness.site.phones import hosts_of, phones_of
from harness.site.waivers import load_waivers

__all__ = ["load_site"]

_FILE = "site.toml"
_HEADER = re.compile(r"\s*\[+\s*([\w.-]+)\s*\]+")
_KEY = re.compile(r"\s*\"?([\w-]+)\"?\s*=")
_OWN_RULES = ("expectation-failed", "asterisk-crashed")


def load_site(
    path: Path,
    *,
    old: str | None = None,
    candidate: str | None = None,
    old_config: Path | None = None,
    candidate_config: Path | None = None,
) -> Site:
    """Read and check a site folder.

    The keywords come from the command line and take the place of what site.toml says; a configuration folder
    is looked for from where we are and then in the site. Raises SiteError with everything that is wrong.
    """
    root = path.resolve()
    table, text = _read(root)
    file = path / _FILE

    def line(keys: Sequence[str | int]) -> int:
        return _line_of(text, keys)

    complain(problems(table, load_schema("harness.site", "site.schema.json"), file, line))
    complain(_wrong(table, root, file, line))
    sides = {
        "old": _side(table["old"], root, old, old_config),
        "candidate": _side(table["candidate"], root, candidate, candidate_config),
    }
    configs = {name: read_conf(side.config) for name, side in sides.items()}
    phones = phones_of(configs["old"])
    hosts = dict.fromkeys(
        (*table.get("stand_ins", ()), *hosts_of(configs["old"]), *hosts_of(configs["candidate"]))
    )
    return Site(
        name=table["name"],
        root=root,
        old=sides["old"],
        candidate=sides["candidate"],
        data=Data(**{key: root / value for key, value in table.get("data", {}).items()}),
        packages=tuple(table.get("packages", ())),
        severities={rule: Severity(value) for rule, value in table.get("severity", {}).items()},
        limits=Limits(**table.get("limits", {})),
        waivers=load_waivers(root / "waivers.yaml", shown=path / "waivers.yaml"),
        scenario_files=tuple(sorted(p for p in root.glob("*.yaml") if p.name != "waivers.yaml")),
        python_files=tuple(sorted(root.glob("test_*.py"))),
        standins=tuple(hosts),
        phones=phones,
    )


def _read(root: Path) -> tuple[dict[str, Any], str]:
    file = root / _FILE
    if not root.is_dir():
        raise SiteError(f"{root}: there is no such folder; `harness init {root} --config /etc/asterisk` makes one")
    try:
        text = file.read_text(encoding="utf-8")
        return tomllib.loads(text), text
    except FileNotFoundError:
        raise SiteError(f"{root} holds no {_FILE}; `harness init` makes a site folder") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise SiteError(f"{file}: {problem}") from problem


def _wrong(table: Mapping[str, Any], root: Path, file: Path, line: Any) -> Iterator[str]:
    """What a schema cannot know: that files are there, that rules have these names."""
    for side in ("old", "candidate"):
        if not (root / table[side]["config"]).is_dir():
            at = line([side, "config"])
            yield f"{file}:{at}: {side}.config is {table[side]['config']!r}, and there is no such folder in the site"
    for key in (field.name for field in fields(Data)):
        value = table.get("data", {}).get(key)
        if value is not None and not (root / value).exists():
            yield f"{file}:{line(['data', key])}: data.{key} is {value!r}, and there is no such file in the site"
    known = {*(rule.id for rule in (*RULES, *CAUSES, *LOAD_RULES)), *_OWN_RULES}
    for rule in table.get("severity", {}):
        if rule not in known:
            close = did_you_mean(rule, known)
            hint = close if "did you mean" in close else ""
            yield f"{file}:{line(['severity', rule])}: there is no rule {rule}{hint}"


def _side(table: Mapping[str, str], root: Path, release: str | None, config: Path | None) -> Side:
    spec = release or table["release"]
    pattern = load_schema("harness.site", "site.schema.json")["$defs"]["side"]["properties"]["release"]
    if not re.search(pattern["pattern"], spec):
        raise SiteError(f"{spec!r} is no release; it is {pattern['description']}")
    if config is None:
        return Side(spec, root / table["config"])
    for folder in (config, root / config):
        if folder.is_dir():
            return Side(spec, folder.resolve())
    raise SiteError(f"{config}: there is no such configuration folder, here or in {root}")


def _line_of(text: str, keys: Sequence[str | int]) -> int:
    """The line of a key in TOML text: below its table's header, or at the top."""
    names = [str(key) for key in keys if isinstance(key, str)]
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = header[1]
            if names == [table]:
                return number
        elif key := _KEY.match(line):
            here = [part for part in (*table.split("."), key[1]) if part]
            if names == here:
                return number
    return 1
