"""How this process comes to what listens in the lab, and the lab to what listens here.

Where the engine's network is one of this machine's own, by the address; everywhere else (an engine on another
machine, a rootless one, one in a virtual machine of its own) by a relay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ["DIRECT", "Direct", "Reach"]

Endpoint = tuple[str, int]
"""Address and port."""


class Reach(Protocol):
    """A way in and out. Methods may be called from any thread, and block for some milliseconds at most."""

    def to(self, address: str, port: int) -> Endpoint:
        """Where to connect for a port of an address in the lab. Raises LabError when there is no way any more."""
        ...

    def serves(self) -> Endpoint | None:
        """Where a server of this process is to listen for the lab; None for its own address and port in the lab.

        Who connects there says first whom it speaks for, as `PROXY TCP4 ADDRESS …` (of HAProxy's protocol).
        """
        ...

    def bring(self, port: int, server: Endpoint) -> None:
        """Lead what asks for a port in the lab to a server of this process. Raises LabError."""
        ...

    def close(self) -> None:
        """End all connections."""
        ...


@dataclass(frozen=True, slots=True)
class Direct:
    """The lab's addresses are this machine's neighbours."""

    def to(self, address: str, port: int) -> Endpoint:
        """The same."""
        return address, port

    def serves(self) -> Endpoint | None:
        """The lab's own address of a server is this machine's."""
        return None

    def bring(self, port: int, server: Endpoint) -> None:
        """It is there already."""

    def close(self) -> None:
        """There is nothing to end."""


DIRECT = Direct()
