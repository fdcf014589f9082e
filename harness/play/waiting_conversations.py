"""FastAGI conversations of one instance that wait for the scenario whose call they belong to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from harness.errors import DeadlineExceeded, NotPlayable
from harness.far_end.changes import Changes
from harness.model import like
from harness.record.session import Session

if TYPE_CHECKING:
    from harness.far_end.fastagi import Conversation

__all__ = ["WaitingConversations"]

_UNCLAIMED = 5.0

OwnerOf = Callable[[str], Session | None]


class WaitingConversations:
    """Conversations come in as Asterisk opens them; scenarios take theirs.

    One that no scenario takes within some seconds ends, as that of a script that has nothing to say. `closed` is
    why none can come in.
    """

    def __init__(self, owner_of: OwnerOf, events_are_in: Callable[[], Awaitable[None]]) -> None:
        self.closed = ""
        self._owner_of = owner_of
        self._events_are_in = events_are_in
        self._waiting: list[Conversation] = []
        self._in_progress: list[tuple[Session, Conversation]] = []
        self._changes = Changes()
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, conversation: Conversation) -> None:
        """A conversation was opened. Whose it is may be known only when earlier events have been heard."""
        task = asyncio.get_running_loop().create_task(self._wait(conversation))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def take(self, session: Session, script: str, *, within: float) -> Conversation:
        """The session's first conversation whose script fits a pattern; waits for it.

        Raises DeadlineExceeded, NotPlayable.
        """
        if self.closed:
            raise NotPlayable(self.closed)

        def mine() -> Conversation | None:
            fitting = (c for c in self._waiting if like(c.script, script) and self._is_of(c, session))
            return next(fitting, None)

        await self._changes.until(lambda: mine() is not None or session.broken is not None, within=within)
        if session.broken:
            raise session.broken
        conversation = mine()
        if conversation is None:
            raise DeadlineExceeded(f"waited {within:g} s for Asterisk to ask for the AGI script {script}")
        self._waiting.remove(conversation)
        self._in_progress.append((session, conversation))
        return conversation

    def end_all_of(self, session: Session) -> None:
        """End what the session still has open."""
        for conversation in [c for c in self._waiting if self._is_of(c, session)]:
            conversation.end()
        for conversation in [c for owner, c in self._in_progress if owner is session]:
            conversation.end()
        self._in_progress = [(owner, c) for owner, c in self._in_progress if owner is not session]

    def _is_of(self, conversation: Conversation, session: Session) -> bool:
        return self._owner_of(conversation.environment.get("agi_uniqueid", "")) is session

    async def _wait(self, conversation: Conversation) -> None:
        await self._events_are_in()
        self._waiting.append(conversation)
        self._changes.tell()
        await self._changes.until(lambda: conversation not in self._waiting, within=_UNCLAIMED)
        if conversation in self._waiting:
            self._waiting.remove(conversation)
            conversation.end()
