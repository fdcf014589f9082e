"""Removing containers and networks: a group's own, and what dead runs left (after SIGKILL, say).

Living runs are left alone. Somebody else may remove the same at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from docker.errors import APIError, NotFound
from docker.models.containers import Container
from docker.models.networks import Network
from testcontainers.core.docker_client import DockerClient

from harness.lab.engine.client import connected
from harness.lab.housekeeping.owner import LABEL, Owner, this_process
from harness.lab.housekeeping.scratch import sweep_scratch

__all__ = ["is_gone", "remove_all", "sweep", "sweep_with"]

_BEING_REMOVED = 409
_IN_USE = 403


def sweep() -> int:
    """Remove containers and networks whose owner ended. Returns how many. EngineError when no engine answers."""
    with connected() as client:
        return sweep_with(client)


def sweep_with(client: DockerClient) -> int:
    """The same through a client that is there. Temporary folders of dead runs go as well."""
    sweep_scratch()
    engine = client.client
    here = this_process()
    wanted: dict[str, str | list[str] | bool] = {"label": f"{LABEL}=lab"}
    containers = engine.containers.list(all=True, filters=wanted, ignore_removed=True)
    networks = engine.networks.list(filters={"label": f"{LABEL}=lab"})
    return remove_all(
        [container for container in containers if _is_left(container.labels, here)],
        [network for network in networks if _is_left(network.attrs.get("Labels") or {}, here)],
    )


def _is_left(labels: dict[str, str], here: Owner) -> bool:
    owner = Owner.from_labels(labels)
    return owner is not None and owner.is_dead(here)


def remove_all(containers: Iterable[Container], networks: Iterable[Network], *, in_turn: bool = False) -> int:
    """Remove containers, then networks. Returns how many of both were there and are not now.

    The containers go at the same time, or `in_turn`: an interpreter that ends starts no thread any more.
    """
    with ThreadPoolExecutor(max_workers=8) as pool:
        each = map if in_turn else pool.map
        return sum(each(_is_removed, containers)) + sum(map(_is_removed, networks))


def is_gone(network: Network) -> bool:
    """Whether a network is removed by now. Not so while the engine takes the last container from it."""
    if _is_removed(network):
        return True
    try:
        network.reload()
    except NotFound:
        return True
    return False


def _is_removed(thing: Container | Network) -> bool:
    """Whether it was there and is removed. Not so where somebody else removes it at this moment, or is on it."""
    options = {"force": True, "v": True} if isinstance(thing, Container) else {}
    try:
        thing.remove(**options)
    except NotFound:
        return False
    except APIError as problem:
        if problem.status_code not in (_BEING_REMOVED, _IN_USE):
            raise
        return False
    return True
