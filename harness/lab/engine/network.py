"""A network of a trio's own: its containers reach each other, this machine reaches them, nothing leads out.

On an internal network Docker before 25 still gives each container a default route, and relies on the machine's
firewall to drop what takes it. So the route is made to lead to an address that nobody has. Later ones give none,
and refuse to be told where it would lead.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any

from docker.errors import APIError
from docker.types import IPAMConfig, IPAMPool
from testcontainers.core.docker_client import DockerClient

from harness.errors import LabError
from harness.lab.housekeeping.owner import Owner

if TYPE_CHECKING:
    from docker.models.networks import Network

__all__ = ["LabNetwork", "create_network", "network_options"]

_TRIES = 8
_NO_ROUTE = "no gateway can be set on an internal"
"""What an engine says that gives no default route on a network that leads nowhere."""
_TAKEN = ("overlaps", "already used")
"""What Docker and Podman say of a range that somebody else has taken meanwhile."""
_HOST = 1
_NOBODY = 254
_FIRST_GUEST = 10
_FIRST_PROVIDER = 32


@dataclass(frozen=True, slots=True)
class LabNetwork:
    """An internal network, and the addresses in it that containers are given.

    `bridge` is the name of the interface by which the engine's machine is on it.
    """

    network: Network
    subnet: IPv4Network
    bridge: str = ""

    @property
    def is_here(self) -> bool:
        """Whether this machine is on it, as this process sees it. Then the addresses in it can be reached.

        That it has the address alone says little: networks of other engines have the same ranges. Podman makes the
        interface with the first container, and may give it no address.
        """
        if self.bridge not in (name for _, name in socket.if_nameindex()):
            return False
        with socket.socket() as probe, suppress(OSError):
            probe.bind((self.host, 0))
            return True
        return False

    @property
    def host(self) -> str:
        """Address of the engine's machine in it, where containers reach what listens there."""
        return str(self.subnet.network_address + _HOST)

    def address(self, guest: int) -> str:
        """Address of the container with that number, from 0."""
        return str(self.subnet.network_address + _FIRST_GUEST + guest)

    def providers(self, names: Sequence[str]) -> dict[str, str]:
        """An address for each of these names. Raises LabError where the network has not as many."""
        numbers = range(_FIRST_PROVIDER, min(self.subnet.num_addresses - 1, _FIRST_PROVIDER + len(names) + 1))
        addresses = [str(self.subnet.network_address + number) for number in numbers if number != _NOBODY]
        if len(addresses) < len(names):
            raise LabError(f"the network {self.subnet} of the lab has no {len(names)} addresses for providers")
        return dict(zip(names, addresses, strict=False))


def create_network(client: DockerClient, name: str, owner: Owner) -> LabNetwork:
    """An internal network. Raises LabError when the engine refuses (all its address ranges in use, say)."""
    has_route = True
    for _ in range(_TRIES):
        try:
            subnet, bridge = _free_subnet(client, name, owner), f"upgrade-{secrets.token_hex(3)}"
            options = network_options(owner, _pool(subnet, has_route=has_route), bridge)
            return LabNetwork(client.client_networks_create(name, options), subnet, bridge)
        except APIError as problem:
            refused = str(problem.explanation)
            has_route &= _NO_ROUTE not in refused
            if not any(word in refused for word in (_NO_ROUTE, *_TAKEN)):
                break
    raise LabError(f"The engine makes no network: {refused}. `docker network prune` removes unused ones.")


def network_options(owner: Owner, addresses: IPAMConfig | None, bridge: str = "") -> dict[str, Any]:
    """What docker is asked for: a network that leads nowhere. A kernel takes 15 letters for a `bridge`."""
    named = {"com.docker.network.bridge.name": bridge} if bridge else None
    return {"internal": True, "driver": "bridge", "labels": owner.labels(), "ipam": addresses, "options": named}


def _free_subnet(client: DockerClient, name: str, owner: Owner) -> IPv4Network:
    """An address range that the engine itself would take: it knows which ones are in use."""
    network = client.client_networks_create(name, network_options(owner, None))
    try:
        network.reload()
        return IPv4Network(network.attrs["IPAM"]["Config"][0]["Subnet"])
    finally:
        network.remove()


def _pool(subnet: IPv4Network, *, has_route: bool) -> IPAMConfig:
    def at(offset: int) -> str:
        return str(IPv4Address(subnet.network_address + offset))

    nobody = {"DefaultGatewayIPv4": at(_NOBODY)} if has_route else None
    return IPAMConfig(pool_configs=[IPAMPool(subnet=str(subnet), gateway=at(_HOST), aux_addresses=nobody)])
