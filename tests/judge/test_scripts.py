"""AGI scripts are searched for what the candidate does not have."""

from __future__ import annotations

from pathlib import Path

from harness.facts.release import tiny_release
from harness.judge.research.scripts import script_changes
from harness.model import Place
from harness.site.reading.site_files import read_scripts

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
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x.py").write_text(SCRIPT)
    (tmp_path / "binary").write_bytes(b"\0EXEC Macro")
    scripts = read_scripts(tmp_path)
    assert list(scripts) == ["sub/x.py"]
    assert next(iter(script_changes(OLD, NEW, scripts))).places == (Place("agi-bin/sub/x.py", 3),)
    assert list(script_changes(OLD, OLD, scripts)) == []
    assert read_scripts(None) == {}
