"""Two images of Debian's Asterisk 22 at other places: one with a shell, one with nothing but Asterisk."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.lab import prepare
from harness.lab.engine.client import connected

# Another worker has images of its own, and removes them while this one plays.
MOVED, BARE = (f"asterisk-upgrade-test/{name}:{os.getpid()}" for name in ("moved", "bare"))
CANDIDATE = "debian:sid"


@pytest.fixture(scope="session")
def moved() -> Iterator[str]:
    """Everything below /opt, and a user of its own."""
    with built("moved", MOVED, prepare([CANDIDATE])[CANDIDATE].image):
        yield MOVED


@pytest.fixture(scope="session")
def bare(moved: str) -> Iterator[str]:
    """The same without a shell, the name of a user, or any program besides."""
    with built("bare", BARE, moved):
        yield BARE


@contextmanager
def built(name: str, tag: str, base: str) -> Iterator[None]:
    """An image, for the length of a block."""
    dockerfile = Path(__file__).with_name(f"{name}.Dockerfile").read_bytes()
    with connected() as client:
        client.client.images.build(fileobj=io.BytesIO(dockerfile), tag=tag, rm=True, buildargs={"BASE": base})
        yield
        client.client.images.remove(tag, force=True)
