"""Which phones of the far end are registered with which instance; signing them off and on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from harness.errors import NotPlayable, Unregistered
from harness.far_end.changes import Changes
from harness.far_end.files import phone_and_instance
from harness.far_end.link import Event, FarEndLink

__all__ = ["Registrations"]

_REGISTERED, _REJECTED = "Registered", "Rejected"
_LATE = 10.0
_ANSWER = re.compile(r"response '(?P<code>\d{3})' received")


@dataclass(slots=True)
class _Registration:
    endpoint: str
    client: str
    address: str
    status: str


class Registrations:
    """The books of the far end's registrations. Endpoints are named as by `endpoint_of`."""

    def __init__(self, link: FarEndLink) -> None:
        self._link = link
        self._by_endpoint: dict[str, _Registration] = {}
        self._by_client: dict[str, _Registration] = {}
        self._changes = Changes()
        link.on("Registry", self._on_registry)

    def knows(self, endpoint: str) -> bool:
        """Whether a phone of the site has that name there."""
        return endpoint in self._by_endpoint

    def address_of(self, endpoint: str) -> str:
        """Address of the instance with which the phone registers. Raises NotPlayable for an unknown one."""
        try:
            return self._by_endpoint[endpoint].address
        except KeyError:
            phone, instance = phone_and_instance(endpoint)
            raise NotPlayable(f"the far end has no phone {phone} for {instance}") from None

    async def wait_until_registered(self, phones: frozenset[str], *, within: float) -> tuple[str, ...]:
        """Wait until all of these phones are registered; those that are not in time, in words."""
        for event in await self._link.ask_list({"Action": "PJSIPShowRegistrationsOutbound"}):
            if event.get("Event") == "OutboundRegistrationDetail":
                self._add(event)
        wanted = [entry for name, entry in self._by_endpoint.items() if phone_and_instance(name)[0] in phones]
        for entry in wanted:
            if entry.status != _REGISTERED:
                await self._link.act({"Action": "PJSIPRegister", "Registration": entry.endpoint})
        await self._changes.until(lambda: all(entry.status == _REGISTERED for entry in wanted), within=within)
        return tuple(_failure(entry) for entry in wanted if entry.status != _REGISTERED)

    async def sign_on(self, endpoint: str, *, within: float) -> None:
        """Make sure that a phone is registered. Raises Unregistered when the instance does not let it.

        NotPlayable where the far end itself does not answer any more.
        """
        entry = self._by_endpoint[endpoint]
        if entry.status != _REGISTERED:
            await self._link.act({"Action": "PJSIPRegister", "Registration": endpoint})
        if not await self._is_registered(entry, within=within):
            await self._link.act({"Action": "Ping"})
            raise Unregistered(_failure(entry, await self._link.log_of(entry.client)))

    async def _is_registered(self, entry: _Registration, *, within: float) -> bool:
        """Where no answer has come in time, a busy machine gets some more."""
        for seconds in (within, _LATE):
            if await self._changes.until(lambda: entry.status == _REGISTERED, within=seconds):
                return True
            if entry.status == _REJECTED:
                break
        return False

    async def sign_off(self, endpoint: str, *, within: float) -> None:
        """Make sure that a phone is not registered. Raises NotPlayable when the instance does not confirm it."""
        entry = self._by_endpoint[endpoint]
        if entry.status == _REGISTERED:
            await self._link.act({"Action": "PJSIPUnregister", "Registration": endpoint})
        if not await self._changes.until(lambda: entry.status != _REGISTERED, within=within):
            phone, instance = phone_and_instance(endpoint)
            raise NotPlayable(f"phone {phone} could not be taken off {instance}'s network")

    def _add(self, event: Event) -> None:
        endpoint, client = event.get("ObjectName", ""), event.get("ClientUri", "")
        if endpoint not in self._by_endpoint:
            entry = _Registration(endpoint, client, client.rpartition("@")[2], event.get("Status", ""))
            self._by_endpoint[endpoint] = self._by_client[client] = entry

    def _on_registry(self, event: Event) -> None:
        if entry := self._by_client.get(event.get("Username", "")):
            entry.status = event.get("Status", "")
            self._changes.tell()


def _failure(entry: _Registration, log: Iterable[str] = ()) -> str:
    """With the last answer that the far end's log tells of: its events have none."""
    phone, instance = phone_and_instance(entry.endpoint)
    answers = [match["code"] for line in log if (match := _ANSWER.search(line))]
    answer = f"SIP {answers[-1]}, " if answers else ""
    return f"phone {phone} cannot register with {instance} ({answer}{entry.status or 'no answer'})"
