"""The site's phones, as the far end plays them: an Asterisk of its own, told by AMI what each phone does.

`set_behaviour` says what a phone does by itself when it rings; the other methods are a person's hand on it.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from urllib.parse import quote, unquote

from harness.errors import LabError, NotPlayable, ScenarioError
from harness.far_end.files import DIALPLAN, PRESSED, RINGS, TRANSFERRED, endpoint_of
from harness.far_end.handset import FarCall, Handset
from harness.far_end.link import Event, FarEndLink
from harness.far_end.registrations import Registrations
from harness.lab.instance.instance import Instance
from harness.model import InstanceName

__all__ = ["FarEnd"]

# Hangup causes that make the SIP answers which phones give.
_BUSY, _DECLINED, _AWAY = "17", "16", "20"
_SILENT = {"Context": DIALPLAN, "Exten": "silent", "Priority": "1"}
_NUMBER = "*+-_.!~'()&=$,;?/"  # what stands for itself in an address that is dialled
_PATIENCE = 5.0
# No person answers sooner; a phone that did would race with its own ringing.
_AUDIBLE = 0.3


class FarEnd:
    """All phones on all instances. A name that is no registered phone stands for whom a trunk reaches.

    `broken` is why no phone does anything any more, empty while all is well.
    """

    def __init__(self, link: FarEndLink, check: Callable[[], None] = lambda: None) -> None:
        self.broken = ""
        self._link = link
        self._check = check
        self._registrations = Registrations(link)
        self._handsets: dict[tuple[str, str], Handset] = {}
        self._calls: dict[str, FarCall] = {}
        self._trunks: dict[str, str] = {}
        self._run = secrets.token_hex(4)
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        link.on("UserEvent", self._on_user_event)
        for name in ("Newchannel", "Newstate"):
            link.on(name, self._on_state)
        link.on("Hangup", self._on_hangup)

    @classmethod
    async def connect(cls, instance: Instance, *, within: float = 10.0) -> FarEnd:
        """Log in to the far end. Raises LabError when it does not let us in within so many seconds."""
        return cls(await FarEndLink.connect(instance, within=within), partial(instance.check, within=_PATIENCE))

    def close(self) -> None:
        """Let go of the far end; what the phones do by themselves stops."""
        for task in self._tasks:
            task.cancel()
        self._link.close()

    @property
    def lost(self) -> asyncio.Future[None]:
        """Done when the far end has closed the connection: it ended, and its calls with it."""
        return self._link.lost

    async def diagnose(self) -> str:
        """Why no phone does anything any more, empty if all is well."""
        if not self.broken:
            try:
                await self._link.ask({"Action": "Ping"})
            except NotPlayable as problem:
                self.broken = f"the phones are gone: {await self._reason() or problem}"
        return self.broken

    async def _reason(self) -> str:
        try:
            await asyncio.to_thread(self._check)
        except LabError as problem:
            return str(problem)
        return ""

    async def register_all(self, phones: Iterable[str], *, within: float = 10.0) -> tuple[str, ...]:
        """Wait until these phones are registered everywhere; in words, those that are not after so many seconds.

        A scenario that needs such a phone is not playable; the others are.
        """
        return await self._registrations.wait_until_registered(frozenset(phones), within=within)

    async def set_behaviour(self, instance: InstanceName, phone: str, kind: str, after: float) -> None:
        """From now on the phone does `kind` (answer, busy, decline, ring, offline), `after` seconds of ringing.

        `ring` declines after the time, never when that is 0. Raises NotPlayable when it cannot register.
        """
        endpoint = endpoint_of(phone, instance)
        if not self._registrations.knows(endpoint):
            self._trunks[instance] = phone
        elif kind == "offline":
            await self._registrations.sign_off(endpoint, within=_PATIENCE)
        else:
            await self._registrations.sign_on(endpoint, within=_PATIENCE)
        handset = self._handset(instance, phone)
        handset.kind, handset.after = kind, after

    async def reset(self, instance: InstanceName, phone: str) -> None:
        """End the phone's calls and let it be as one that no scenario names: registered, and not answering."""
        handset = self._handset(instance, phone)
        for call in tuple(handset.calls.values()):
            if call.channel:
                await self._link.act({"Action": "Hangup", "Channel": call.channel, "Cause": _DECLINED})
        await handset.changes.until(lambda: not handset.calls, within=_PATIENCE)
        if self._trunks.get(instance) == phone:
            del self._trunks[instance]
        await self.set_behaviour(instance, phone, "ring", 0.0)

    async def dial(self, instance: InstanceName, phone: str, number: str) -> FarCall:
        """The phone calls a number. Returns the call when it has left the phone."""
        endpoint = endpoint_of(phone, instance)
        if not self._registrations.knows(endpoint):
            raise NotPlayable(f"{phone} is no phone of the site: it can be called, and calls nobody")
        address = self._registrations.address_of(endpoint)
        handset = self._handset(instance, phone)
        unique = f"{self._run}{next(self._numbers):06d}f"
        call = handset.calls[unique] = self._calls[unique] = FarCall(handset, unique)
        channel = f"PJSIP/{endpoint}/sip:{quote(number, safe=_NUMBER)}@{address}"
        originate = {"Action": "Originate", "Channel": channel, "ChannelId": unique, **_SILENT}
        await self._act({**originate, "Timeout": "86400000", "Async": "true"})
        if not await handset.changes.until(lambda: bool(call.channel) or call.ended, within=_PATIENCE):
            self._calls.pop(unique, None)
            handset.calls.pop(unique, None)
            raise NotPlayable(f"the far end could not place {phone}'s call to {number}")
        return call

    async def answer(self, instance: InstanceName, phone: str) -> None:
        """Answer the call that rings. Raises ScenarioError when none rings, nor does soon."""
        await self._redirect(await self._ringing(instance, phone), "silent")

    async def busy(self, instance: InstanceName, phone: str) -> None:
        """Refuse the call that rings with 486 Busy Here."""
        await self._hang_up(await self._ringing(instance, phone), _BUSY)

    async def decline(self, instance: InstanceName, phone: str) -> None:
        """Refuse the call that rings with 603 Decline."""
        await self._hang_up(await self._ringing(instance, phone), _DECLINED)

    async def hangup(self, instance: InstanceName, phone: str) -> None:
        """Hang up the phone's newest call."""
        handset = self._handset(instance, phone)
        newest = await handset.call(lambda call: bool(call.channel), "has a call", within=_PATIENCE)
        await self._hang_up(newest, "16")

    async def talk(self, instance: InstanceName, phone: str, seconds: float, *, within: float) -> None:
        """The phone makes sound for so many seconds. Its call has to be answered `within` others."""
        call = await self._talking(instance, phone, within=within)
        await self._redirect(call, "talk")
        await asyncio.sleep(seconds)
        if not call.ended:
            await self._redirect(call, "silent")

    async def dtmf(self, instance: InstanceName, phone: str, digits: str, gap: float) -> None:
        """Keys are pressed on the phone (RFC 4733), with `gap` seconds between them; returns when all were."""
        call = await self._talking(instance, phone)
        before = call.pressed
        for name, value in (("KEYS", digits), ("GAP", str(max(1, round(gap * 1000))))):
            await self._act({"Action": "Setvar", "Channel": call.channel, "Variable": name, "Value": value})
        await self._redirect(call, "keys")
        # Who hangs up on the last key ends this as well.
        within = _PATIENCE + len(digits) * (gap + 0.6)  # a `w` is half a second
        if not await call.handset.changes.until(lambda: call.ended or call.pressed > before, within=within):
            raise NotPlayable(f"the far end did not press {digits!r} on {phone} within {within:g} s")

    async def transfer(self, instance: InstanceName, phone: str, to: str) -> FarCall:
        """Transfer the phone's call blindly (REFER); the call, which knows how that ended once it has."""
        call = await self._talking(instance, phone)
        address = self._registrations.address_of(endpoint_of(phone, instance))
        target = f"PJSIP/sip:{quote(to, safe='*+-_.')}@{address}"
        setting = {"Channel": call.channel, "Variable": "TRANSFER_TO", "Value": target}
        await self._act({"Action": "Setvar", **setting})
        await self._redirect(call, "transfer")
        return call

    # what comes from the far end

    def _on_user_event(self, event: Event) -> None:
        if event.get("UserEvent") == RINGS:
            self._on_ringing(event)
        elif event.get("UserEvent") == PRESSED and (call := self._calls.get(event.get("Uniqueid", ""))):
            call.pressed += 1
            call.handset.changes.tell()
        elif event.get("UserEvent") == TRANSFERRED and (call := self._calls.get(event.get("Uniqueid", ""))):
            call.transfer = event.get("Status", "")

    def _on_ringing(self, event: Event) -> None:
        instance, user, unique = event.get("Site", ""), unquote(event.get("User", "")), event.get("Uniqueid", "")
        known = self._registrations.knows(endpoint_of(user, instance))
        handset = self._handset(instance, user if known else self._trunks.get(instance, user))
        call = FarCall(handset, unique, event.get("Channel", ""), rings=True)
        handset.calls[unique] = self._calls[unique] = call
        handset.changes.tell()
        task = asyncio.get_running_loop().create_task(self._react(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _on_state(self, event: Event) -> None:
        if call := self._calls.get(event.get("Uniqueid", "")):
            call.channel = event.get("Channel", "")
            call.talks = event.get("ChannelStateDesc") == "Up"
            call.rings = call.rings and not call.talks
            call.handset.changes.tell()

    def _on_hangup(self, event: Event) -> None:
        if call := self._calls.pop(event.get("Uniqueid", ""), None):
            call.handset.calls.pop(call.unique, None)
            call.ended, call.rings, call.talks = True, False, False
            call.cause = event.get("Cause", "")
            call.handset.changes.tell()

    async def _react(self, call: FarCall) -> None:
        """What the phone does without a hand on it."""
        handset = call.handset
        if handset.kind == "ring" and not handset.after:
            return
        kind = handset.kind
        await asyncio.sleep(max(handset.after, _AUDIBLE))
        if not call.rings:
            return
        with suppress(ScenarioError):  # the caller may give up at this very moment
            if kind == "answer":
                await self._redirect(call, "silent")
            else:
                await self._hang_up(call, {"busy": _BUSY, "offline": _AWAY}.get(kind, _DECLINED))

    # helpers

    def _handset(self, instance: str, phone: str) -> Handset:
        return self._handsets.setdefault((instance, phone), Handset(phone))

    async def _ringing(self, instance: InstanceName, phone: str) -> FarCall:
        return await self._handset(instance, phone).call(lambda call: call.rings, "rings", within=_PATIENCE)

    async def _talking(self, instance: InstanceName, phone: str, *, within: float = _PATIENCE) -> FarCall:
        return await self._handset(instance, phone).call(lambda call: call.talks, "talks", within=within)

    async def _redirect(self, call: FarCall, extension: str) -> None:
        await self._act({"Action": "Redirect", "Channel": call.channel, **_SILENT, "Exten": extension})

    async def _hang_up(self, call: FarCall, cause: str) -> None:
        await self._act({"Action": "Hangup", "Channel": call.channel, "Cause": cause})

    async def _act(self, fields: dict[str, str]) -> None:
        if problem := await self._link.act(fields):
            raise ScenarioError(f"the far end refuses {fields['Action']}: {problem}")
