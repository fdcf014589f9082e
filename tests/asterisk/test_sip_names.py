"""What chan_sip and chan_pjsip call one peer."""

import pytest

from harness.asterisk.sip_names import as_pjsip, dialled_as_pjsip, peers

SAME = {"101", "carrier"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("SIP/101", "PJSIP/101"),
        ("SIP/101;1", "PJSIP/101;1"),
        ("SIP/101#2", "PJSIP/101#2"),
        ("SIP/carrier/5550199", "PJSIP/5550199@carrier"),
        ("SIP/5550199@carrier", "PJSIP/5550199@carrier"),
        ("PJSIP/5550199@carrier", "PJSIP/5550199@carrier"),
        ("PJSIP/carrier/sip:5550199@host:5060", "PJSIP/5550199@carrier"),
        ("SIP/101&SIP/102,20,tT", "PJSIP/101&SIP/102,20,tT"),
        ("bridge(SIP/101 + caller;2)", "bridge(PJSIP/101 + caller;2)"),
        ("SIP", "PJSIP"),
        ("sip/101", "PJSIP/101"),
        ("resource=101, technology=SIP", "resource=101, technology=PJSIP"),
        ("SIP/102", "SIP/102"),
        ("a SIP phone, XSIP/101", "a SIP phone, XSIP/101"),
    ],
)
def test_a_known_peer_has_one_name_wherever_it_stands(text: str, named: str) -> None:
    assert as_pjsip(text, SAME) == named


@pytest.mark.parametrize(
    ("dialled", "named"),
    [
        ("101", "101"),
        ("carrier/5550199", "5550199@carrier"),
        ("5550199@carrier", "5550199@carrier"),
        ("101/sip:101@192.0.2.5:5060", "101"),
        ("102/9", "102/9"),
        ("SIP/101", "PJSIP/101"),
    ],
)
def test_what_was_dialled_has_one_form(dialled: str, named: str) -> None:
    assert dialled_as_pjsip(dialled, SAME) == named


def test_peers_are_found_in_every_form() -> None:
    texts = ["SIP/101&SIP/carrier/5", "PJSIP/5@carrier", "PJSIP/7/sip:7@host", "nothing"]
    assert peers(texts) == ({"101", "carrier"}, {"carrier", "7"})
