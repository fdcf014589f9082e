"""Removing containers and networks: a group's own, and what dead runs left (after SIGKILL, say).

Living runs are left alone. Somebody else may remove the same at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import filterfalse

from docker.errors import APIError, NotFound
from docker.models.containers import Container
from docker.models.networks import Network
from testcontainers.core.docker_client import DockerClient

from harness.lab.engine.client import connected
from harness.lab.housekeeping.owner import LABEL, Owner, this_process
from harness.lab.housekeeping.scratch import sweep_scratch
from harness.lab.waiting import Overdue, wait_until

__all__ = ["Swept", "is_gone", "remove_all", "sweep", "sweep_with"]

_BEING_REMOVED = 409
_IN_USE = 403
_LETTING_GO = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Swept:
    """How many containers and networks of dead runs were removed; what stays, each with the engine's reason."""

    removed: int
    left: tuple[str, ...] = ()


def sweep() -> Swept:
    """Remove containers and networks whose owner ended. EngineError when no engine answers."""
    with connected() as client:
        return sweep_with(client)


def sweep_with(client: DockerClient) -> Swept:
    """The same through a client that is there. Temporary folders of dead runs go as well."""
    sweep_scratch()
    engine = client.client
    here = this_process()
    wanted: dict[str, str | list[str] | bool] = {"label": f"{LABEL}=lab"}
    containers = engine.containers.list(all=True, filters=wanted, ignore_removed=True)
    networks = engine.networks.list(filters={"label": f"{LABEL}=lab"})
    dead = [container for container in containers if _is_left(container.labels, here)]
    empty = [network for network in networks if _is_left(network.attrs.get("Labels") or {}, here)]
    left: list[str] = []
    removed = remove_all(dead, (), left=left)
    return Swept(removed + sum(_is_freed(network, left) for network in empty), tuple(left))


def _is_freed(network: Network, left: list[str]) -> bool:
    """Whether a dead run's network is removed here. Endpoints count until the engine is done with them.

    That is longer than it lists them, and another run may sweep at the same time.
    """
    removed, why = False, list[str]()

    def is_settled() -> bool:
        nonlocal removed
        why.clear()
        _let_all_go(network)
        removed = _is_removed(network, why)
        return not why

    with suppress(Overdue):
        wait_until(is_settled, "let go of a dead run's network", within=_LETTING_GO)
    left += why
    return removed


def _let_all_go(network: Network) -> None:
    """Take a network from all that is on it: also endpoints of containers that are long gone."""
    with suppress(APIError):
        network.reload()
        for container, endpoint in (network.attrs.get("Containers") or {}).items():
            for name in (endpoint.get("Name") or container, container):
                with suppress(APIError):
                    network.disconnect(name, force=True)
                    break


def _is_left(labels: dict[str, str], here: Owner) -> bool:
    owner = Owner.from_labels(labels)
    return owner is not None and owner.is_dead(here)


def remove_all(
    containers: Iterable[Container],
    networks: Iterable[Network],
    *,
    in_turn: bool = False,
    left: list[str] | None = None,
) -> int:
    """Remove containers, then networks. Returns how many of both were there and are not now.

    The containers go at the same time, those before that are in another one's network (Podman removes none that is
    needed so); or `in_turn`: an interpreter that ends starts no thread any more. `left` is told what stays, and
    why; without it what the engine refuses is raised.
    """
    wanted = tuple(containers)
    beside = tuple(filter(_is_beside, wanted))
    others = tuple(filterfalse(_is_beside, wanted))
    with ThreadPoolExecutor(max_workers=8) as pool:
        each = map if in_turn else pool.map

        def is_removed(thing: Container | Network) -> bool:
            return _is_removed(thing, left)

        return sum((*each(is_removed, beside), *each(is_removed, others), *map(is_removed, networks)))


def _is_beside(container: Container) -> bool:
    mode = (container.attrs.get("HostConfig") or {}).get("NetworkMode") or ""
    return str(mode).startswith("container:")


def is_gone(network: Network) -> bool:
    """Whether a network is removed by now. Not so while the engine takes the last container from it."""
    if _is_removed(network):
        return True
    try:
        network.reload()
    except NotFound:
        return True
    return False


def _is_removed(thing: Container | Network, left: list[str] | None = None) -> bool:
    """Whether it was there and is removed. Not so where somebody else removes it at this moment, or is on it."""
    options = {"force": True, "v": True} if isinstance(thing, Container) else {}
    try:
        thing.remove(**options)
    except NotFound:
        return False
    except APIError as problem:
        if left is not None and problem.status_code != _BEING_REMOVED:
            kind = "container" if isinstance(thing, Container) else "network"
            left.append(f"the {kind} {thing.name} stays: {problem.explanation}")
        elif problem.status_code not in (_BEING_REMOVED, _IN_USE):
            raise
        return False
    return True
