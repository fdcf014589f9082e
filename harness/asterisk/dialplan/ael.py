"""extensions.ael as text: its contexts with what can be called in them, and the files that it includes.

No grammar: what stands in how many braces is all that is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.asterisk.conf import Config
from harness.asterisk.conf.includes import included
from harness.asterisk.dialplan.written import WrittenContext
from harness.model import Place

__all__ = ["ael_contexts", "missing_includes"]

_SKIPPED = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_INCLUDE = re.compile(r'^[ \t]*#include[ \t]+["<]?([^">\n]+?)[">]?[ \t]*;?[ \t]*$', re.MULTILINE)
_CONTEXT = re.compile(r"(?:(?:abstract|extend)\s+)*context\s+([\w-]+)\s*$")
_EXTENSION = re.compile(r"(?!ignorepat\W)(?:regexten\s+)?(?:hint\s*\([^)]*\)\s*)?([^\s={}();]+)\s*=>")
_BREAK = re.compile(r"[{};]")
_MOST_FILES = 200


def ael_contexts(config: Config, name: str) -> tuple[WrittenContext, ...]:
    """The contexts of a file and of all that it includes, in order; macros are none."""
    return tuple(context for _, text in _texts(config, name) for context in _contexts(_code(text)))


def missing_includes(config: Config, name: str) -> tuple[tuple[Place, str], ...]:
    """Where an `#include` leads to nothing in the folder, and the target as it is written."""
    found: list[tuple[Place, str]] = []
    for file, text in _texts(config, name):
        found += [(place, target) for place, target in _targets(file, text) if not _included(config, target)]
    return tuple(found)


def _texts(config: Config, name: str) -> Iterator[tuple[str, str]]:
    """Each file once, with its text; those that cannot be read are left out."""
    todo, seen = [name], {name}
    while todo and len(seen) <= _MOST_FILES:
        file = todo.pop(0)
        try:
            text = (config.folder / file).read_text(encoding="utf-8", errors="replace")
        except (OSError, ValueError):
            continue
        yield file, text
        inner = [one for _, target in _targets(file, text) for one in _included(config, target)]
        todo += dict.fromkeys(one for one in inner if one not in seen)
        seen.update(inner)


def _included(config: Config, target: str) -> tuple[str, ...]:
    return included(config.folder, (), target, etc=config.etc) or ()


def _targets(file: str, text: str) -> Iterator[tuple[Place, str]]:
    for found in _INCLUDE.finditer(text):
        yield Place(file, text.count("\n", 0, found.start()) + 1), found[1].strip()


def _code(text: str) -> str:
    """Without comments; quoted texts become empty, so that no brace in them counts."""
    return _SKIPPED.sub(lambda found: '""' if found[0].startswith('"') else " ", text)


def _contexts(code: str) -> Iterator[WrittenContext]:
    """Statements by depth: contexts stand in no brace, extensions in one, includes in two."""
    name, block, depth, at = "", "", 0, 0
    extensions: list[str] = []
    includes: list[str] = []
    for found in _BREAK.finditer(code):
        statement, at = code[at : found.start()].strip(), found.end()
        if depth == 1 and name and (extension := _EXTENSION.match(statement)):
            extensions.append(extension[1])
        elif depth == 2 and block == "includes" and statement:
            includes.append(re.split(r"[|,]", statement)[0].strip())
        if found[0] == "{":
            context = _CONTEXT.search(statement) if not depth else None
            name = context[1] if context else name if depth else ""
            block = statement if depth == 1 else block
            depth += 1
        elif found[0] == "}":
            depth = max(depth - 1, 0)
            if not depth and name:
                yield WrittenContext(name, tuple(dict.fromkeys(extensions)), tuple(includes))
                name, extensions, includes = "", [], []
