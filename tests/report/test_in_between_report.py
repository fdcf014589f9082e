"""What the versions in between mean for a site, as a person reads it: places, and what is not known."""

from __future__ import annotations

import json

from harness.asterisk.notes import Note
from harness.asterisk.notes.series_changes import SeriesChange
from harness.judge.research.in_between import Advisory, InBetween, Told
from harness.model import Place
from harness.report.in_between import SiteResearch, site_json, site_lines, site_markdown

HERE = (Place("extensions.conf", 2),)


def change(name: str, how: str = "removed", kind: str = "module", now: str = "") -> SeriesChange:
    return SeriesChange((21, 0, 0), how, kind, name, now, "a log")  # type: ignore[arg-type] # one of three words


def fix(number: int) -> Told:
    return Told(Note((22, 1, 0), "fix", "", f"app_x: Fix {number}", Place("log", number)), HERE)


def advisory(id_: str, use: tuple[Place, ...] | None, *, text: str = "it crashes", fixed: str = "") -> Advisory:
    return Advisory(id_, text, (22, 1, 0), "log:1", use, fixed)


def text(found: InBetween, *, every: bool = False, missing: str = "") -> list[str]:
    research = SiteResearch("Mine", found, ("16 had its end of life",), missing, ("extensions.lua",))
    return [line.text.strip() for line in site_lines(research, every=every)]


def test_changes_are_told_with_places_or_by_their_names() -> None:
    found = InBetween(
        (
            (change("app_macro", now="app_stack"), HERE),
            (change("chan_sip"), ()),
            (change("chan_mgcp"), ()),
            (change("http.conf x", "default", "option", "no"), HERE),
        )
    )
    lines = text(found)
    assert (
        "21.0.0 removed: module app_macro, now app_stack: the site uses it here (extensions.conf:2; a log)"
        in lines
    )
    assert "the site leaves it to its default (extensions.conf:2; a log)" in " ".join(lines)
    at = lines.index("Nothing of the site's files uses the others (2):")
    assert lines[at + 1] == "21.0.0 removed: module chan_sip, chan_mgcp"


def test_nothing_at_hand_is_told() -> None:
    lines = text(InBetween(), missing="17; 18")
    for words in (
        "Nothing is in the table between these versions.",
        "None is at hand.",
        "No security advisory is named in what is at hand.",
        "No release notes are at hand of: 17; 18. Name them with --notes or in site.toml.",
        "extensions.lua is not read here: preflight asks Asterisk what it uses.",
    ):
        assert words in lines


def test_advisories_are_told_by_what_is_known_of_them() -> None:
    found = InBetween(
        advisories=(
            advisory("CVE-1", HERE),
            advisory("CVE-2", HERE),
            advisory("CVE-3", ()),
            advisory("CVE-4", None, text=""),
            advisory("CVE-5", HERE, fixed="16.28.0-2"),
        )
    )
    lines = text(found)
    assert "22.1.0 CVE-1, CVE-2: it crashes (extensions.conf:2; log:1)" in lines
    assert "Concern what nothing of the site's files uses (1): 22.1.0 CVE-3: it crashes" in lines
    assert "Cannot be told (1): 22.1.0 CVE-4" in lines
    assert "Fixed in the old package already, by its own log (1): CVE-5 (16.28.0-2)" in lines
    assert any(line.startswith("5 security advisories are fixed on the way; 2 concern") for line in lines)


def test_many_fixes_are_shortened_unless_all_are_wanted() -> None:
    found = InBetween(fixes=tuple(map(fix, range(1, 16))))
    assert "and 3 more (--all)" in text(found)
    assert "22.1.0 app_x: Fix 15 (extensions.conf:2; log:15)" in text(found, every=True)


def test_hostile_words_are_only_words() -> None:
    found = InBetween(((change("\x1b[2J*x*"), HERE),), advisories=(advisory("CVE-1", HERE, text="<b>\x1b"),))
    research = SiteResearch("M\x1b", found)
    assert all("\x1b" not in line.text for line in site_lines(research))
    assert "<b>" not in site_markdown(research)
    assert json.loads(json.dumps(site_json(research)))["name"] == "M\x1b"
