"""Builds Debian's source of Asterisk 22 twice, with two menuselect.makeopts, and plays the demo on the first.

`make prove-builds`: some ten minutes on two processors the first time. The demo is played against 16, as it is
shipped, and against Debian's own build of the same source: what differs there are the build's own choices.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from harness.errors import ImageError
from harness.lab import Release, ensure_engine, prepare
from harness.lab.engine.client import connected
from harness.lab.engine.mirror import find_mirror
from harness.lab.housekeeping.owner import this_process
from harness.lab.images.inside import look_inside
from harness.lab.instance import archive
from harness.lab.instance.launch import launch, with_printed

_DEBIAN = "debian:sid"
_DEMO = Path(__file__).parents[2] / "scenarios" / "demo"
_MAKEOPTS = "/usr/share/doc/asterisk/menuselect.makeopts"
_OFF = {"MENUSELECT_CDR": "cdr_csv", "MENUSELECT_CHANNELS": "chan_mobile", "MENUSELECT_APPS": "app_jack"}
"""What the second build leaves out besides."""
_HARNESS = (sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())")
_TEST = re.compile(r"[^/]+/tests/(test_\w+)\.c")
"""Modules that Debian has in a package of their own, which no site installs. The demo waits for events that their
framework brings, so that stays."""
_FETCH = """
echo "deb-src $0 sid main" > /etc/apt/sources.list && apt-get update -q && mkdir /source && cd /source &&
apt-get source -q --download-only asterisk
"""


def main() -> int:
    """Build, play, and print what it took and what came of it."""
    ensure_engine(print)
    debian = prepare([_DEBIAN], progress=print)[_DEBIAN]
    source = _source(debian)
    with connected() as client, look_inside(client, debian.image) as inside:
        choices = inside.read(_MAKEOPTS).decode()
    choices = choices.replace("MENUSELECT_TESTS=", f"MENUSELECT_TESTS={' '.join(_tests(source))} ", 1)
    fewer = choices
    for category, name in _OFF.items():
        fewer = fewer.replace(f"{category}=", f"{category}={name} ", 1)
    with tempfile.TemporaryDirectory(prefix="asterisk-builds-") as folder:
        first, second = (
            _site(Path(folder, name), source, makeopts)
            for name, makeopts in (("first", choices), ("second", fewer))
        )
        seconds = {site.parent.name: _seconds("setup", str(site)) for site in (first, second)}
        play = ("run", str(first), "--report", str(Path(folder, "report")))
        _seconds(*play)
        _seconds(*play, "--old", _DEBIAN, "--old-config", "candidate")
    for name, took in seconds.items():
        print(f"{name} build, with all images that the demo needs: {took:.0f} s")
    return 0


def _source(release: Release) -> Mapping[str, bytes]:
    """The files of Debian's source package, as apt gives them."""
    with connected() as client:
        container = launch(
            client,
            "asterisk-upgrade-fetch",
            release.image,
            entrypoint=["sh", "-ec", _FETCH, find_mirror().archive],
            user="0",
            labels=this_process().labels(),
        )
        try:
            if container.wait()["StatusCode"]:
                raise with_printed(ImageError("Debian's source cannot be fetched"), container, "container")
            return archive.read_folder(container, "/source")
        finally:
            container.remove(force=True, v=True)


def _tests(source: Mapping[str, bytes]) -> list[str]:
    """Names of the test modules in the source."""
    (name,) = (name for name in source if name.endswith(".orig.tar.xz"))
    with tarfile.open(fileobj=io.BytesIO(source[name])) as tar:
        return sorted(found[1] for path in tar.getnames() if (found := _TEST.fullmatch(path)))


def _site(folder: Path, source: Mapping[str, bytes], makeopts: str) -> Path:
    """The demo with a candidate that is built from the source, with these choices."""
    (folder / "source").mkdir(parents=True)
    for name, content in source.items():
        (folder / "source" / name).write_bytes(content)
    (dsc,) = (folder / "source").glob("*.dsc")
    site = folder / "demo"
    shutil.copytree(_DEMO, site)
    (site / "menuselect.makeopts").write_text(makeopts)
    text = (site / "site.toml").read_text().replace(f'release = "{_DEBIAN}"', f'release = "source:{dsc}"')
    (site / "site.toml").write_text(f'{text}\n[candidate.build]\nmakeopts = "menuselect.makeopts"\n')
    return site


def _seconds(*arguments: str) -> float:
    """Run a command of the harness here, and say how long it took."""
    begun = time.monotonic()
    print(f"\n$ harness {' '.join(arguments)}", flush=True)
    subprocess.run([*_HARNESS, *arguments], check=False)
    return time.monotonic() - begun


if __name__ == "__main__":
    sys.exit(main())
