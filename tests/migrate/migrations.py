"""Configurations made of text, and what a migration makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from harness.migrate import migrate
from harness.migrate.folder import read_subject
from harness.migrate.run import Migration


@dataclass
class Migrated:
    """The files after a migration (`extensions` for extensions.conf), and the migration."""

    files: dict[str, str]
    migration: Migration

    @property
    def extensions(self) -> str:
        return self.files["extensions.conf"]

    @property
    def left(self) -> list[str]:
        return [f"{left.place}: {left.what}" for left in self.migration.left]


Migrate = Callable[..., Migrated]


def fill(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def migrated(folder: Path) -> Migrated:
    subject = read_subject(folder)
    migration = migrate(subject, partial(read_subject, folder))
    texts = {name: rewritten.text for name, rewritten in migration.changed.items()}
    return Migrated({**subject.files, **texts}, migration)
