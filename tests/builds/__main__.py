"""Builds Debian's source of Asterisk 22 twice, with two menuselect.makeopts, and plays the demo on the first.

Then a public module of somebody else's, built for both releases (`tests/builds/espeak.py`).

`make prove-builds`: some ten minutes on two processors the first time. The demo is played against 16, as it is
shipped, and against Debian's own build of the same source: what differs there are the build's own choices.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from harness.lab import ensure_engine, prepare
from harness.lab.engine.client import connected
from harness.lab.images.inside import look_inside
from tests.builds import espeak
from tests.builds.commands import harness
from tests.builds.fetching import fetch_source

_DEBIAN = "debian:sid"
_DEMO = Path(__file__).parents[2] / "scenarios" / "demo"
_MAKEOPTS = "/usr/share/doc/asterisk/menuselect.makeopts"
_OFF = {"MENUSELECT_CDR": "cdr_csv", "MENUSELECT_CHANNELS": "chan_mobile", "MENUSELECT_APPS": "app_jack"}
"""What the second build leaves out besides."""
_TEST = re.compile(r"[^/]+/tests/(test_\w+)\.c")
"""Modules that Debian has in a package of their own, which no site installs. The demo waits for events that their
framework brings, so that stays."""


def main() -> int:
    """Build, play, and print what it took and what came of it. 0 where the demo and eSpeak are promoted."""
    ensure_engine(print)
    debian = prepare([_DEBIAN], progress=print)[_DEBIAN]
    source = fetch_source(debian, "asterisk")
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
        seconds = {site.parent.name: harness("setup", str(site))[1] for site in (first, second)}
        play = ("run", str(first), "--report", str(Path(folder, "report")))
        code, _ = harness(*play)
        harness(*play, "--old", _DEBIAN, "--old-config", "candidate")
    for name, took in seconds.items():
        print(f"{name} build, with all images that the demo needs: {took:.0f} s")
    return espeak.main() or code


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


if __name__ == "__main__":
    sys.exit(main())
