"""Programs beside a real instance: ready, gone, deaf to signals, and what each is told apart by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.errors import LabError
from harness.lab import Program, Release, Trio, boot_trio
from harness.site import App, Ready

pytestmark = pytest.mark.engine

Releases = Mapping[str, Release]
MakeSite = Callable[..., object]

PROGRAMS = {
    "good": """\
import os, pathlib, signal, socket, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
here = pathlib.Path(__file__).parent
(here / "written").write_text("a copy")
with socket.create_connection(("127.0.0.1", int(os.environ["PORT"])), timeout=5) as asterisk:
    print(asterisk.makefile().readline().strip())
    signal.pause()
""",
    "stubborn": """\
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up")
while True:
    signal.pause()
""",
    "ending": "raise SystemExit('no such number')\n",
    "silent": "import signal\nsignal.pause()\n",
    "plain": "import signal\nprint('up')\nsignal.pause()\n",
}


@pytest.fixture
def apps(tmp_path: Path) -> tuple[App, ...]:
    for name, source in PROGRAMS.items():
        folder = tmp_path / "apps" / name
        folder.mkdir(parents=True)
        (folder / "main.py").write_text(source)

    def app(name: str, *, text: str = "up", seconds: float = 20.0) -> App:
        command = ("python3", "/srv/" + name + "/main.py")
        environment = {"PORT": "{ami_port}"}
        folder = tmp_path / "apps" / name
        return App(name, command, folder, "", ("ami",), environment, 0, Ready(text, "", seconds), 1.0)

    return (
        app("good", text="Asterisk Call Manager"),
        app("stubborn"),
        app("ending"),
        app("silent", seconds=1.0),
        app("plain"),
    )


def test_each_way_of_a_program_is_told_apart(
    tiny_site: MakeSite, releases: Releases, apps: tuple[App, ...], tmp_path: Path
) -> None:
    async def run() -> None:
        async with boot_trio(tiny_site(), releases, apps=apps) as trio:  # type: ignore[arg-type] # a tiny site
            await asyncio.to_thread(look_at, trio)
            for beside in trio.companions.values():
                by_name = {program.app.name: program for program in beside.programs}
                await asyncio.gather(*(asyncio.to_thread(program.stop) for program in beside.programs))
                assert by_name["good"].stop_words == "ended with exit code 0"
                assert by_name["stubborn"].stop_words == "did not end within 1 s and was killed"
                assert by_name["plain"].stop_words == "ended with exit code 143"
                assert by_name["ending"].stop_words == ""

    asyncio.run(run())
    assert not (tmp_path / "apps" / "good" / "written").exists()


def look_at(trio: Trio) -> None:
    assert list(trio.companions) == ["old", "again", "candidate"]
    for name, beside in trio.companions.items():
        by_name: dict[str, Program] = {program.app.name: program for program in beside.programs}
        assert by_name["good"].trouble == by_name["stubborn"].trouble == ""
        assert by_name["ending"].trouble == "ended with exit code 1 (its last line: no such number)"
        assert by_name["silent"].trouble == "did not become ready within 1 s (it printed nothing)"
        assert [by_name[app].is_dead for app in ("ending", "silent", "good")] == [True, True, False]
        recorded = trio.instances[name].container.client.containers.get(beside.tap.container.id)
        assert recorded.attrs["HostConfig"]["NetworkMode"].endswith(trio.instances[name].container_id)
        assert recorded.attrs["HostConfig"]["CapDrop"] == ["ALL"]
        trio.instances[name].check()


def test_a_dead_tap_is_not_a_dead_asterisk(tiny_site: MakeSite, releases: Releases, apps: tuple[App, ...]) -> None:
    async def run() -> None:
        async with boot_trio(tiny_site(), releases, apps=apps[4:5]) as trio:  # type: ignore[arg-type] # a tiny site
            tap = trio.companions["old"].tap
            await asyncio.to_thread(tap.container.kill)
            with pytest.raises(LabError, match=r"old: the tap does not answer .* says nothing of Asterisk"):
                await asyncio.to_thread(tap.mark, "here")
            await asyncio.to_thread(trio.old.check)

    asyncio.run(run())
