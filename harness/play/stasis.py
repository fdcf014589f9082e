"""ARI of one instance while scenarios are played: operations, and the events of Stasis applications."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping

from msgspec.structs import replace

from harness.asterisk.ari import ids_in, ids_made, ids_of
from harness.asterisk.originate import device_of
from harness.asterisk.secrets import json_without_secrets
from harness.errors import NotPlayable
from harness.far_end.ari import Ari
from harness.lab import Instance
from harness.model import AriAnswer, AriEvent, Json
from harness.record.ari_events import AriEvents, close_all
from harness.record.ledger import Ledger
from harness.record.session import Session

__all__ = ["Stasis"]

_IDS = frozenset({"channelId", "otherChannelId", "bridgeId", "playbackId", "snoopId"})


class Stasis:
    """The harness as ARI's client: it acts for scenarios, and is the Stasis applications that they name.

    Events belong to scenarios by the channels and other things that they name. `others` are those that belong to
    none so far.
    """

    def __init__(self, instance: Instance, ledger: Ledger, events_are_in: Callable[[], Awaitable[None]]) -> None:
        self.others: list[AriEvent] = []
        self._instance = instance
        self._ledger = ledger
        self._events_are_in = events_are_in
        self._ari = Ari(instance)
        self._filing: asyncio.Future[None] | None = None
        self._listening: dict[str, asyncio.Future[AriEvents]] = {}

    async def call(self, session: Session, operation: str, parameters: Mapping[str, Json]) -> AriAnswer:
        """Do an operation for a scenario; what it makes is the scenario's. The answer is part of the trace.

        An id that another scenario's thing has is this one's only once Asterisk has made a new thing of it.
        """
        self._must_be_there()
        session.step("ari", Operation=operation, Parameters=json.dumps(json_without_secrets(dict(parameters))))
        made = ids_made(operation, parameters)
        self._ledger.make(made or (), session)
        began = time.monotonic()
        if called := device_of(str(parameters.get("endpoint", ""))) if made == () else "":
            self._ledger.expect(called, session, since=began, by=f"ari {began}")
        answer = await self._ari.call(operation, parameters)
        if not 200 <= answer.status < 300:
            self._ledger.starts.cancel(f"ari {began}", session)
        if any(self._ledger.owner_of(id_) is not session for id_ in made or ()):
            await self._events_are_in()
        # Who lists all channels does not own them: only what an operation makes or acts on is the scenario's.
        new = ids_of(answer.body) if made is not None else ()
        self._ledger.relate((*_given_ids(parameters), *new), session)
        session.feed(replace(answer, at=time.monotonic()))
        return answer

    async def listen(self, applications: Iterable[str]) -> None:
        """Be these applications, from now on and for all scenarios. Raises NotPlayable."""
        wanted = tuple(applications)
        for application in wanted:
            self._must_be_there()
            if application not in self._listening:
                events = AriEvents.connect(self._instance, application=application, take=self._take)
                self._listening[application] = asyncio.ensure_future(events)
        for application in wanted:
            try:
                await asyncio.shield(self._listening[application])
            except NotPlayable:
                self._listening.pop(application, None)
                raise

    async def all_is_filed(self) -> None:
        """File what came before it was known whose it is: the connection that tells may lag behind."""
        await self._events_are_in()
        self.others = [event for event in self.others if not self._file(event)]

    def close(self) -> None:
        """Let go of the instance."""
        self._ari.close()
        well = (one for one in self._listening.values() if one.done() and not one.cancelled())
        close_all([one.result() for one in well if one.exception() is None])

    def _must_be_there(self) -> None:
        if not self._instance.ari:
            raise NotPlayable("the site has no ARI: no ari.conf, or res_ari is not loaded")

    def _take(self, event: AriEvent) -> None:
        if not self._file(event):
            self.others.append(event)
            if self._filing is None or self._filing.done():
                self._filing = asyncio.ensure_future(self.all_is_filed())

    def _file(self, event: AriEvent) -> bool:
        owner = self._ledger.owner_of(*ids_in(event.body)) or self._ledger.alone
        if owner is not None:
            owner.feed(event)
        return owner is not None


def _given_ids(parameters: Mapping[str, Json]) -> list[str]:
    """Ids of what a scenario makes or acts on (`channelId`, `bridgeId`)."""
    return [value for name, value in parameters.items() if name in _IDS and isinstance(value, str)]
