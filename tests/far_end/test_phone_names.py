"""A phone may be called anything: its name on the far end is its own, and leads back to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import cast, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.far_end.files import endpoint_of, phone_and_instance, phone_files
from harness.far_end.link import Event, FarEndLink
from harness.far_end.registrations import Registrations
from harness.model import InstanceName
from harness.site.model import Phone

NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1, max_size=12
) | st.sampled_from(
    ["desk-at-home", "desk-at-old", "-at-", "a-at-b-at-again", "h", "Bob", "bob", "_20", " ", "%20", "+49", "a.b"]
)
INSTANCES = st.sampled_from(get_args(InstanceName))


@given(phone=NAMES, instance=INSTANCES)
def test_an_endpoint_leads_back_to_its_phone(phone: str, instance: str) -> None:
    assert phone_and_instance(endpoint_of(phone, instance)) == (phone, instance)


@given(phone=NAMES, instance=INSTANCES)
def test_an_endpoint_is_a_plain_word(phone: str, instance: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._-]+", endpoint_of(phone, instance))


def test_usual_names_stay_as_they_are() -> None:
    assert endpoint_of("101", "old") == "101-at-old"


@given(phone=NAMES)
def test_a_name_goes_into_an_address_as_sip_has_it(phone: str) -> None:
    text = phone_files([Phone(phone, "login", "secret")], {"old": "192.0.2.1"}, "192.0.2.9")["pjsip.conf"].decode()
    (uri,) = re.findall(r"^client_uri = (.*)$", text, re.MULTILINE)
    assert re.fullmatch(r"sip:[A-Za-z0-9\-_.!~*'()&=+$,?/%]+@192\.0\.2\.1", uri)


class Link:
    """A far end where these phones are registered, in the words of its AMI."""

    def __init__(self, registered: Mapping[str, bool]) -> None:
        self.asked: list[str] = []
        self._registered = registered

    def on(self, event: str, call: Callable[[Event], None]) -> None:
        pass

    async def ask_list(self, _fields: Mapping[str, str]) -> list[Event]:
        return [
            {
                "Event": "OutboundRegistrationDetail",
                "ObjectName": endpoint_of(phone, "old"),
                "ClientUri": f"sip:{phone}@192.0.2.1",
                "Status": "Registered" if well else "Rejected",
            }
            for phone, well in self._registered.items()
        ]

    async def act(self, fields: Mapping[str, str]) -> str:
        self.asked.append(fields["Registration"])
        return ""


@pytest.mark.parametrize("phone", ["desk-at-home", "a-at-b-at-c", "h", "my phone", "101"])
def test_a_phone_that_cannot_register_is_waited_for_and_named(phone: str) -> None:
    link = Link({phone: False, f"{phone}0": False, "other": True})
    registrations = Registrations(cast(FarEndLink, link))
    late = asyncio.run(registrations.wait_until_registered(frozenset({phone}), within=0.01))
    assert late == (f"phone {phone} cannot register with old (Rejected)",)
    assert link.asked == [endpoint_of(phone, "old")]
