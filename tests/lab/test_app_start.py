"""An app that cannot be started is the site's mistake, with its line, before anything is played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from docker.errors import NotFound

from harness.errors import SiteError
from harness.lab.beside.program import Program, has_to_start
from harness.lab.images import preparing
from harness.site import App

FILE = Path("shop/site.toml")


def test_what_the_engine_cannot_start_beside_the_old_release_has_a_line() -> None:
    app = App("orders", ("/srv/no-such-program",), line=7)
    old = Program(app, "old", None, 0, trouble="cannot be started: no such program")
    with pytest.raises(SiteError, match=r"^shop/site\.toml:7: the app orders cannot be started: no such program$"):
        has_to_start(old, FILE)
    has_to_start(Program(app, "candidate", None, 0, trouble="cannot be started"), FILE)


def test_an_image_that_is_nowhere_has_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class Engine:
        client: Any
        images: Any

        def __init__(self) -> None:
            self.client = self.images = self

        def __enter__(self) -> Engine:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def pull(self, name: str) -> None:
            raise NotFound("no", explanation=f"manifest for {name} not found")

    monkeypatch.setattr(preparing, "connected", Engine)
    monkeypatch.setattr(preparing, "is_there", lambda *_: False)
    with pytest.raises(SiteError, match=r"site\.toml:9: the app wall: the engine has no image wall:1 and cannot"):
        preparing.prepare_apps([App("orders", ("run",)), App("wall", (), image="wall:1", line=9)], FILE)
