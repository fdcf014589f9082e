"""Phones, trunks and hosts, from every file that has them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.asterisk.conf import Config
from harness.site.model import Phone
from harness.site.reading.phones import hosts_of, phones_of, trunks_of

MakeConfig = Callable[..., Config]

_PJSIP = """\
[phone](!)
type=endpoint
[auth](!)
type=auth
auth_type=userpass
[aor](!)
type=aor
max_contacts=1

[101](phone)
auth=101-auth
aors=101
[101-auth](auth)
username=u101
password=p101
realm=office
[101](aor)

[md5](phone)
auth=md5
aors=md5
[md5]
type=auth
auth_type=md5
md5_cred=0123
[md5](aor)

[closed](phone)
auth=101-auth
aors=closed
[closed]
type=aor

[provider]
type=endpoint
aors=provider
outbound_proxy=sip:proxy.example\\;lr
[provider]
type=aor
contact=sip:acct@sip.provider.example:5061
[provider]
type=identify
endpoint=provider
match=203.0.113.20,gw.provider.example,198.51.100.0/24
[reg]
type=registration
server_uri=sips:3cx.provider.example;transport=tls
client_uri=sip:me@own.example
[byip]
type=endpoint
aors=byip
[byip]
type=aor
contact=sip:203.0.113.9:5060,sip:[2001:db8::1]
"""

_WIZARD = """\
[phones](!)
type=wizard
accepts_registrations=yes
[201](phones)
inbound_auth/username=u201
inbound_auth/password=p201
[carrier]
type=wizard
sends_registrations=yes
remote_hosts=a.carrier.example:5060,b.carrier.example
"""

_SIP = """\
[general]
register => acct:secret@old.provider.example/600
[301]
type=friend
host=dynamic
defaultuser=other
secret=p301
[trunk]
type=peer
host=old2.provider.example
[user]
type=user
host=dynamic
secret=x
[open]
type=friend
host=dynamic
"""


def test_pjsip_endpoints_that_can_register_are_phones(make_config: MakeConfig) -> None:
    assert phones_of(make_config(**{"pjsip.conf": _PJSIP})) == (Phone("101", "u101", "p101"),)


def test_wizards_that_accept_registrations_are_phones(make_config: MakeConfig) -> None:
    assert phones_of(make_config(**{"pjsip_wizard.conf": _WIZARD})) == (Phone("201", "u201", "p201"),)


def test_dynamic_sip_peers_log_in_by_their_own_name(make_config: MakeConfig) -> None:
    assert phones_of(make_config(**{"sip.conf": _SIP})) == (Phone("301", "301", "p301"),)


def test_a_secret_is_not_shown() -> None:
    assert "hush" not in repr(Phone("1", "1", "hush"))


def test_trunks_are_endpoints_with_an_address(make_config: MakeConfig) -> None:
    config = make_config(**{"pjsip.conf": _PJSIP, "pjsip_wizard.conf": _WIZARD, "sip.conf": _SIP})
    assert trunks_of(config) == ("byip", "carrier", "provider", "trunk")


def test_hosts_are_names_and_no_addresses(make_config: MakeConfig) -> None:
    config = make_config(**{"pjsip.conf": _PJSIP, "pjsip_wizard.conf": _WIZARD, "sip.conf": _SIP})
    assert set(hosts_of(config)) == {
        "sip.provider.example",
        "proxy.example",
        "gw.provider.example",
        "3cx.provider.example",
        "a.carrier.example",
        "b.carrier.example",
        "old.provider.example",
        "old2.provider.example",
    }


@pytest.mark.parametrize(
    "value", ["dynamic", "10.0.0.1", "sip:10.0.0.1:5060", "[2001:db8::1]", "${HOST}", "a b", ""]
)
def test_no_host_is_made_of_what_is_none(make_config: MakeConfig, value: str) -> None:
    assert hosts_of(make_config(**{"sip.conf": f"[a]\nhost={value}\n"})) == ()


def test_files_that_are_read_in_part_do_not_break(make_config: MakeConfig) -> None:
    config = make_config(**{"pjsip.conf": "[101\ntype=endpoint\n[102](gone)\ntype=endpoint\n"})
    assert phones_of(config) == ()
