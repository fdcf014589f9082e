"""What has to be known of a running Asterisk to talk to it."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Reachable", "ServesAri"]


class Reachable(Protocol):
    """Where its manager interface is, and who may log in there."""

    @property
    def address(self) -> str: ...
    @property
    def ami_port(self) -> int: ...
    @property
    def username(self) -> str: ...
    @property
    def secret(self) -> str: ...


class ServesAri(Reachable, Protocol):
    """Whether ARI is there for the same user, and at which port."""

    @property
    def ari(self) -> bool: ...
    @property
    def ari_port(self) -> int: ...
