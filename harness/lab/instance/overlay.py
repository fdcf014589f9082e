"""What the harness adds to a copy of a site's files so that it can listen and act. Pure: files in, files out.

The site's own meaning stays: what it logs, bills and records is not touched. Each step below is one need of
the harness; all that it adds or takes out is listed, with the reason, for the report.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial

from harness.asterisk.conf import Option, Section, is_true
from harness.asterisk.directories import directories_of
from harness.asterisk.loading import loading_of, module_of
from harness.lab.images.release import Release
from harness.lab.instance.conf_copy import Copy
from harness.model.report import OverlayLine

__all__ = [
    "AGI_HOST",
    "AGI_PORT",
    "AMI_PORT",
    "ARI_PORT",
    "LOG_NAME",
    "LOG_QUEUE_MB",
    "Access",
    "Overlaid",
    "lay_over",
]

AMI_PORT = 5038
ARI_PORT = 8088
LOG_NAME = "harness.json"
TALK = "/tmp/harness-talk"
"""What a caller's leg says: a file, since the generator of a tone stands still on a Local channel."""
AGI_PORT = 4573
AGI_HOST = "harness"
"""Where scenarios serve FastAGI, for the instances."""
MAIL_FILE = "harness-mail"
_SENDMAIL = re.compile(r"(?:/usr)?(?:/s?bin/|/lib/)?sendmail\b")
_MODULES = ("cdr_manager", "app_playback", "app_senddtmf", "format_sln")
_LOG_QUEUE = "200000"  # Asterisk drops lines beyond 1,000 that wait to be written
_SESSIONS = "2000"  # each Stasis application that the harness is takes one; Asterisk has 100
LOG_QUEUE_MB = 256
"""Memory that these lines and the events that wait to be read may take: the harness's need, not the site's."""
_PATIENCE_MS = "60000"  # Asterisk closes a connection on which nobody reads for longer: the machine may be busy
_LEG_FILE = "harness-extensions.conf"
_LEGS = f"""\
[harness-leg]
; A leg that is moved while it is between two priorities begins with the second one: so the first does nothing.
exten => silent,1,NoOp()
 same => n,Wait(86400)
exten => talk,1,NoOp()
 same => n(on),Playback({TALK})
 same => n,Goto(on)
exten => mark,1,Answer()
 same => n,Hangup()
exten => _keys.,1,NoOp()
 same => n,SendDTMF(${{EXTEN:12}},${{EXTEN:4:8}},100)
 same => n,Goto(silent,1)
[harness-agi]
exten => _[a-zA-Z0-9].,1,AGI(agi://{AGI_HOST}/${{EXTEN}})
 same => n,Hangup()
"""
_ADDRESSES = {
    "pjsip.conf": frozenset(
        ("external_signaling_address", "external_signaling_port", "external_media_address", "media_address")
    ),
    "sip.conf": frozenset(
        ("externip", "externaddr", "externhost", "externtcpport", "externtlsport", "media_address")
    ),
}
"""What a site behind a router says of itself, by file."""
_MACHINE_OPTIONS = frozenset(
    """runuser rungroup highpriority console nofork alwaysfork lightbackground nocolor dumpcore
    maxload minmemfree maxfiles initcrypto""".split()
)


@dataclass(frozen=True, slots=True)
class Access:
    """The harness's own user of a run, for AMI and ARI. The secret never shows in a report."""

    username: str
    secret: str


@dataclass(frozen=True, slots=True)
class Overlaid:
    """A site's files with the harness's additions, and those additions in order. `ari`: whether ARI is there.

    `prefix` is what stands before every path of the web server (`/asterisk`), empty where nothing does.
    `directories` are the site's own, of its asterisk.conf.
    """

    files: Mapping[str, bytes]
    lines: tuple[OverlayLine, ...]
    ari: bool
    prefix: str = ""
    directories: Mapping[str, str] = field(default_factory=dict)


def lay_over(files: Mapping[str, bytes], release: Release, access: Access) -> Overlaid:
    """Files of one side (by path below /etc/asterisk), ready for a release. The given files stay as they are."""
    copy = Copy(dict(files))
    directories = directories_of(copy.conf("asterisk.conf"))
    _main(copy, release)
    _addresses(copy)
    _manager(copy, access)
    ari = _ari(copy, access)
    _records(copy)
    _mails(copy, release)
    _log(copy)
    _legs(copy)
    _modules(copy)
    prefix = copy.conf("http.conf").get("general", "prefix") if "http.conf" in copy.files else ""
    return Overlaid(copy.files, tuple(copy.lines), ari, f"/{prefix}" if prefix else "", directories)


