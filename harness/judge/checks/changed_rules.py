"""Rules about settings in force that have another value, and about what the start logs."""

from __future__ import annotations

from harness.judge.checks.rule import LoadRule, logged, other
from harness.model import Severity

__all__ = ["CHANGED", "LOG"]

CHANGED = (
    LoadRule(
        id="feature-code-moved",
        title="The feature {item} has the code {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="People press the code that they know: nothing happens, or something else.",
        advice="Check features.conf on the candidate.",
        sections=frozenset({"feature"}),
        kind="changed",
        witness=other("feature", "Blind Transfer", "code", "*2", "#", check="preflight/features"),
    ),
    LoadRule(
        id="endpoint-codecs-changed",
        title="Endpoint {item} allows {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="Calls may find no codec in common, or take another one.",
        advice="Write out allow= for the endpoint.",
        sections=frozenset({"endpoint"}),
        kind="changed",
        attributes=frozenset({"allow"}),
        witness=other("endpoint", "101", "allow", "(ulaw|ilbc)", "(ulaw)", check="preflight/endpoints"),
    ),
    LoadRule(
        id="cdr-setting-changed",
        title="{item}: {attribute} is {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="Other records are written, or none: the bill is another.",
        advice="Set it in cdr.conf or cel.conf.",
        sections=frozenset({"CDR", "CEL"}),
        kind="changed",
        witness=other("CDR", "CDR", "Logging", "Enabled", "Disabled", check="preflight/records"),
    ),
    LoadRule(
        id="manager-permissions-changed",
        title="Manager user {item}: {attribute} is {candidate} instead of {old}",
        severity=Severity.REVIEW,
        why="Programs see other events, or may do more or less.",
        advice="Check read, write, permit and deny in manager.conf.",
        sections=frozenset({"manager user", "ARI user"}),
        kind="changed",
        witness=other("manager user", "desk", "read perm", "call", "call,user", check="preflight/manager"),
    ),
    LoadRule(
        id="queue-changed",
        title="{section} {item}: {attribute} is {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="Calls are given to the agents in another way.",
        advice="Set it in queues.conf.",
        sections=frozenset({"queue", "queue member"}),
        kind="changed",
        witness=other("queue", "sales", "strategy", "linear", "ringall", check="preflight/queues"),
    ),
    LoadRule(
        id="setting-changed",
        title="{section} {item}: {attribute} is {candidate} instead of {old}",
        severity=Severity.REVIEW,
        why="A setting in force is another than on the old release.",
        advice="Set it explicitly in the candidate's configuration, if it matters.",
        sections=frozenset(
            {
                "endpoint", "aor", "transport", "hint", "mailbox", "conference bridge", "conference user",
                "conference menu", "parking lot", "music class", "setting", "ARI", "codec",
            }
        ),
        kind="changed",
        witness=other("parking lot", "default", "Parking Time", "45 sec", "60 sec", check="preflight/parking"),
    ),
)  # fmt: skip

LOG = (
    LoadRule(
        id="config-file-rejected",
        title="The candidate ignores {item} as a whole",
        severity=Severity.BREAKING,
        why="One option that a release does not know makes it refuse the file and go on with defaults.",
        advice="Take the option out that the log names.",
        sections=frozenset({"log"}),
        kind="failed",
        witness=logged("ERROR", "config_options.c", "In features.conf: Processing options for featuremap failed"),
    ),
    LoadRule(
        id="load-error-new",
        title="New error while loading: {candidate}",
        severity=Severity.REVIEW,
        why="Neither the old release nor the candidate with stock configuration says this.",
        advice="Read the line; if it is harmless, waive it.",
        sections=frozenset({"log"}),
        kind="added",
        attributes=frozenset({"ERROR"}),
        witness=logged("ERROR", "chan_x.c", "Unable to open master device"),
    ),
    LoadRule(
        id="load-warning-new",
        title="New warning while loading: {candidate}",
        severity=Severity.REVIEW,
        why="Neither the old release nor the candidate with stock configuration says this.",
        advice="Read the line; if it is harmless, waive it.",
        sections=frozenset({"log"}),
        kind="added",
        witness=logged("WARNING", "chan_x.c", "This option is deprecated"),
    ),
)
