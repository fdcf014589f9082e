"""A public module that is none of Asterisk's, built for 16 and for 22, loaded in both and played.

zaf's Asterisk-eSpeak as its author publishes it, from Debian's archive. `Espeak()` speaks in a call; what it
gives the caller to hear is compared.
"""

from __future__ import annotations

import io
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from harness.lab import prepare
from tests.builds.commands import harness
from tests.builds.fetching import fetch_source

__all__ = ["main"]

_PACKAGE = "asterisk-espeak"
_FILES = {
    "site.toml": """\
name = "eSpeak"
packages = ["espeak-ng-data", "libespeak-ng1", "libsamplerate0"]
[old]
release = "debian:bullseye"
config = "old"
[candidate]
release = "debian:sid"
config = "old"
[[module]]
source = "modules/asterisk-espeak"
packages = ["libespeak-ng-dev", "libsamplerate0-dev"]
""",
    "scenarios.yaml": """\
scenarios:
  - name: speak
    steps: [{call: 600@in}, {wait: ended}]
    expect:
      - variable: {SPOKEN: "yes"}
""",
    "old/extensions.conf": """\
[in]
exten => 600,1,Answer()
 same => n,Espeak("Good morning to everybody")
 same => n,Set(SPOKEN=yes)
 same => n,Hangup()
""",
    "old/modules.conf": "[modules]\nautoload = yes\nrequire = app_espeak.so\n",
    "old/manager.conf": "[general]\nenabled = yes\n",
}


def main() -> int:
    """Fetch, build, play; what came of it is the harness's own report. 0 where the verdict is PROMOTE."""
    release = prepare(["debian:sid"], progress=print)["debian:sid"]
    (tarball,) = fetch_source(release, _PACKAGE, without_debian=True).values()
    with tempfile.TemporaryDirectory(prefix="asterisk-espeak-") as folder:
        site = Path(folder)
        for name, text in _FILES.items():
            (site / name).parent.mkdir(exist_ok=True)
            (site / name).write_text(text, encoding="utf-8")
        _unpack(tarball, site / "modules" / _PACKAGE)
        code, seconds = harness("run", str(site), "--report", str(site / "report"))
        again, second = harness("run", str(site), "--report", str(site / "report"))
    print(f"eSpeak: {seconds:.0f} s with what had to be built, {second:.0f} s when all is there")
    return code or again


def _unpack(tarball: bytes, folder: Path) -> None:
    """The files of a tarball, without the folder that they lie in."""
    with tarfile.open(fileobj=io.BytesIO(tarball)) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            path = folder.joinpath(*PurePosixPath(member.name).parts[1:])
            if content and ".." not in path.parts:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())


if __name__ == "__main__":
    sys.exit(main())