def _main(copy: Copy, release: Release) -> None:
    why = "each release has directories of its own"
    copy.comment_out("asterisk.conf", _is_directory, why)
    copy.add("asterisk.conf", "directories", release.directories, why)
    copy.comment_out("asterisk.conf", _machine_option, "belongs to the machine that production runs on")


def _is_directory(section: Section, _option: Option) -> bool:
    return section.name.lower() == "directories"


def _machine_option(section: Section, option: Option) -> bool:
    name = section.name.lower()
    return (name == "options" and option.name.lower() in _MACHINE_OPTIONS) or name == "files"


def _addresses(copy: Copy) -> None:
    """A phone of the lab answers to the address that it is told: that of a router leads nowhere here."""
    for file, names in _ADDRESSES.items():
        if file in copy.files:
            copy.comment_out(file, partial(_is_named, names), "the lab has no router")


def _is_named(names: Collection[str], _section: Section, option: Option) -> bool:
    return option.name.lower() in names


def _manager(copy: Copy, access: Access) -> None:
    why = "the harness listens and acts through AMI"
    general = {"enabled": "yes", "bindaddr": "0.0.0.0", "port": str(AMI_PORT)}
    copy.add("manager.conf", "general", general, why)
    user = {"secret": access.secret, "read": "all", "write": "all"}
    user |= {"allowmultiplelogin": "yes", "writetimeout": _PATIENCE_MS}
    copy.add("manager.conf", access.username, user, why, secret=access.secret)


def _ari(copy: Copy, access: Access) -> bool:
    """Whether the site uses ARI: only then is it opened to the harness."""
    if "ari.conf" not in copy.files or ("modules.conf" in copy.files and not _loads(copy, "res_ari")):
        return False
    why = "the site uses ARI, and the harness talks to it"
    server = {"enabled": "yes", "bindaddr": "0.0.0.0", "bindport": str(ARI_PORT), "sessionlimit": _SESSIONS}
    copy.add("http.conf", "general", server, why)
    copy.add("ari.conf", "general", {"enabled": "yes"}, why)
    user = {"type": "user", "password": access.secret, "read_only": "no"}
    copy.add("ari.conf", access.username, user, why, secret=access.secret)
    return True


def _records(copy: Copy) -> None:
    copy.add("cdr_manager.conf", "general", {"enabled": "yes"}, "call records come over AMI")
    if is_true(copy.conf("cdr.conf").get("general", "batch")):
        copy.add("cdr.conf", "general", {"batch": "no"}, "call records come when a call ends, not in batches")
    if "cel.conf" in copy.files:
        copy.add("cel.conf", "manager", {"enabled": "yes"}, "the site's channel events come over AMI")


def _mails(copy: Copy, release: Release) -> None:
    """Each mail of voicemail goes into a file of its own, where the site has them sent by sendmail."""
    command = copy.conf("voicemail.conf").get("general", "mailcmd") if "voicemail.conf" in copy.files else "none"
    if command and not _SENDMAIL.match(command):
        return
    file = f"{release.directory('astspooldir')}/{MAIL_FILE}.XXXXXXXX"
    copy.add("voicemail.conf", "general", {"mailcmd": f"cat > $(mktemp {file})"}, "the harness reads the mails")


def _log(copy: Copy) -> None:
    why = "the harness reads Asterisk's log"
    if is_true(copy.conf("logger.conf").get("general", "appendhostname")):
        copy.add("logger.conf", "general", {"appendhostname": "no"}, why)
    copy.add("logger.conf", "general", {"logger_queue_limit": _LOG_QUEUE}, "no line of the log is dropped")
    copy.add("logger.conf", "logfiles", {LOG_NAME: "[json]notice,warning,error,verbose(3)"}, why)


def _legs(copy: Copy) -> None:
    why = "a caller that is silent, or talks, or meets an AGI script of the scenario"
    copy.add_text("extensions.conf", f"#include {_LEG_FILE}", why)
    copy.write(_LEG_FILE, _LEGS, why)


def _modules(copy: Copy) -> None:
    if "modules.conf" not in copy.files:
        copy.add("modules.conf", "modules", {"autoload": "yes"}, "the site has none, and nothing loads without")
        return
    why = "the harness needs this module"
    needed = _MODULES + (("cel_manager",) if "cel.conf" in copy.files else ())

    def is_refused(section: Section, option: Option) -> bool:
        noload = section.name.lower() == "modules" and option.name.lower() == "noload"
        return noload and module_of(option) in needed

    copy.comment_out("modules.conf", is_refused, why)
    for name in [name for name in needed if not _loads(copy, name)]:
        copy.add("modules.conf", "modules", {"load": f"{name}.so"}, why)


def _loads(copy: Copy, module: str) -> bool:
    return loading_of(copy.conf("modules.conf")).loads(module)
