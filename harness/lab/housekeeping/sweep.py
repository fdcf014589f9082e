"""Removing what dead runs left (after SIGKILL or a power cut nobody cleans up). Living runs are left alone."""

from __future__ import annotations

from testcontainers.core.docker_client import DockerClient

from harness.lab.engine.client import connected
from harness.lab.housekeeping.owner import LABEL, Owner, this_process
from harness.lab.housekeeping.removal import remove_all
from harness.lab.housekeeping.scratch import sweep_scratch

__all__ = ["sweep", "sweep_with"]


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
