"""waivers.yaml: findings that a person has accepted, each with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase
from ruamel.yaml.error import YAMLError

from harness.errors import SiteError
from harness.model import Place, Waiver
from harness.site.document import complain, load_schema, problems

__all__ = ["line_of", "load_waivers", "plain", "read_yaml"]


def load_waivers(path: Path, *, shown: Path) -> tuple[Waiver, ...]:
    """The waivers of a site, none when there is no file. Raises SiteError with everything that is wrong."""
    if not path.exists():
        return ()
    document = read_yaml(path, shown=shown)
    if document is None:
        return ()
    if isinstance(document, list):
        raise SiteError(f"{shown}:1: the list of waivers has to stand below the key `waivers:`")
    table = plain(document)

    def line(keys: Sequence[str | int]) -> int:
        return line_of(document, keys)

    complain(problems(table, load_schema("harness.site", "waivers.schema.json"), shown, line))
    return tuple(
        Waiver(source=Place(path.name, line(["waivers", number])), **entry)
        for number, entry in enumerate(table.get("waivers") or ())
    )


def read_yaml(path: Path, *, shown: Path) -> Any:
    """A YAML file with positions kept. Raises SiteError with file and line when it is none."""
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    try:
        return yaml.load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise SiteError(f"{shown}: cannot be read: {problem}") from problem
    except YAMLError as problem:
        mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
        at = f":{mark.line + 1}" if mark else ""
        words = str(getattr(problem, "problem", None) or problem).strip().partition("\n")[0]
        raise SiteError(f"{shown}{at}: this is not YAML: {words}") from problem


def line_of(document: Any, keys: Sequence[str | int]) -> int:
    """The line of a value in a document read with `read_yaml`, or of the nearest thing around it."""
    line, here = 1, document
    for key in keys:
        if not isinstance(here, CommentedBase):
            break
        try:
            line = (here.lc.item(key) if isinstance(here, list) else here.lc.key(key))[0] + 1
            here = here[key]  # type: ignore[index] # a list or a map of ruamel's
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line


def plain(value: Any) -> Any:
    """The same document in Python's own types; dates back to text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    return str(value)
