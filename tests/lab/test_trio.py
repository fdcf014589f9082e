"""The trio on the real thing: it boots, it is cut off, it is gone afterwards; each way to fail is told apart."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.asterisk.log import read_line
from harness.errors import BootError, CrashError, LostError
from harness.lab import Instance, Release, Trio, boot_trio, sweep
from harness.lab.engine.client import connected
from harness.lab.engine.network import create_network
from harness.lab.housekeeping.owner import LABEL, this_process
from harness.lab.housekeeping.sweep import is_gone

pytestmark = pytest.mark.engine

Releases = Mapping[str, Release]
MakeSite = Callable[..., object]


@asynccontextmanager
async def booted(site: object, releases: Releases, **more: object) -> AsyncIterator[Trio]:
    async with boot_trio(site, releases, **more) as trio:  # type: ignore[arg-type]  # a tiny site will do
        yield trio


def play(site: object, releases: Releases, act: Callable[[Trio], None], **more: object) -> None:
    async def run() -> None:
        async with booted(site, releases, **more) as trio:
            await asyncio.to_thread(act, trio)

    asyncio.run(run())


def left_behind() -> list[str]:
    """Containers and networks of this process that are there."""
    return of_process(os.getpid())


def test_a_site_boots_on_both_releases_and_is_gone_afterwards(tiny_site: MakeSite, releases: Releases) -> None:
    site = tiny_site(
        extensions_conf="[run]\nexten => 600,1,Answer()\n",
        cel_conf="[general]\nenable=yes\napps=all\nevents=ALL\n",
        manager_conf="[General]\nenabled=no\nbindaddr=127.0.0.1\n[harness]\nsecret=x\n",
        ari_conf="[general]\nenabled=no\n",
        asterisk_conf="[directories](!)\nastmoddir => /nowhere\n[options]\nrunuser=asterisk\nrungroup=asterisk\n"
        "highpriority=yes\nalwaysfork=yes\nconsole=yes\nmaxload=0.01\n",
    )
    lines: list[str] = []

    def act(trio: Trio) -> None:
        assert [instance.release.version[:2] for instance in trio.instances.values()] == ["16", "16", "22"]
        for instance in trio.instances.values():
            look_at(instance)
        assert len(left_behind()) == 5
        assert not any(trio.old.secret in line.text for line in trio.overlay)

    play(site, releases, act, progress=lines.append)
    assert left_behind() == []
    assert sorted(line.split(":")[0] for line in lines[1:]) == ["again", "candidate", "old"]


def look_at(instance: Instance) -> None:
    instance.check()
    assert instance.ari
    assert "0.0.0.0:5038" in " ".join(instance.cli("manager show settings").split())
    assert instance.run("id", "-un").strip() == "asterisk"
    assert "1 modules loaded" in instance.cli("module show like cdr_manager")
    assert "harness-leg" in instance.cli("dialplan show harness-leg")
    assert instance.read_file("/etc/asterisk/extensions.conf").startswith(b"[run]")
    assert instance.list_files("/var/log/asterisk")["harness.json"] > 0
    assert any("Asterisk Ready" in line for line in instance.log_tail(50))
    with pytest.raises(FileNotFoundError):
        instance.read_file("/nowhere")
    with socket.create_connection((instance.address, instance.ari_port), timeout=5):
        pass


def test_nothing_leads_out(tiny_site: MakeSite, releases: Releases) -> None:
    def act(trio: Trio) -> None:
        for instance in trio.instances.values():
            routes = [line.split() for line in instance.run("cat", "/proc/net/route").splitlines()[1:]]
            own = [fields[1] for fields in routes if fields[1] != "00000000"]
            assert len(own) == 1
            # An older engine gives a default route even here: it leads to an address that nobody has.
            assert all(fields[2].startswith("FE") for fields in routes if fields[1] == "00000000")
            reach = (
                "import socket; socket.create_connection(('198.51.100.1', 5060), timeout=1); print('got there')"
            )
            said = instance.run("python3", "-c", reach)
            assert "Traceback" in said
            assert said.splitlines()[-1] != "got there"
            assert "CapEff:\t0000000000000000" in instance.run("cat", "/proc/1/status")
            assert "NoNewPrivs:\t1" in instance.run("cat", "/proc/1/status")

    play(tiny_site(), releases, act)


def test_the_instances_reach_each_other_and_a_stand_in(tiny_site: MakeSite, releases: Releases) -> None:
    site = tiny_site()
    site.phones, site.standins = ("101",), ("sip.provider.example", "sbc.other.example")  # type: ignore[attr-defined]
    seen: dict[str, str] = {}

    def phone_files(addresses: Mapping[str, str], own: str, providers: Sequence[str]) -> Mapping[str, bytes]:
        seen.update(addresses, phones=own, first=providers[0], second=providers[1])
        return {"modules.conf": b"[modules]\nautoload=yes\n"}

    def act(trio: Trio) -> None:
        assert trio.phones is not None
        instances = {name: instance.address for name, instance in trio.instances.items()}
        assert seen.items() >= {**instances, "phones": trio.phones.address}.items()
        assert len(set(seen.values())) == 6, "a provider has an address of its own"
        assert trio.old.run("getent", "hosts", "sip.provider.example").split()[0] == seen["first"]
        assert trio.candidate.run("getent", "hosts", "SBC.other.example").split()[0] == seen["second"]
        assert trio.old.run("sh", "-c", f"bash -c '</dev/tcp/{seen['first']}/5038' && echo here") == "here\n"
        assert "CapEff:\t0000000000000000" in trio.phones.run("cat", "/proc/1/status")
        for instance in trio.instances.values():
            took = []
            for _ in range(4):
                begun = time.monotonic()
                assert instance.run("getent", "hosts", "sip.nobody.example") == ""
                took.append(time.monotonic() - begun)
            assert min(took) < 0.9, "unknown names fail at once, not after a time-out"

    play(site, releases, act, phone_files=phone_files)


def test_this_machine_is_out_of_reach_but_for_fastagi(tiny_site: MakeSite, releases: Releases) -> None:
    def act(trio: Trio) -> None:
        with socket.create_server(("0.0.0.0", 0)) as private, socket.create_server((trio.host, 4573)):
            for port, there in ((private.getsockname()[1], "no"), (4573, "yes")):
                reach = f"timeout 3 bash -c '</dev/tcp/{trio.host}/{port}' 2>/dev/null && echo yes || echo no"
                said = [instance.run("sh", "-c", reach).strip() for instance in trio.instances.values()]
                assert said == [there] * 3

    play(tiny_site(), releases, act)


def test_the_clock_is_the_scenarios_and_the_same_for_scripts(tiny_site: MakeSite, releases: Releases) -> None:
    def act(trio: Trio) -> None:
        for instance in trio.instances.values():
            assert instance.run("date", "-u", "+%F %H").strip() == "2026-12-24 23"
            lines = instance.read_file(instance.log_file).splitlines()
            first = next(json.loads(line) for line in lines if read_line(line))
            assert first["timestamp"].startswith("Dec 24 23:30")
            assert time.time() + trio.clock_offset == pytest.approx(int(instance.run("date", "+%s")), abs=2)

    play(tiny_site(), releases, act, clock="2026-12-24 23:30:00")


def test_data_is_where_the_release_looks(tiny_site: MakeSite, releases: Releases, tmp_path: Path) -> None:
    own = "[directories]\nastetcdir => /opt/pbx/etc\nastagidir => /opt/pbx/agi\nastspooldir => /opt/pbx/spool\n"
    site = tiny_site(asterisk_conf=own, extensions_conf="#include /opt/pbx/etc/a.conf\n", a_conf="[a]\n")
    for name in ("vm/default/101/INBOX", "sounds/en/custom", "agi"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "vm/default/101/INBOX/msg0000.txt").write_text("[message]\n")
    (tmp_path / "sounds/en/custom/hello.gsm").write_bytes(b"\0" * 33)
    script = tmp_path / "agi/hello.py"
    script.write_text("#!/usr/bin/env python3\n")
    script.chmod(0o755)
    data = site.data  # type: ignore[attr-defined]
    data.voicemail, data.sounds, data.agi_bin = tmp_path / "vm", tmp_path / "sounds", tmp_path / "agi"

    def act(trio: Trio) -> None:
        for instance in trio.instances.values():
            release = instance.release
            assert instance.list_files(f"{release.directory('astspooldir')}/voicemail/default")
            prompts = f"{release.directory('astdatadir')}/sounds/en"
            for prompt in ("custom/hello.gsm", "vm-goodbye.gsm"):  # Debian's `en` is a link
                assert instance.run("stat", "-L", "-c", "%F", f"{prompts}/{prompt}").strip() == "regular file"
            for path in ("/opt/pbx/agi/hello.py", "/opt/pbx/spool/voicemail", "/opt/pbx/etc/extensions.conf"):
                assert instance.run("stat", "-L", "-c", "%U", path).strip() == "asterisk"
            folder = release.directory("astagidir")
            assert instance.run("stat", "-c", "%U %a", f"{folder}/hello.py").strip() == "asterisk 755"

    play(site, releases, act)


def test_a_configuration_that_does_not_load_says_why(tiny_site: MakeSite, releases: Releases) -> None:
    site = tiny_site(modules_conf="[modules]\nautoload=yes\nrequire = res_nowhere.so\n")
    with pytest.raises(BootError, match=r"Asterisk \S+ \((old|again|candidate)\) .* while booting") as caught:
        play(site, releases, lambda trio: None)
    assert "res_nowhere" in "\n".join(caught.value.__notes__)
    assert left_behind() == []


def test_a_boot_that_takes_too_long_is_told_apart(tiny_site: MakeSite, releases: Releases) -> None:
    """Reading its dialplan takes longer than the site gives it."""
    site = tiny_site(
        modules_conf="[modules]\nautoload=no\nload=pbx_config.so\n",
        asterisk_conf="[options]\nexecincludes = yes\n",
        extensions_conf='#exec "sleep 60"\n',
    )
    site.limits.boot_seconds = 0.5  # type: ignore[attr-defined]
    with pytest.raises(BootError, match=r"did not say fully booted within 0\.5 s"):
        play(site, releases, lambda trio: None)
    assert left_behind() == []


def test_a_manager_conf_that_asterisk_refuses_is_named(tiny_site: MakeSite, releases: Releases) -> None:
    site = tiny_site(manager_conf='[general]\nenabled = yes\n#include "gone.conf"\n')
    site.limits.boot_seconds = 8  # type: ignore[attr-defined]
    with pytest.raises(BootError, match=r"its AMI is off, as Asterisk refuses manager\.conf \(.*'gone\.conf'"):
        play(site, releases, lambda trio: None)
    assert left_behind() == []


def test_an_end_of_its_own_is_told_with_its_log(tiny_site: MakeSite, releases: Releases) -> None:
    def act(trio: Trio) -> None:
        trio.candidate.cli("core stop now")
        trio.candidate.container.wait(timeout=10)
        assert not trio.candidate.is_running()
        with pytest.raises(CrashError, match=r"\(candidate\) ended with exit code 0") as caught:
            trio.candidate.check()
        assert "Asterisk Ready" in "\n".join(caught.value.__notes__)
        trio.old.check()

    play(tiny_site(), releases, act)


def test_what_is_done_to_an_instance_from_outside_is_no_crash_and_no_hang(
    tiny_site: MakeSite, releases: Releases
) -> None:
    def act(trio: Trio) -> None:
        engine: Any = trio.old.container.client
        again = trio.again.container
        (network,) = again.attrs["NetworkSettings"]["Networks"]
        for harm, mend, words in (
            (again.pause, again.unpause, "was paused"),
            (partial(again.kill, "STOP"), partial(again.kill, "CONT"), "was stopped"),
            (partial(engine.networks.get(network).disconnect, again), None, "was taken off its network"),
        ):
            harm()
            with pytest.raises(LostError, match=rf"\(again\) {words}"):
                trio.again.check(within=1)
            if mend:
                mend()
                trio.again.check()
        trio.old.container.stop(timeout=10)
        with pytest.raises(LostError, match=r"\(old\) was ended from outside by signal 15"):
            trio.old.check(within=1)
        trio.candidate.container.kill()
        with pytest.raises(LostError, match=r"\(candidate\) was ended from outside by SIGKILL"):
            trio.candidate.check(within=1)
        trio.candidate.container.remove(force=True, v=True)
        with pytest.raises(LostError, match="was removed from outside"):
            trio.candidate.check(within=1)
        assert trio.again.memory_peak() > 10

    play(tiny_site(), releases, act)


def test_a_network_that_containers_are_on_is_not_gone(tiny_site: MakeSite, releases: Releases) -> None:
    wanted = {"label": f"{LABEL}.pid={os.getpid()}"}

    def act(_: Trio) -> None:
        with connected() as client:
            (network,) = client.client.networks.list(filters=wanted)
            assert not is_gone(network)

    play(tiny_site(), releases, act)
    assert left_behind() == []


def test_two_trios_at_once_do_not_disturb_each_other(tiny_site: MakeSite, releases: Releases) -> None:
    site = tiny_site()

    async def run() -> None:
        async with booted(site, releases) as one, booted(site, releases) as two:
            sweep()
            addresses = {instance.address for trio in (one, two) for instance in trio.instances.values()}
            assert len(addresses) == 6
            one.old.check()
            two.candidate.check()

    asyncio.run(run())
    assert left_behind() == []


RUN = """
import asyncio, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
signal.signal(signal.SIGINT, signal.default_int_handler)  # where tests run in the background both are ignored
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from conftest import *
from harness.lab import Ending, boot_trio, prepare

