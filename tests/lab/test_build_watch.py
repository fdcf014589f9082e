"""A build that takes too long is ended, also by an engine that does not do it at once."""

from __future__ import annotations

from threading import Event
from typing import Any, cast

from docker.errors import APIError

from harness.lab.images import watch as watching
from harness.lab.images.watch import Watch


class Stubborn:
    """A container that an engine fails to end the first time."""

    def __init__(self) -> None:
        self.kills = 0
        self.has_ended = Event()

    def kill(self) -> None:
        self.kills += 1
        if self.kills == 1:
            raise APIError("500", explanation="tried to kill container, but did not receive an exit event")
        self.has_ended.set()


def test_who_cannot_be_ended_is_tried_again(monkeypatch: Any) -> None:
    monkeypatch.setattr(watching, "_LEAST_SECONDS", 0.01)
    container = Stubborn()
    with Watch(cast(Any, None), cast(Any, container), seconds=0.0, disk_mb=1) as watch:
        assert container.has_ended.wait(5)
    assert (container.kills, watch.why) == (2, "took longer than 0 s (its `seconds`)")
