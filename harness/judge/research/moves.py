"""What kind of move it is from one version to another, and how long both are supported. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from harness.asterisk.versions import AS_OF, SOURCE, move, series_for, support
from harness.facts.site_changes import SiteChange

__all__ = ["about_move"]

_YEAR = timedelta(days=365)


def about_move(old: str, candidate: str, today: date) -> Iterator[SiteChange]:
    """What kind of move it is, how long both are supported, and a warning when the candidate is not for long."""
    kind = move(old, candidate)
    yield SiteChange("release-move", _MEANS[kind], (), old, candidate)
    before, after = support(old, today), support(candidate, today)
    both = "; ".join(dict.fromkeys((before, after)))
    yield SiteChange("release-support", f"{both} (as of {AS_OF}, {SOURCE})", ())
    series = series_for(candidate)
    if series is None or series.ends - today < _YEAR:
        yield SiteChange("release-support-ends", after, ())


_MEANS = {
    "update": "An update: within a series only faults are mended, so any other behaviour is suspicious",
    "upgrade": "An upgrade: another series may do things otherwise on purpose; its notes say what",
    "downgrade": "A downgrade: nobody tests that; configuration of the newer release may not be understood",
    "same": "The same version: nothing may differ",
    "unknown": "Not known: one of the versions is none that can be read",
}
