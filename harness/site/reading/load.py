"""A site folder → a checked `Site`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, replace
from itertools import chain
from pathlib import Path

from harness.asterisk.conf import Config
from harness.errors import SiteError, reason_of
from harness.model import Severity
from harness.site.model import Data, Limits, Site, SiteSide
from harness.site.reading.absent import absent
from harness.site.reading.apps import apps_of, wrong_apps
from harness.site.reading.below import unusable
from harness.site.reading.builds import build_of, makeopts_of, wrong_builds
from harness.site.reading.databases import databases_of, wrong_databases
from harness.site.reading.document import DocumentError, Node
from harness.site.reading.own_modules import own_modules_of, wrong_own_modules
from harness.site.reading.phones import hosts_of, phones_of, trunks_of
from harness.site.reading.places import unusable_of, wrong_places
from harness.site.reading.problems import Problems, did_you_mean
from harness.site.reading.releases import missing_path, placed, wrong_releases
from harness.site.reading.schema import check, load_schema
from harness.site.reading.toml import read_toml
from harness.site.reading.waivers import load_waivers

__all__ = ["load_site"]

_FILE, _WAIVERS = "site.toml", "waivers.yaml"
_SCHEMA = ("harness.site.reading", "site.schema.json")
_FILES = ("astdb", "odbc_ini", "odbcinst_ini")


def load_site(
    path: Path,
    *,
    old: str | None = None,
    candidate: str | None = None,
    old_config: Path | None = None,
    candidate_config: Path | None = None,
    rules: Collection[str] = (),
) -> Site:
    """Read and check a site folder; with `rules`, those that `[severity]` names have to be among them.

    The keywords come from the command line and take the place of what site.toml says; a configuration folder
    is looked for from where we are and then in the site. Raises SiteError with everything that is wrong.
    """
    given = {"old": (old, old_config), "candidate": (candidate, candidate_config)}
    try:
        return _load(path, given, rules)
    except OSError as problem:  # a folder above it may not be entered, say
        raise SiteError(f"{problem.filename or path}: cannot be read: {reason_of(problem)}") from problem


def _load(path: Path, given: Mapping[str, tuple[str | None, Path | None]], rules: Collection[str]) -> Site:
    root = path.resolve()
    problems = Problems()
    _refuse(unusable(_own_files(root), root), path, problems)
    table = _read(path)
    problems.extend(path / _FILE, check(table, *_SCHEMA))
    waivers = load_waivers(root / _WAIVERS, shown=path / _WAIVERS, problems=problems)
    problems.raise_if_any()
    sides = {
        name: _side(table, name, path, problems, release=release, config=config)
        for name, (release, config) in given.items()
    }
    problems.extend(path / _FILE, wrong_releases(table, sides["old"], sides["candidate"]))
    wrong = (
        _wrong_data(table, root),
        _wrong_rules(table, rules),
        _wrong_notes(table, root),
        _wrong_production(table, root),
    )
    wrong_files = (
        wrong_own_modules(table, root),
        wrong_apps(table, root),
        wrong_builds(table, root),
        wrong_places(table, root),
    )
    problems.extend(path / _FILE, chain(*wrong, *wrong_files))
    problems.raise_if_any()
    _refuse(unusable_of(table, root, [side.config for side in sides.values()]), path, problems)
    configs = [Config(side.config) for side in sides.values()]
    problems.extend(path / _FILE, wrong_databases(table, root, configs))
    problems.raise_if_any()
    return Site(
        name=table.string("name"),
        root=root,
        old=sides["old"],
        candidate=sides["candidate"],
        data=Data(**{key: root / value for key, value in table.entry("data").texts().items()}),
        production=root / table.string("production") if table.get("production") else None,
        packages=table.strings("packages"),
        python=table.strings("python"),
        apps=apps_of(table, root),
        databases=databases_of(table, root),
        own_modules=own_modules_of(table, root),
        notes=tuple(root / name for name in table.strings("notes")),
        severities={rule: Severity(value) for rule, value in table.entry("severity").texts().items()},
        limits=_limits(table.entry("limits")),
        waivers=waivers,
        scenario_files=_scenario_files(root),
        python_files=_python_files(root),
        standins=tuple(dict.fromkeys((*table.strings("stand_ins"), *(h for c in configs for h in hosts_of(c))))),
        agi_servers=table.strings("agi_servers"),
        phones=phones_of(configs[0]),
        trunks=tuple(sorted({name for config in configs for name in trunks_of(config)})),
    )


def _refuse(found: Iterator[tuple[Path, str]], path: Path, problems: Problems) -> None:
    """Raise SiteError for files that cannot be used, each by its path as it was given."""
    root = path.resolve()
    for file, text in found:
        problems.add(path / file.relative_to(root) if file.is_relative_to(root) else file, 0, text)
    problems.raise_if_any()


def _own_files(root: Path) -> tuple[Path, ...]:
    return (root / _FILE, root / _WAIVERS, *_scenario_files(root), *_python_files(root))


def _read(path: Path) -> Node:
    file = path / _FILE
    if why := absent(path):
        raise SiteError(why)
    try:
        return read_toml(file.read_bytes())
    except DocumentError as problem:
        raise SiteError(f"{file}:{problem.line}: {problem}") from None
    except OSError as problem:
        raise SiteError(f"{file}: cannot be read: {reason_of(problem)}") from None


def _scenario_files(root: Path) -> tuple[Path, ...]:
    found = (*root.glob("*.yaml"), *root.glob("*.yml"))
    return tuple(sorted(path for path in found if path.name not in (_WAIVERS, "waivers.yml")))


def _limits(table: Node) -> Limits:
    usual = Limits()
    given = {key: type(getattr(usual, key))(table.number(key, 0)) for key in table.fields}
    return replace(usual, **given)


def _side(
    table: Node, name: str, path: Path, problems: Problems, *, release: str | None, config: Path | None
) -> SiteSide:
    """One side; a problem is noted where site.toml names a folder that is not there."""
    node = table.entry(name)
    if release is not None:
        _check_release(name, release)
    root = path.resolve()
    spec = placed(release, Path.cwd()) if release else placed(node.string("release"), root)
    if release and (gone := missing_path(spec)):
        raise SiteError(f"--{name} {release}: there is no such file or folder: {gone}")
    built = (_modules(node, path, problems), makeopts_of(node, root), build_of(node, root))
    if config is not None:
        return SiteSide(spec, _given_config(name, config, path), *built)
    folder = root / node.string("config")
    if not folder.is_dir():
        wanted = "wanted: the folder with its /etc/asterisk, relative to the site's"
        text = f'"config" is {node.string("config")!r}, and there is no such folder; {wanted}'
        problems.add(path / _FILE, node.lines["config"], text)
    return SiteSide(spec, folder, *built)


def _modules(node: Node, path: Path, problems: Problems) -> Path | None:
    """The folder of a side's own modules; a problem is noted where there is none of that name."""
    given = node.get("modules")
    if given is None:
        return None
    folder = path.resolve() / given.text
    if not folder.is_dir():
        text = f'"modules" is {given.text!r}, and there is no such folder in the site'
        problems.add(path / _FILE, given.line, text)
    return folder


