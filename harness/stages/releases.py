"""What two releases have, and what differs between them, without any site."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from harness.ask.release import load_facts
from harness.judge.research.release_changes import ReleaseDifference, compare_releases
from harness.lab import Progress, prepare

__all__ = ["research"]


def research(old: str, candidate: str, *, progress: Progress) -> ReleaseDifference:
    """Everything that differs between two releases, named as in site.toml (`debian:sid`, `image:REF`).

    Both are built where they are missing, and asked once for an image. Raises EngineError, ImageError, LabError.
    """
    releases = prepare((old, candidate), progress=progress)
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="research") as pool:
        before, now = pool.map(partial(load_facts, progress=progress), (releases[old], releases[candidate]))
    return compare_releases(before, now)
