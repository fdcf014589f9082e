"""What keeps an instance in: a network that leads nowhere, bounded memory, no privileges."""

from __future__ import annotations

from harness.lab.engine.network import network_options
from harness.lab.housekeeping.owner import Owner
from harness.lab.instance.launch import ContainerLimits

OWNER = Owner(1, "2", "boot", "host")


def test_the_network_is_internal() -> None:
    options = network_options(OWNER, None)
    assert options["internal"] is True
    assert options["labels"] == OWNER.labels()


def test_memory_is_bounded_without_a_way_out_into_swap() -> None:
    options = ContainerLimits(memory_mb=300, pids=20).options()
    assert (options["mem_limit"], options["memswap_limit"], options["pids_limit"]) == ("300m", "300m", 20)


def test_a_container_has_no_privileges() -> None:
    options = ContainerLimits().options()
    assert options["cap_drop"] == ["ALL"]
    assert options["security_opt"] == ["no-new-privileges"]
