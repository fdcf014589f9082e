"""A network of a trio's own: its containers reach each other, this machine reaches them, nothing leads out."""

from __future__ import annotations

from docker.errors import APIError
from testcontainers.core.network import Network

from harness.errors import LabError
from harness.lab.owner import Owner

__all__ = ["create_network"]


def create_network(name: str, owner: Owner) -> Network:
    """An internal network. Raises LabError when the engine refuses (all its address ranges in use, say)."""
    network = Network(docker_network_kw={"internal": True, "labels": owner.labels(), "driver": "bridge"})
    network.name = name
    try:
        return network.create()
    except APIError as problem:
        raise LabError(
            f"The engine makes no network: {problem.explanation}. `docker network prune` removes unused ones."
        ) from problem
