"""`harness preflight`: what both releases load, third parties' modules, and the way back, on real Asterisk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.cli import main
from harness.lab import Release, prepare
from harness.lab.engine.client import connected

pytestmark = pytest.mark.engine

SITE = """\
name = "tiny"
[old]
release = "debian:bullseye"
config = "old"
[candidate]
release = "debian:sid"
config = "candidate"
"""
DIALPLAN = "[in]\nexten => 1,1,NoOp()\n"


def site(root: Path, old: Mapping[str, str], candidate: Mapping[str, str], more: str = "") -> Path:
    (root / "site.toml").write_text(SITE + more)
    for side, files in (("old", old), ("candidate", candidate)):
        (root / side).mkdir()
        for name, text in {"extensions.conf": DIALPLAN, **files}.items():
            (root / side / name).write_text(text)
    return root


def preflight(root: Path, *options: str) -> tuple[int, dict[str, dict[str, object]]]:
    """Exit code, and the findings that hold by their rule."""
    code = main(["preflight", "--site", str(root), "--report", str(root / "report"), *options])
    report = json.loads((root / "report" / "report.json").read_text())
    return code, {f["rule"]: f for f in report["findings"] if f["severity"] in ("breaking", "review")}


def test_nothing_is_lost_on_the_way_there_or_back(tmp_path: Path) -> None:
    assert preflight(site(tmp_path, {}, {}), "--rollback") == (0, {})


def test_a_release_against_itself_gives_no_finding_at_all(tmp_path: Path) -> None:
    assert preflight(site(tmp_path, {}, {}), "--candidate", "debian:bullseye") == (0, {})
    assert json.loads((tmp_path / "report" / "report.json").read_text())["findings"] == []


def test_choices_of_the_old_build_that_are_kept_for_a_build_of_the_candidate(tmp_path: Path) -> None:
    """What is gone and used follows from the application that is missed; what the file turns on is told apart."""
    dialplan = {"extensions.conf": DIALPLAN + "exten => 2,1,Macro(x)\n"}
    root = site(tmp_path, dialplan, dialplan, '[candidate.build]\nbase = "debian:sid"\n')
    (root / "old.makeopts").write_text("MENUSELECT_APPS=\nMENUSELECT_OPTS_app_voicemail=FILE_STORAGE\n")
    text = (root / "site.toml").read_text()
    (root / "site.toml").write_text(
        text.replace('config = "old"\n', 'config = "old"\nmakeopts = "old.makeopts"\n')
    )
    code, holding = preflight(root)
    assert code == 1
    assert set(holding) == {"application-unavailable", "build-turned-on", "build-needs"}
    follows = holding["application-unavailable"]["consequences"]
    assert isinstance(follows, list)
    assert "build-gone" in {each["rule"] for each in follows}
    assert "app_voicemail_odbc" in str(holding["build-turned-on"]["title"])


def test_a_candidate_whose_support_ends_soon_holds_on_that_day(tmp_path: Path) -> None:
    code, holding = preflight(site(tmp_path, {}, {}), "--as-of", "2029-06-01")
    assert code == 1
    assert list(holding) == ["release-support-ends"]
    assert "2029-10-16" in str(holding["release-support-ends"]["title"])


def test_an_option_that_the_old_release_does_not_know_makes_it_drop_the_file(tmp_path: Path) -> None:
    new = {"cdr.conf": "[general]\nenable = no\nignorestatechanges = yes\n"}
    root = site(tmp_path, {"cdr.conf": "[general]\nenable = no\n"}, new)
    assert preflight(root)[0] == 0
    code, holding = preflight(root, "--rollback")
    assert code == 1
    assert holding


def test_an_old_release_that_does_not_boot_is_a_finding_with_its_log(tmp_path: Path) -> None:
    modules = "[modules]\nautoload = yes\nrequire = func_uuid.so\n"
    code, holding = preflight(site(tmp_path, {}, {"modules.conf": modules}), "--rollback")
    assert code == 1
    assert list(holding) == ["rollback-fails"]
    assert "func_uuid" in str(holding["rollback-fails"]["cause"])


@pytest.fixture
def vendor(tmp_path: Path) -> Path:
    """A module that was built for the old release: one of its own, under another name."""
    release: Release = prepare(["debian:bullseye"])["debian:bullseye"]
    from harness.lab.instance.archive import first_file

    with connected() as client:
        container = client.client.containers.create(release.image)
        try:
            content = first_file(container.get_archive(f"{release.directory('astmoddir')}/app_macro.so")[0])
        finally:
            container.remove()
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "app_vendor.so").write_bytes(content)
    (tmp_path / "modules" / "app_dial.so").write_bytes(b"not copied: every release has one of this name")
    return tmp_path


def test_a_module_of_a_third_party_that_was_built_for_the_old_release(vendor: Path) -> None:
    modules = {"modules.conf": "[modules]\nautoload = yes\nnoload = app_macro.so\nload = app_vendor.so\n"}
    code, holding = preflight(site(vendor, modules, modules, '[data]\nmodules = "modules"\n'))
    assert code == 1
    assert list(holding) == ["module-third-party"]
    finding = holding["module-third-party"]
    assert "undefined symbol" in str(finding["cause"])
    assert finding["where"] == {"file": "candidate/modules.conf", "line": 4}


def test_files_that_the_site_names_are_looked_for_on_each_instance(tmp_path: Path) -> None:
    """Debian 11 has Python 3.9; what lies in data.machine is on both."""
    named = (
        "AGI(nowhere.sh)", "System(/usr/bin/python3.9)", "System(/srv/pbx/run.sh)", "System(/srv/pbx/plain.sh)",
        "Playback(/srv/pbx/hi)", "Playback(/srv/pbx/ho)",
    )  # fmt: skip
    old = DIALPLAN + "".join(f"exten => {number},1,{text}\n" for number, text in enumerate(named, 2))
    new = f"{old}exten => 9,1,AGI(/srv/pbx/new.sh)\n"
    root = site(tmp_path, {"extensions.conf": old}, {"extensions.conf": new}, '[data]\nmachine = "machine"\n')
    for name, mode in (("run.sh", 0o755), ("plain.sh", 0o644), ("de/hi.gsm", 0o644)):
        path = root / "machine/srv/pbx" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
        path.chmod(mode)
    assert preflight(root)[0] == 1
    report = json.loads((root / "report" / "report.json").read_text())
    causes = [f for f in report["findings"] if "named-file" in f["rule"]]
    every = [*causes, *(each for f in causes for each in f["consequences"])]
    found = {(f["rule"], f["title"].rpartition(": ")[2]) for f in every}
    assert found == {
        ("named-file-missing", "/usr/bin/python3.9"),
        ("named-file-nowhere", "nowhere.sh"),
        ("named-file-nowhere", "/srv/pbx/plain.sh"),
        ("named-file-unheard", "/srv/pbx/ho"),
        ("named-file-new", "/srv/pbx/new.sh"),
    }
