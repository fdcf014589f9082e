"""Writes the configuration of an exchange of so many extensions, in the way of those that a web interface writes.

About 37 lines an extension: its context, steps and hint, endpoint, aor and auth, peer and mailbox; and a queue and
a macro for each ten. The old release runs it on chan_sip and macros, which the candidate has not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.asterisk.dialplan.show import parse_dialplan
from harness.facts.inventory import SECTIONS, Inventory, Listing, StartLine

__all__ = ["old_and_candidate", "write_exchange"]

_GROUP = 10
_HEAD = """[general]
static = yes
[globals]
RINGTIMER = 20
[from-internal]
include => ext-local
exten => _9X.,1,Macro(group-0,${EXTEN},20)
 same => n,Hangup()
[macro-screen]
exten => s,1,NoOp(${CALLERID(num)})
"""
_CONTEXT = """[user-{n}]
include => from-internal
exten => _*7X,1,Set(DB(AMPUSER/{n}/cf)=${{EXTEN:2}})
 same => n,Playback(vm-saved)
 same => n,Hangup()
"""
_EXTENSION = """exten => {n},1,Set(__RINGTIMER=${{IF($["${{DB(RING/{n})}}" > "0"]?${{X{n}}}:${{RINGTIMER}})}})
 same => n,NoOp(${{CALLERID(num)}} ${{DB(block/{n}/${{CALLERID(num)}})}})
 same => n,GotoIf($["${{DB(AMPUSER/{n}/cf)}}" != ""]?forward,s,1)
 same => n,Macro(group-{g},{n},${{RINGTIMER}})
 same => n,ExecIf($["${{DIALSTATUS}}" = "CHANUNAVAIL"]?Macro(group-{g},{n},1,2))
 same => n,Dial(SIP/{n}&PJSIP/{n},${{RINGTIMER}},tTr)
 same => n,Monitor(wav,call-{n}-${{UNIQUEID}},m)
 same => n,ExecIf($["${{DIALSTATUS}}" = "BUSY"]?Playback(busy-{n}))
 same => n(vm),VoiceMail({n}@default,u)
 same => n,Set(CHANNEL(language)=en)
 same => n,Hangup()
exten => {n},hint,SIP/{n}&Custom:DND{n},CustomPresence:{n}
"""
_MACRO = """[macro-group-{g}]
include => macro-group-{g}-custom
exten => s,1,Set(TARGET{g}=${{ARG1}})
 same => n,GotoIf($["${{ARG2}}" = "0"]?done)
 same => n,Dial(SIP/${{TARGET{g}}},${{ARG2}},M(screen))
 same => n,Set(RING{g}=${{ARG3}})
 same => n,VoiceMail(${{ARG1}}@default,u)
 same => n(done),Goto(queue-entry-{g},7{g},1)
[queue-entry-{g}]
exten => 7{g},1,Answer()
 same => n,Queue(q{g},tT,,,60)
 same => n,Hangup()
