"""Removing containers and networks, whatever state they are in and whoever removes them at the same time."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
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
    containers, networks = list(containers), list(networks)
    if not containers and not networks:
        return 0
    with ThreadPoolExecutor(max_workers=8) as pool:
        done = sum(pool.map(_remove_container, containers))
    return done + sum(map(_remove_network, networks))


def _remove_container(container: Container) -> bool:
    try:
        container.remove(force=True, v=True)
    except NotFound:
        return False
    except APIError as problem:
        if problem.status_code != _BEING_REMOVED:
            raise
        return False
    return True


def _remove_network(network: Network) -> bool:
    try:
        network.remove()
    except NotFound:
        return False
    except APIError as problem:
        if problem.status_code != _IN_USE:
            raise
        return False  # somebody else is about to remove what is on it, and then it
    return True
