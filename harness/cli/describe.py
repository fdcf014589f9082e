"""`harness schema` and `completion`: what an editor and a shell want to know."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from harness.cli.printing import DONE, Commands
from harness.errors import SiteError, reason_of

__all__ = ["add_commands", "write_schemas"]

_SCHEMAS: Mapping[str, tuple[str, str]] = {
    "scenarios": ("harness.play.sources", "scenarios.schema.json"),
    "site": ("harness.site.reading", "site.schema.json"),
    "waivers": ("harness.site.reading", "waivers.schema.json"),
    "report": ("harness.report", "report.schema.json"),
}
_FOLDER, _WRITTEN = ".schema", ("scenarios", "site", "waivers")
_SHELLS = ("bash", "zsh", "tcsh")


def add_commands(commands: Commands) -> None:
    """Declare the commands."""
    schema = commands.add_parser("schema", help="print the JSON schema of a file, for editors and programs")
    schema.add_argument(
        "name", choices=tuple(_SCHEMAS), help="scenarios: *.yaml; site: site.toml; waivers; report"
    )
    schema.set_defaults(command=_schema)
    completion = commands.add_parser("completion", help="print what a shell needs to complete this command")
    completion.add_argument("shell", choices=_SHELLS)
    completion.set_defaults(command=_completion)


def write_schemas(site: Path) -> None:
    """Put the schemas where the first lines of a site's files name them (`.schema/`). Raises SiteError."""
    folder = site / _FOLDER
    try:
        folder.mkdir(exist_ok=True)
        for name in _WRITTEN:
            (folder / f"{name}.json").write_text(_text(name), encoding="utf-8")
    except OSError as problem:
        raise SiteError(f"{problem.filename or folder}: {reason_of(problem)}") from problem


def _text(name: str) -> str:
    package, file = _SCHEMAS[name]
    return files(package).joinpath(file).read_text(encoding="utf-8")


def _schema(options: argparse.Namespace) -> int:
    print(_text(options.name), end="")
    return DONE


def _completion(options: argparse.Namespace) -> int:
    import shtab

    from harness.cli import parser

    print(shtab.complete(parser(), options.shell))
    return DONE
