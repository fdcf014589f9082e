"""Configuration of the far end: an Asterisk that stands in for the site's phones and for whom it calls. Pure.

Each phone registers with each instance, as a real one does, and is called back by the user it registered. Calls
that reach no phone (a trunk's) are taken as well. The dialplan decides nothing: a call that comes in rings and
says so (`UserEvent(FarEndRings)`), and the harness tells it by AMI what to do. Who is dialled without a number
(`Dial(PJSIP/trunk)`) is not reached: Asterisk 16 answers that with 484 before it looks at a dialplan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from harness.model import InstanceName

if TYPE_CHECKING:
    from harness.site import Phone

__all__ = ["DIALPLAN", "PRESSED", "RINGS", "TRANSFERRED", "endpoint_of", "phone_and_instance", "phone_files"]

DIALPLAN = "far-end"
RINGS = "FarEndRings"
PRESSED = "FarEndPressed"
TRANSFERRED = "FarEndTransferred"

_PHONES = "phones"
_NOT_LOADED = """chan_sip chan_iax2 chan_skinny chan_unistim chan_mgcp chan_dahdi pbx_dundi pbx_ael pbx_lua
    res_ari res_smdi res_parking app_queue app_voicemail app_minivm""".split()
_MODULES = """\
[modules]
autoload = yes
; A phone's BYE has no Reason header.
noload = res_pjsip_rfc3326.so
; One stack on port 5060, and nothing that only costs time to start.
""" + "".join(f"noload = {module}.so\n" for module in _NOT_LOADED)

_EXTENSIONS = f"""\
[from-site]
; Any name, also `h`, `s` or `i`: so the end of a call, which runs `h`, comes here as well, and is over at once.
exten => _.,1,GotoIf($["${{CALLED}}" = "1"]?over)
 same => n,Set(CALLED=1)
; It rings first: told earlier, the harness could refuse a call before its 180 is sent, now and then.
 same => n,Ringing()
 same => n,UserEvent({RINGS},Site: ${{CHANNEL(endpoint)}},User: ${{URIENCODE(${{EXTEN}})}})
 same => n,Wait(86400)
 same => n(over),Hangup()

[{DIALPLAN}]
; Who is moved while he is between two priorities begins with the second one: so the first does nothing.
exten => silent,1,NoOp()
 same => n,Answer()
 same => n,Wait(86400)
exten => talk,1,NoOp()
 same => n,Milliwatt()
; By the channel's own thread: PlayDTMF would keep all other actions waiting for as long as each key is held.
exten => keys,1,NoOp()
 same => n,SendDTMF(${{KEYS}},${{GAP}},100)
 same => n,UserEvent({PRESSED})
 same => n,Wait(86400)
exten => transfer,1,NoOp()
 same => n,Transfer(${{TRANSFER_TO}})
 same => n,UserEvent({TRANSFERRED},Status: ${{TRANSFERSTATUS}})
 same => n,Wait(86400)
"""

_PJSIP = """\
[global]
type = global
endpoint_identifier_order = ip,username

[calls](!)
type = endpoint
context = from-site
disallow = all
allow = ulaw,alaw,g722,gsm
direct_media = no
dtmf_mode = rfc4733
"""

_TRANSPORT = """\
[{name}]
type = transport
protocol = udp
bind = {address}:5060
"""

_SITE = """\
[{site}](calls)

[{site}]
type = identify
endpoint = {site}
match = {address}
"""

_PHONE = """\
[{endpoint}](calls)
transport = {transport}
aors = {endpoint}
outbound_auth = {endpoint}
from_user = {user}
from_domain = {address}

[{endpoint}]
type = aor
contact = sip:{address}:5060

[{endpoint}]
type = auth
auth_type = userpass
username = {login}
password = {secret}

[{endpoint}]
type = registration
transport = {transport}
outbound_auth = {endpoint}
server_uri = sip:{address}:5060
client_uri = sip:{user}@{address}
contact_user = {user}
expiration = 3600
retry_interval = 2
forbidden_retry_interval = 0
fatal_retry_interval = 0
auth_rejection_permanent = yes
max_retries = 1000
max_random_initial_delay = 0
"""


# What stands for itself in the user part of a SIP address (RFC 3261), and begins no comment in a file.
_USER = "-_.!~*'()&=+$,?/"


def endpoint_of(phone: str, instance: str) -> str:
    """The far end's name for a phone where it talks to an instance: letters, digits, `.`, `-` and `_` alone."""
    return f"{quote(phone, safe='').replace('_', '%5F').replace('~', '%7E').replace('%', '_')}-at-{instance}"


def phone_and_instance(endpoint: str) -> tuple[str, str]:
    """The phone and the instance that an endpoint of the far end is for."""
    name, _, instance = endpoint.rpartition("-at-")
    return unquote(name.replace("_", "%")), instance


def phone_files(
    phones: Iterable[Phone], addresses: Mapping[InstanceName, str], own: str, providers: Iterable[str] = ()
) -> dict[str, bytes]:
    """The far end's files below /etc/asterisk, for phones that live on each instance of `addresses`.

    The phones are at the address `own`. At those of `providers` only what a site sends there is answered.
    """
    sections = [_PJSIP, _TRANSPORT.format(name=_PHONES, address=own)]
    sections += [_TRANSPORT.format(name=f"provider-{n}", address=at) for n, at in enumerate(providers, 1)]
    accounts = tuple(phones)
    for instance, address in addresses.items():
        sections.append(_SITE.format(site=instance, address=address))
        sections += [_phone(phone, instance, address) for phone in accounts]
    files = {
        "modules.conf": _MODULES,
        "extensions.conf": _EXTENSIONS,
        "pjsip.conf": "\n".join(sections),
        "rtp.conf": "[general]\nrtpstart = 10000\nrtpend = 20000\n",
    }
    return {name: text.encode() for name, text in files.items()}


def _phone(phone: Phone, instance: str, address: str) -> str:
    return _PHONE.format(
        endpoint=endpoint_of(phone.name, instance),
        user=quote(phone.name, safe=_USER),
        login=_value(phone.username),
        secret=_value(phone.secret),
        address=address,
        transport=_PHONES,
    )


def _value(text: str) -> str:
    """Text as a value of Asterisk's configuration format: a semicolon would begin a comment."""
    return text.replace(";", "\\;")