async def run():
    side = lambda release: TinySide(release, Path({etc!r}))
    site = TinySite(side(OLD), side(CANDIDATE))
    async with boot_trio(site, prepare([OLD, CANDIDATE])) as trio:
        print("booted", flush=True)
        await asyncio.Event().wait()

with Ending() as ending:
    ending.run(run())
"""


@pytest.mark.parametrize(
    ("number", "cleans_up"),
    [(signal.SIGINT, True), (signal.SIGTERM, True), (signal.SIGHUP, True), (signal.SIGKILL, False)],
)
def test_what_an_interrupted_run_leaves(
    number: signal.Signals, cleans_up: bool, tiny_site: MakeSite, tmp_path: Path, releases: Releases
) -> None:
    tiny_site()
    program = textwrap.dedent(RUN).format(tests=str(Path(__file__).parent), etc=str(tmp_path / "etc"))
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert child.stdout is not None
    assert child.stdout.readline() == b"booted\n"
    sweep()
    assert len(of_process(child.pid)) == 5, "a living run is left alone"
    os.kill(child.pid, number)
    child.wait(timeout=120)
    child.stdout.close()
    assert len(of_process(child.pid)) == (0 if cleans_up else 5)
    sweep()
    assert of_process(child.pid) == []


def test_a_dead_runs_network_is_freed_of_what_is_still_on_it(releases: Releases) -> None:
    dead = replace(this_process(), pid=2, started="1")
    with connected() as client:
        network = create_network(client, "asterisk-upgrade-dead", dead).network
        image, options = releases["debian:sid"].image, {"network": network.name, "entrypoint": ["sleep", "60"]}
        stranger = client.client.containers.run(image, detach=True, **options)
        try:
            assert sweep().left == ()
            assert is_gone(network)
            stranger.reload()
            assert stranger.status == "running"
        finally:
            stranger.remove(force=True)


def of_process(pid: int) -> list[str]:
    wanted = {"label": f"{LABEL}.pid={pid}"}
    with connected() as client:
        containers = client.client.containers.list(all=True, filters=wanted, ignore_removed=True)
        return [str(thing.name) for thing in [*containers, *client.client.networks.list(filters=wanted)]]
