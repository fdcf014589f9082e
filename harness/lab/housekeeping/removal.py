"""Removing containers and networks, whatever state they are in and whoever removes them at the same time."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from docker.errors import APIError, NotFound

if TYPE_CHECKING:
    from docker.models.containers import Container
    from docker.models.networks import Network

__all__ = ["remove_all"]

_BEING_REMOVED = 409
_IN_USE = 403


def remove_all(containers: Iterable[Container], networks: Iterable[Network]) -> int:
    """Remove containers at the same time, then networks. Returns how many of both there were to remove."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        done = sum(pool.map(partial(_is_removed, otherwise=_BEING_REMOVED, force=True, v=True), containers))
    return done + sum(_is_removed(network, otherwise=_IN_USE) for network in networks)


def _is_removed(thing: Container | Network, *, otherwise: int, **options: bool) -> bool:
    """Whether it was there to remove; `otherwise` is the status when somebody else is about to remove it."""
    try:
        thing.remove(**options)
    except NotFound:
        return False
    except APIError as problem:
        if problem.status_code != otherwise:
            raise
        return False
    return True
