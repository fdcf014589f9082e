"""Rules about what the site sets or passes and the candidate documents otherwise."""

from __future__ import annotations

from dataclasses import replace

from harness.facts.site_changes import SiteChange, SiteChangeKind
from harness.judge.checks.rule import LoadRule, LoadWitness, rule, tiny
from harness.model import Place, Severity

__all__ = ["OPTION_RULES", "site_rule"]

_PLACE = (Place("extensions.conf", 2),)
_LOOK = "Take it out, or use what took its place; the candidate's documentation says what there is."
_SET = "Read what it does; set it if the site depends on it."
_IGNORED = "Asterisk ignores what it does not know, or refuses the whole file because of it."


def site_rule(
    kind: SiteChangeKind,
    title: str,
    why: str,
    advice: str,
    name: str,
    old: str = "",
    new: str = "",
    *,
    severity: Severity = Severity.INFO,
    places: tuple[Place, ...] = _PLACE,
) -> LoadRule:
    """A rule about changes of one kind, which it is called after, proved by one such change."""
    news = replace(tiny(), site_changes=(SiteChange(kind, name, places, old, new),))
    return rule("changed", kind, kind, title, why, advice, severity=severity, witness=LoadWitness(tiny(), news))


def _removal(
    kind: SiteChangeKind, title: str, why: str, name: str, *, severity: Severity = Severity.BREAKING
) -> LoadRule:
    return site_rule(kind, title, why, _LOOK, name, "7", severity=severity)


def _move(kind: SiteChangeKind, thing: str, name: str) -> LoadRule:
    title = f"An argument of the {thing} stands elsewhere now: {{item}} is number {{candidate}} instead of {{old}}"
    why = "What stands in this place is taken for something else."
    return site_rule(
        kind, title, why, "Move the argument to its new place.", name, "8", "7", severity=Severity.BREAKING
    )


def _news(kind: SiteChangeKind, title: str, why: str, name: str) -> LoadRule:
    return site_rule(kind, title, why, _SET, name, "no", "yes")


OPTION_RULES = (
    _removal("application-option-gone",
          "The dialplan passes an option that the application does not take any more: {item}",
          "The call runs on without what the option did.", "Dial: M"),
    _removal("application-argument-gone",
          "The dialplan passes an argument that the application does not take any more: {item}",
          "The call runs on without what it did, or takes it for something else.", "Queue: macro"),
    _move("application-argument-moved", "application", "Queue: gosub"),
    _removal("function-value-gone",
          "The dialplan asks a function for a word that it does not know any more: {item}",
          "Reading it gives an empty value: the call runs on, wrongly.", "CHANNEL: peerip"),
    _removal("function-argument-gone",
          "The dialplan passes an argument that the function does not take any more: {item}",
          "The function does without it, or takes it for something else.", "HASH: key"),
    _move("function-argument-moved", "function", "CUT: range"),
    _removal("config-object-gone", "A section of a kind that the candidate does not know: {item}",
          _IGNORED, "pjsip.conf subscription"),
    _removal("config-option-gone", "An option is set that the candidate does not know any more: {item}",
          _IGNORED, "pjsip.conf endpoint: force_avp", severity=Severity.REVIEW),
    _removal("script-uses-gone", "An AGI script uses what the candidate does not have: {item}",
          "The script gets an error, or an empty value, where it got an answer.", "application Macro"),
    site_rule("language-code-gone",
          "Numbers and dates are said by English grammar now in the language {item}, which Asterisk dropped",
          "It is no standard code: the old release warns of it, and the candidate does not know it.",
          "Use the code that the old release's warning names, and rename the folder of its prompts.",
          "mx", "said as es_MX", "said as English", severity=Severity.BREAKING),
    site_rule("config-file-unread",
          "Asterisk cannot read a line of the migrated configuration, and drops the file: {item}",
          "The old configuration has no such line.", "Mend the line.", "there is no such file: x.conf",
          severity=Severity.REVIEW),
    _news("config-not-run", "Not read here, so nothing is known of it: {item}",
          "What a program prints while Asterisk loads is not run outside of it.", "#exec /bin/x"),
    _news("config-default-changed",
          "The site leaves it to its default, which is another one now: {item} is {candidate} instead of {old}",
          "What is in force is compared by the other checks, as far as Asterisk shows it.",
          "confbridge.conf bridge_profile: internal_sample_rate"),
    _news("config-option-new", "New options with a default, in sections that the site has in {item}: {attribute}",
          "They are in force with their default.", "pjsip.conf endpoint: codec_prefs_incoming_offer"),
    _news("sample-file-gone", "The candidate has no sample of a file that the site has: {item}",
          "The file may have no use any more.", "alsa.conf"),
    _news("sample-option-gone", "Set by the site in {item}, and not in the sample any more: {attribute}",
          "The candidate may not know it any more, or call it otherwise.", "logger.conf: messages"),
    _news("sample-option-changed", "The sample of {item} has another value of: {attribute}",
          "A sample shows what its makers think right, or what the default is.", "queues.conf: shared_lastcall"),
    _news("sample-option-new", "New in the sample of {item}: {attribute}",
          "They may have a default that changes something.", "queues.conf: log-caller-id-name"),
    site_rule("note-concerns", "A release note is about what the site uses: {item}",
          "The releases' own notes say so.", "Read it whole, and see that a scenario covers the places.",
          "Queue: it counts otherwise", "", "Upgrade note of 22.0.0"),
    site_rule("note-apart", "Notes that do not concern the site: {item}",
          "Nothing of the site's dialplan or files is named in them.",
          "Nothing to do; the notes are listed in the report.",
          "3 speak of what nothing of the site uses", "", "app_ices (22.1.0)", places=()),
    site_rule("note-missing", "No release notes are at hand of: {item}",
          "Neither release's image has them, and the site names no file with them.",
          'Get UPGRADE.txt, CHANGES or ChangeLogs of these versions and name them in site.toml (notes = ["..."]).',
          "17; 18", places=()),
    site_rule("release-move", "{item}", "By the numbers of both versions.", "Nothing to do.",
          "An upgrade: another series", "16.28.0", "22.10.1", places=()),
    site_rule("release-support", "{item}", "Asterisk's own support table.",
          "Plan the next move before the support of the candidate ends.",
          "16 had its end of life; 22 gets fixes", places=()),
    site_rule("release-support-ends", "The candidate is not supported for another year: {item}",
          "Security faults are mended no more after that.",
          "Choose a series with longer support, or waive this until then.",
          "21 had its end of life", severity=Severity.REVIEW, places=()),
    site_rule("documentation-missing", "What an image does not bring is not compared: {item}",
          "Some builds leave the XML documentation or the samples out.",
          "Nothing to do: what the site does is compared by playing it.",
          "image:pbx:22: the image has no sample files (sample file)", places=()),
)  # fmt: skip
