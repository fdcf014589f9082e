"""The mirror is the machine's own where it is Debian's, and Debian's public name elsewhere."""

from __future__ import annotations

from pathlib import Path

from harness.lab.engine.mirror import Mirror, find_mirror


def machine(root: Path, *, system: str = "debian", **files: str) -> Path:
    (root / "etc/apt/sources.list.d").mkdir(parents=True)
    (root / "etc/os-release").write_text(f'NAME="x"\nID={system}\n')
    for name, text in files.items():
        folder = "" if name == "sources_list" else "sources.list.d/"
        (root / "etc/apt" / f"{folder}{name.replace('_', '.')}").write_text(text)
    return root


def test_one_line_style(tmp_path: Path) -> None:
    text = "# deb http://no.example/debian sid main\ndeb [signed-by=/k] http://near.example/debian/ sid main\n"
    found = find_mirror(machine(tmp_path, sources_list=text))
    assert found.archive == "http://near.example/debian"
    assert found.security == Mirror().security


def test_stanza_style_and_other_vendors(tmp_path: Path) -> None:
    stanzas = (
        "Types: deb\nURIs: http://vendor.example/repo\nSuites: x\n\n"
        "Types: deb\n# a note\nURIs: http://off.example/debian\nSuites: sid\nEnabled: no\n\n"
        "Types: deb\nURIs: http://near.example/debian\nSuites: bookworm\n\n"
        "Types: deb\nURIs: http://near.example/debian-security\nSuites: bookworm-security\n"
    )
    found = find_mirror(machine(tmp_path, debian_sources=stanzas))
    assert (found.archive, found.security) == ("http://near.example/debian", "http://near.example/debian-security")


def test_another_system_has_no_debian_mirror(tmp_path: Path) -> None:
    text = "deb http://near.example/debian bookworm main\n"
    assert find_mirror(machine(tmp_path, system="ubuntu", sources_list=text)) == Mirror()


def test_no_apt_at_all(tmp_path: Path) -> None:
    assert find_mirror(tmp_path) == Mirror()
