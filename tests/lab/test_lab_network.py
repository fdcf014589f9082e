"""What is asked of an engine for the lab's network, and of one that refuses a part of it."""

from __future__ import annotations

from ipaddress import IPv4Network
from types import SimpleNamespace
from typing import Any, cast

import pytest
from docker.errors import APIError

from harness.errors import LabError
from harness.lab.engine.network import create_network
from harness.lab.housekeeping.owner import this_process


class Engine:
    """Gives the same address range each time; refuses with these words what its network has of them."""

    def __init__(self, key: str, words: str) -> None:
        self.key, self.words, self.asked = key, words, list[dict[str, Any]]()

    def client_networks_create(self, name: str, options: dict[str, Any]) -> Any:
        pools = (options["ipam"] or {}).get("Config") or [{}]
        if pools[0].get(self.key):
            raise APIError("refused", explanation=self.words)
        self.asked.append(pools[0])
        attributes = {"IPAM": {"Config": [{"Subnet": "172.30.0.0/24"}]}}
        return SimpleNamespace(name=name, attrs=attributes, reload=lambda: None, remove=lambda: None)


def test_an_engine_that_gives_no_default_route_is_not_told_where_it_leads() -> None:
    engine = Engine("AuxiliaryAddresses", "no gateway can be set on an internal bridge network")
    network = create_network(cast(Any, engine), "x", this_process())
    assert network.host == "172.30.0.1"
    assert engine.asked[-1]["Subnet"] == "172.30.0.0/24"


def test_one_that_gives_a_default_route_is_told_that_nobody_is_there() -> None:
    engine = Engine("", "")
    create_network(cast(Any, engine), "x", this_process())
    assert engine.asked[-1]["AuxiliaryAddresses"] == {"DefaultGatewayIPv4": "172.30.0.254"}


def test_what_else_an_engine_refuses_is_told() -> None:
    engine = Engine("Subnet", "no gateway for you")
    with pytest.raises(LabError, match="The engine makes no network: no gateway for you"):
        create_network(cast(Any, engine), "x", this_process())


@pytest.mark.parametrize(
    "words",
    [
        "Pool overlaps with other one on this address space",
        "subnet 172.30.0.0/24 is already used on the host or by another config",
    ],
)
def test_a_range_that_somebody_else_has_taken_meanwhile_is_asked_for_anew(words: str) -> None:
    engine = Engine("Subnet", words)
    create = engine.client_networks_create

    def once(name: str, options: dict[str, Any]) -> Any:
        try:
            return create(name, options)
        except APIError:
            engine.key = ""
            raise

    engine.client_networks_create = once  # type: ignore[method-assign] # it refuses once
    assert create_network(cast(Any, engine), "x", this_process()).subnet == IPv4Network("172.30.0.0/24")
    assert len(engine.asked) == 3  # two ranges were looked for, one was taken
