"""All that two releases make another thing of in one site: documentation, dialplan and samples together. Pure."""

from __future__ import annotations

from harness.asterisk.dialplan.show import Dialplan
from harness.facts.release import ReleaseFacts
from harness.facts.site_changes import SiteChange
from harness.judge.research.call_changes import call_changes
from harness.judge.research.option_changes import config_changes
from harness.judge.research.sample_changes import sample_changes
from harness.site.reading.site_files import SiteFiles

__all__ = ["site_changes"]


def site_changes(
    old: ReleaseFacts,
    new: ReleaseFacts,
    files: SiteFiles,
    dialplan: Dialplan,
    *,
    before: Dialplan | None = None,
) -> tuple[SiteChange, ...]:
    """`config_changes`, `call_changes` (with `before`), and of `sample_changes` what they do not know better.

    Of a file that the new release documents, its samples can say nothing that its documentation does not.
    """
    documented = {name.partition(" ")[0] for name in new.section("config object").items}
    others = {name: conf for name, conf in files.confs.items() if name not in documented}
    return (
        *config_changes(old, new, files),
        *call_changes(old, new, dialplan, before=before),
        *sample_changes(old.samples, new.samples, SiteFiles(others, files.folder)),
    )