def _check_release(name: str, spec: str) -> None:
    schema = load_schema(*_SCHEMA)["$defs"]["release"]
    if re.search(schema["pattern"], spec) is None:
        raise SiteError(f"--{name} {spec}: this is no release; wanted: {schema['description']}")


def _given_config(name: str, config: Path, path: Path) -> Path:
    for folder in (config, path / config):
        if folder.is_dir():
            return folder.resolve()
    raise SiteError(f"--{name}-config {config}: there is no such folder, here or in {path}")


def _wrong_data(table: Node, root: Path) -> Iterator[tuple[int, str]]:
    for key in (field.name for field in fields(Data)):
        node = table.entry("data").get(key)
        if node is None:
            continue
        kind = "file" if key in _FILES else "folder"
        there = root / node.text
        if not (there.is_file() if kind == "file" else there.is_dir()):
            yield node.line, f'"{key}" is {node.text!r}, and there is no such {kind} in the site'


def _python_files(root: Path) -> tuple[Path, ...]:
    return tuple(sorted(root.glob("test_*.py")))


def _wrong_notes(table: Node, root: Path) -> Iterator[tuple[int, str]]:
    for item in table.entries("notes"):
        if not (root / item.text).exists():
            yield item.line, f'"notes" names {item.text!r}, and there is no such file or folder in the site'


def _wrong_production(table: Node, root: Path) -> Iterator[tuple[int, str]]:
    node = table.get("production")
    if node and not (root / node.text).is_file():
        yield node.line, f'"production" is {node.text!r}, and there is no such file in the site'


def _wrong_rules(table: Node, known: Collection[str]) -> Iterator[tuple[int, str]]:
    severities = table.entry("severity")
    for rule in severities.fields:
        if known and rule not in known:
            hint = did_you_mean(rule, known)
            hint = hint if "did you mean" in hint else "; the report names each finding's rule"
            yield severities.lines[rule], f'there is no rule "{rule}"{hint}'
