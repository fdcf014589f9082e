"""Removing containers and networks: a group's own, and what dead runs left (after SIGKILL, say).

Living runs are left alone. Somebody else may remove the same at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from docker.errors import APIError, NotFound
from testcontainers.core.docker_client import DockerClient

from harness.lab.engine.client import connected
from harness.lab.housekeeping.owner import LABEL, Owner, this_process
from harness.lab.housekeeping.scratch import sweep_scratch

if TYPE_CHECKING:
    from docker.models.containers import Container
    from docker.models.networks import Network

__all__ = ["remove_all", "sweep", "sweep_with"]

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
    """Remove containers, then networks. Returns how many of both there were to remove.

    The containers go at the same time, or `in_turn`: an interpreter that ends starts no thread any more.
    """
    with ThreadPoolExecutor(max_workers=8) as pool:
        each = map if in_turn else pool.map
        done = sum(each(partial(_is_removed, otherwise=_BEING_REMOVED, force=True, v=True), containers))
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
