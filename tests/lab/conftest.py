"""A tiny site, and the releases to boot it on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.lab import Release, prepare
from harness.site import Database

OLD, CANDIDATE = "debian:bullseye", "debian:sid"


@dataclass
class TinyData:
    astdb: Path | None = None
    voicemail: Path | None = None
    sounds: Path | None = None
    agi_bin: Path | None = None
    odbc_ini: Path | None = None
    odbcinst_ini: Path | None = None
    keys: Path | None = None
    modules: Path | None = None
    machine: Path | None = None


@dataclass
class TinyLimits:
    memory_mb: int = 512
    pids: int = 512
    boot_seconds: float = 30.0


@dataclass
class TinySide:
    release: str
    config: Path


@dataclass
class TinySite:
    """What the lab looks at of a site."""

    old: TinySide
    candidate: TinySide
    data: TinyData = field(default_factory=TinyData)
    limits: TinyLimits = field(default_factory=TinyLimits)
    root: Path = Path("tiny")
    standins: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    agi_servers: tuple[str, ...] = ()
    databases: tuple[Database, ...] = ()

    def data_of(self, _side: TinySide) -> TinyData:
        """The same for both sides."""
        return self.data


@pytest.fixture(scope="session")
def releases() -> Mapping[str, Release]:
    """Both releases, built if they are missing."""
    return prepare([OLD, CANDIDATE])


@pytest.fixture
def tiny_site(tmp_path: Path) -> Callable[..., TinySite]:
    """A site of the files given, `extensions_conf="..."`; without any, of one that only loads modules."""

    def make(**files: str) -> TinySite:
        folder = tmp_path / "etc"
        folder.mkdir(exist_ok=True)
        for name, content in ({"modules_conf": "[modules]\nautoload=yes\n"} | files).items():
            (folder / name.replace("_conf", ".conf")).write_text(content, encoding="utf-8")
        return TinySite(TinySide(OLD, folder), TinySide(CANDIDATE, folder))

    return make
