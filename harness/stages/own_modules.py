"""The site's own modules before anything boots: built for each release, beside those that are binaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from harness.errors import SiteError
from harness.facts.failed_build import FailedBuild
from harness.lab import Progress, Release
from harness.lab.engine.client import connected
from harness.lab.engine.mirror import find_mirror
from harness.lab.images.own_modules import build_module, module_folder
from harness.site import OwnModule, Site

__all__ = ["with_own_modules"]


def with_own_modules(
    site: Site, releases: Mapping[str, Release], progress: Progress
) -> tuple[Site, tuple[FailedBuild, ...]]:
    """The site with a folder of modules for each release, and what could not be built for the candidate.

    Raises SiteError where one cannot be built for the release that production runs: nothing could be compared.
    """
    if not site.own_modules:
        return site, ()
    mirror = find_mirror()
    with connected() as client:
        built, failed = {"old": _binaries(site, "old"), "candidate": _binaries(site, "candidate")}, []
        for module in site.own_modules:
            old = build_module(client, module, site.root, releases[site.old.release], mirror, progress)
            if isinstance(old, FailedBuild):
                raise _unbuilt(site, module, old)
            built["old"] |= old
            new = build_module(client, module, site.root, releases[site.candidate.release], mirror, progress)
            if isinstance(new, FailedBuild):
                names = tuple(sorted(name.removesuffix(".so") for name in old))
                failed.append(replace(new, modules=names))
            else:
                built["candidate"] |= new
    sides = {name: replace(getattr(site, name), modules=module_folder(modules)) for name, modules in built.items()}
    return replace(site, **sides), tuple(failed)


def _binaries(site: Site, side: str) -> dict[str, bytes]:
    folder = site.data_of(getattr(site, side)).modules
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.so"))} if folder else {}


def _unbuilt(site: Site, module: OwnModule, failed: FailedBuild) -> SiteError:
    error = SiteError(
        f"{site.root / 'site.toml'}:{module.line}: {failed.source} cannot be built for the old release: "
        f"{failed.why}; does it need other `packages`, or another `build`?"
    )
    error.add_note("\n".join(("How it ended:", *(f"  {line}" for line in failed.printed.splitlines()))))
    return error
