"""Rules about what becomes of the choices of the old release's build."""

from __future__ import annotations

from harness.judge.checks.option_rules import site_rule
from harness.model import Place, Severity

__all__ = ["BUILD_RULES"]

_FILE = "harness menuselect OLD_MAKEOPTS --write FILE makes a file for the candidate that keeps every choice."

BUILD_RULES = (
    site_rule("build-gone", "The old build has {item}, which the site uses and the candidate does not have",
              "menuselect passes over what it does not know, or drops a whole category without a word.",
              "Move to what took its place.",
              "res_monitor", "on", "replaced by app_mixmonitor", severity=Severity.REVIEW),
    site_rule("build-gone-unused", "In the old build, gone, and used by nothing of the site: {item}",
              "Neither the dialplan nor a configuration file needs it.", "Nothing to do.",
              "2 choices", "app_ices, chan_skinny", places=()),
    site_rule("build-turned-on", "Off by default, and turned on where the old menuselect.makeopts is kept: {item}",
              "The file lists what is off: what is new is not in it, and counts as on.", _FILE,
              "app_voicemail_imap", severity=Severity.REVIEW, places=()),
    site_rule("build-otherwise", "Chosen otherwise in the candidate's menuselect.makeopts: {item}",
              "The two files differ in things that both releases have.", "See that each is meant.",
              "cdr_csv (on before)", places=()),
    site_rule("build-needs", "The candidate's {item} needs more than the old one: {candidate}",
              "Without it configure leaves the module out, or make stops.",
              "Install it before configure, or leave the module out.",
              "res_stir_shaken", "on", "needs libjwt as well", severity=Severity.REVIEW, places=()),
    site_rule("build-default-changed", "As the default was, which is another one now: {item}",
              "The kept file keeps the choice.", "See whether the new default is what you want.",
              "format_mp3", places=()),
    site_rule("build-unread", "What the old build chose is not read as it is meant: {item}",
              "The old menuselect.makeopts, or what a release lets choose from, is not what it should be.",
              "Mend the file, or name a release with documentation.", "the line ends in CR LF",
              severity=Severity.REVIEW, places=(Place("data/menuselect.makeopts", 2),)),
)  # fmt: skip
