"""A site with three phones and a trunk."""

from __future__ import annotations

from pathlib import Path

from harness.site.model import Phone, Site, SiteSide


def site_of(root: Path) -> Site:
    """The site in a folder: its YAML and Python files, phones 101 to 103, trunks `provider` and `provider2`."""
    side = SiteSide("debian:bullseye", root / "old")
    return Site(
        name="Tiny",
        root=root,
        old=side,
        candidate=side,
        scenario_files=tuple(sorted((*root.glob("*.yaml"), *root.glob("*.yml")))),
        python_files=tuple(sorted(root.glob("test_*.py"))),
        phones=tuple(Phone(name, name, "secret") for name in ("101", "102", "103")),
        trunks=("provider", "provider2"),
    )
