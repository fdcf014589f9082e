"""AGI scripts are searched for what the candidate does not have."""

from __future__ import annotations

from pathlib import Path

from harness.facts.release import tiny_release
from harness.judge.research.scripts import script_changes
from harness.model import Place
from harness.site.model import Data
from harness.site.reading.site_files import read_agi_scripts

OLD = tiny_release(
    {
        "application": {"Macro": {}, "Monitor": {}, "Dial": {}},
        "function": {"SIPPEER": {}},
        "AGI command": {"receive char": {}, "get data": {}},
    }
)
NEW = tiny_release({"application": {"Dial": {}}, "function": {}, "AGI command": {"get data": {}}})
SCRIPT = """\
#!/usr/bin/env python3
# EXEC Macro was used here once
agi.appexec("Macro", "hello")
print('EXEC Dial PJSIP/101')
print("EXEC Monitor wav,file")
peer = agi.get_full_variable("${SIPPEER(bob,status)}")
print("RECEIVE CHAR 100")
print("GET DATA beep")
"""


def test_every_line_that_uses_what_is_gone_is_named() -> None:
    found = {change.name: [p.line for p in change.places] for change in script_changes(OLD, NEW, {"x.py": SCRIPT})}
    assert found == {
        "application Macro": [3],
        "application Monitor": [5],
        "function SIPPEER": [6],
        "AGI command receive char": [7],
    }


def test_places_are_below_the_folder_and_equal_releases_are_silent(tmp_path: Path) -> None:
    for folder in (tmp_path / "scripts/sub", tmp_path / "machine/opt"):
        folder.mkdir(parents=True)
        (folder / "x.py").write_text(SCRIPT)
    (tmp_path / "scripts/binary").write_bytes(b"\0EXEC Macro")
    scripts = read_agi_scripts(Data(agi_bin=tmp_path / "scripts", machine=tmp_path / "machine"))
    assert list(scripts) == ["agi-bin/sub/x.py", "machine/opt/x.py"]
    places = (Place("agi-bin/sub/x.py", 3), Place("machine/opt/x.py", 3))
    assert next(iter(script_changes(OLD, NEW, scripts))).places == places
    assert list(script_changes(OLD, OLD, scripts)) == []
    assert read_agi_scripts(Data()) == {}
