"""Languages that a site sets and that the candidate says in English, as it dropped their codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.asterisk.dialplan.show import Dialplan
from harness.asterisk.languages import set_by_dialplan, set_by_file, set_by_script, spoken_by
from harness.facts.release import ReleaseFacts
from harness.facts.site_changes import SiteChange, placed
from harness.model import Place
from harness.site.reading.site_files import SiteFiles

__all__ = ["language_changes"]


def language_changes(
    old: ReleaseFacts,
    candidate: ReleaseFacts,
    files: SiteFiles,
    dialplan: Dialplan,
    scripts: Mapping[str, str],
    *,
    folder: str = "agi-bin/",
) -> tuple[SiteChange, ...]:
    """Each dropped code that the site sets, with every place. `folder` begins the places of scripts."""
    dropped = {c: now for c, now in old.old_languages.items() if c not in candidate.old_languages}
    if not dropped:
        return ()
    uses = (*set_by_dialplan(dialplan), *_in_files(files), *_in_scripts(scripts, folder))
    found = ((code, place) for language, place in uses if (code := spoken_by(language, dropped)))
    return placed(
        (
            SiteChange("language-code-gone", code, (), f"said as {dropped[code]}", "said as English"),
            (place,) if place else (),
        )
        for code, place in found
    )


def _in_files(files: SiteFiles) -> Iterator[tuple[str, Place]]:
    for name, conf in files.confs.items():
        yield from ((language, files.place(place)) for language, place in set_by_file(name, conf))


def _in_scripts(scripts: Mapping[str, str], folder: str) -> Iterator[tuple[str, Place]]:
    for name, text in scripts.items():
        yield from ((language, Place(folder + name, line)) for language, line in set_by_script(text))
