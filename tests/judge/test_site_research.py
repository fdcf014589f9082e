"""What cannot be read of a site's files, and what is not run here, is told with its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from harness.facts.release import tiny_release
from harness.judge import Maps
from harness.judge.research import research_site
from harness.model import Place
from harness.site.reading.site_files import read_site_files


def told(tmp_path: Path, old: str, candidate: str) -> dict[str, tuple[str, tuple[Place, ...]]]:
    for name, text in (("old", old), ("candidate", candidate)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "queues.conf").write_text(text)
    before, files = (read_site_files(tmp_path / name, folder=f"{name}/") for name in ("old", "candidate"))
    release = tiny_release(version="22.1.0")
    research = research_site(
        release, release, files, Maps(), before=before, scripts={}, given={}, today=date(2026, 11, 24)
    )
    return {c.kind: (c.name, c.places) for c in research.changes if c.kind.startswith("config-")}


def test_a_line_that_only_the_migrated_file_has_and_nobody_can_read(tmp_path: Path) -> None:
    found = told(tmp_path, "[sales]\n", "[sales\n#exec /bin/x\n")
    name, places = found["config-file-unread"]
    assert "not ended with ]" in name
    assert places == (Place("candidate/queues.conf", 1),)
    assert found["config-not-run"][1] == (Place("candidate/queues.conf", 2),)


def test_what_the_old_file_had_as_well_is_no_news(tmp_path: Path) -> None:
    assert told(tmp_path, "[sales\n", "[sales\n") == {}
