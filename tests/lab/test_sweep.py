"""A dead run's network of which the engine still counts an endpoint: when it is waited for, and what is told."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from docker.errors import APIError, NotFound
from docker.models.networks import Network
from requests import Response
from testcontainers.core.docker_client import DockerClient

from harness.lab.housekeeping import sweep
from harness.lab.housekeeping.owner import this_process

DEAD = replace(this_process(), pid=2, started="1")


class Held(Network):
    """A network that the engine refuses to remove so many times, before it does, or somebody else did."""

    def __init__(self, refused: int, *, by_another: bool) -> None:
        super().__init__(attrs={"Id": "1", "Name": "n", "Labels": DEAD.labels()})
        self.refused, self.by_another = refused, by_another

    def reload(self) -> None:
        pass

    def remove(self) -> None:
        if self.refused:
            self.refused -= 1
            response = Response()
            response.status_code = 403
            raise APIError("403", response, "it has active endpoints")
        if self.by_another:
            raise NotFound("404")


def sweep_of(network: Network) -> sweep.Swept:
    def listing(found: list[Network]) -> SimpleNamespace:
        return SimpleNamespace(list=lambda **_: found)

    engine = SimpleNamespace(containers=listing([]), networks=listing([network]))
    return sweep.sweep_with(cast(DockerClient, SimpleNamespace(client=engine)))


@pytest.mark.parametrize(("by_another", "removed"), [(False, 1), (True, 0)])
def test_a_network_is_waited_for(by_another: bool, removed: int) -> None:
    assert sweep_of(Held(2, by_another=by_another)) == sweep.Swept(removed)


def test_what_stays_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "_LETTING_GO", 0.3)
    held: Any = Held(1_000, by_another=False)
    assert sweep_of(held) == sweep.Swept(0, ("the network n stays: it has active endpoints",))
    assert held.refused < 999