"""
_PHONE = """[{n}](phone)
auth = {n}
aors = {n}
callerid = Extension {n} <{n}>
mailboxes = {n}@default
context = user-{n}
[{n}](login)
username = {n}
password = secret{n}
[{n}](place)
mailboxes = {n}@default
"""
_TEMPLATES = """[transport-udp]
type = transport
protocol = udp
bind = 0.0.0.0
[phone](!)
type = endpoint
disallow = all
allow = alaw,ulaw
direct_media = no
[login](!)
type = auth
auth_type = userpass
[place](!)
type = aor
max_contacts = 1
"""
_PEER = """[{n}](peer)
secret = secret{n}
callerid = Extension {n} <{n}>
mailbox = {n}@default
context = user-{n}
"""


def write_exchange(folder: Path, extensions: int) -> int:
    """Write the `.conf` files of an exchange; returns how many lines they have."""
    numbers = range(1000, 1000 + extensions)
    groups = range((extensions + _GROUP - 1) // _GROUP)
    files = {
        "extensions.conf": [_HEAD, *_each(_CONTEXT, numbers), *_each(_MACRO, groups), "#include ext-local.conf\n"],
        "ext-local.conf": ["[ext-local]\n", *_each(_EXTENSION, numbers)],
        "pjsip.conf": [_TEMPLATES, *_each(_PHONE, numbers)],
        "sip.conf": ["[general]\n[peer](!)\ntype = friend\nhost = dynamic\n", *_each(_PEER, numbers)],
        "voicemail.conf": [
            "[general]\nformat = wav\n[default]\n",
            *_each("{n} => 1234,Extension {n},{n}@example.test,,attach=yes|tz=central\n", numbers),
        ],
        "queues.conf": ["[general]\n", *(_queue(group, numbers) for group in groups)],
        "modules.conf": ["[modules]\nautoload = yes\n"],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, parts in files.items():
        (folder / name).write_text("".join(parts))
    return sum(part.count("\n") for parts in files.values() for part in parts)


def old_and_candidate(folder: Path) -> tuple[Inventory, Inventory]:
    """What the old release would have in force of it, and a candidate without chan_sip, macros and a tenth."""
    files = {path.name: path.read_text() for path in folder.glob("*.conf")}
    dialplan = parse_dialplan("\n".join(_shown(Inventory(files=files))))
    whole = Inventory(dialplan=dialplan, files=files)
    every = {section: Listing() for section in SECTIONS}
    log = tuple(
        StartLine("WARNING", "pjsip.c", f"Could not add '{n}' of pjsip.conf")
        for n in whole.dialplan.hints["ext-local"]
    )
    old = Inventory(every | _sections(whole, 0), dialplan, files, version="16.28.0")
    return old, Inventory(
        every | _sections(whole, 10), dialplan, files, log, version="22.10.1", folder="candidate/"
    )


def _each(text: str, numbers: Iterable[int]) -> Iterator[str]:
    for n in numbers:
        yield text.format(n=n, g=(n - 1000) // _GROUP if n >= 1000 else n)


def _queue(group: int, numbers: range) -> str:
    members = "".join(f"member => SIP/{n}\n" for n in numbers[group * _GROUP : (group + 1) * _GROUP])
    return f"[q{group}]\nstrategy = ringall\ntimeout = 15\nretry = 5\nmembermacro = group-{group}\n{members}"


def _shown(side: Inventory) -> Iterator[str]:
    """As `dialplan show` prints it."""
    number = 0
    for section in side.file("extensions.conf").usable[2:]:
        yield f"[ Context '{section.name}' created by 'pbx_config' ]"
        for option in section.options:
            if option.name == "include":
                yield f"  Include =>        '{option.value}'"
                continue
            extension, priority, step = (
                option.value.split(",", 2) if option.name == "exten" else ("", *option.value.split(",", 1))
            )
            number = 1 if extension else number + 1
            name = f"'{extension}' =>" if extension else ""
            shown = f"hint: {step}" if priority == "hint" else f"{number}. {step}"
            yield f"  {name:<17} {shown:<45} [{option.place}]"


def _sections(side: Inventory, without: int) -> dict[str, Listing]:
    """What is in force; of everything each so-manieth is not."""
    phones = [each.name for each in side.file("pjsip.conf").usable if each.parents == ("phone",)]
    found: dict[str, Iterable[str]] = {
        "module": ("chan_pjsip", "app_queue", "app_voicemail", "pbx_config", "chan_sip", "app_macro"),
        "application": (
            "Set",
            "NoOp",
            "GotoIf",
            "Dial",
            "ExecIf",
            "VoiceMail",
            "Hangup",
            "Queue",
            "Playback",
            "Macro",
        ),
        "function": ("DB", "IF", "CALLERID", "CHANNEL"),
        "technology": ("PJSIP", "SIP", "Custom"),
        "context": side.dialplan.contexts,
        "extension": (f"{name}@{context}" for context, inner in side.dialplan.contexts.items() for name in inner),
        "hint": (f"{name}@{context}" for context, inner in side.dialplan.hints.items() for name in inner),
        "endpoint": phones,
        "aor": phones,
        "sip peer": phones,
        "mailbox": (f"{name}@default" for name in phones),
        "queue": (each.name for each in side.file("queues.conf").usable[1:]),
        "queue member": (
            f"{each.name} {member}"
            for each in side.file("queues.conf").usable[1:]
            for member in each.values("member")
        ),
    }
    gone = {"chan_sip", "app_macro", "Macro", "SIP"} if without else set()
    return {
        section: Listing(
            {
                name: {"context": f"user-{name}"} if section == "endpoint" else {}
                for number, name in enumerate(() if without and section == "sip peer" else names)
                if name not in gone and not (without and number % without == without - 1)
            }
        )
        for section, names in found.items()
    }
