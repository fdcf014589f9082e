"""One scenario on one instance, from the first step to the last hangup."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from harness.asterisk.circle import goes_round
from harness.asterisk.log import newest_with
from harness.errors import DeadlineExceeded, HarnessError, NotPlayable, ScenarioError, Unregistered
from harness.far_end.phones import FarEnd
from harness.model import IN_VAIN, Ending, LogLine
from harness.play.astdb import restoring_astdb
from harness.play.asterisk import Asterisk
from harness.play.code import Code
from harness.play.cutting import cut_off
from harness.play.lamps import lamps_go_out
from harness.play.live_instance import LiveInstance
from harness.play.raised import Raised, ending_of
from harness.play.scenario import Scenario
from harness.play.vain import NOTHING, Attempts, why_unreachable
from harness.play.xfail import as_expected
from harness.record.session import Session

__all__ = ["play_scenario"]

_APP = "app/"
_IN_DOUBT = "cannot be told from another scenario's, played at the same time: the call that is started to"
_HANGUPS = 5.0
_BY_ITSELF = 1.0
_CALL_ID = re.compile(r" \(callid: [^)]*\)")
_LOOKED_BACK_ON = frozenset({Ending.PLAYED, Ending.UNMET, Ending.OVERDUE})


async def play_scenario(
    scenario: Scenario, live: LiveInstance, far_end: FarEnd | None, *, play: int = 0, alone: bool = False
) -> Session:
    """Play a scenario once on an instance. What goes wrong in it does not raise: the session says how it ended."""
    session = Session(scenario.id, live.name, play, live.offset, alone, most=live.limits.events)
    session.roles[live.instance.address] = "asterisk"
    session.with_phones = bool(scenario.phones)
    apps = {thing.removeprefix(_APP) for thing in scenario.uses if thing.startswith(_APP)}
    try:
        if live.broken:
            raise NotPlayable(live.broken)
        if session.with_phones and far_end is not None and far_end.broken:
            raise NotPlayable(far_end.broken)
        live.need(apps)
    except NotPlayable as problem:
        session.ending, session.problem = Ending.UNPLAYABLE, _first_line(str(problem))
        return session
    asterisk = Asterisk(
        live,
        session,
        deadline=scenario.deadline,
        phones=tuple(scenario.phones),
        far_end=far_end,
        file=scenario.file,
    )
    live.ledger.open(session, ids=(), holds=scenario.uses, alone=scenario.exclusive)
    live.sessions.append(session)
    try:
        if scenario.exclusive:  # what others had written is none of its own
            await live.files_are_read(())
        async with restoring_astdb(live, scenario.uses):
            session.ending, session.problem = await _play(scenario, live, session, asterisk, far_end)
            await _hang_up(scenario, live, session, far_end)
            await lamps_go_out(session)
        await _look_back(scenario, live, session, asterisk.attempts)
        if apps:  # they may have something to do after the call
            await live.apps_are_quiet()
            live.file_complaints(apps, session)
        if scenario.uses or scenario.exclusive:  # what it holds by name is the next one's from here on
            await live.events_are_in()
            await live.apps_are_heard()
        if alone or scenario.uses:
            await live.files_are_read([session], None if alone else scenario.uses)
    except HarnessError as problem:
        session.ending, session.problem = Ending.UNPLAYABLE, _first_line(live.broken or str(problem))
    finally:
        session.seconds = time.monotonic() - session.started
        live.sessions.remove(session)
        live.ledger.release(session)
    if session.ending in (Ending.CRASHED, Ending.HUNG, Ending.STARVED):
        return session
    if gone := await _gone(far_end, session):
        session.ending, session.problem = Ending.UNPLAYABLE, gone
    elif session.is_full or goes_round(session.observations):
        session.ending, session.problem = Ending.ENDLESS, _made(session)
    elif device := live.ledger.starts.doubt_of(session):
        session.ending, session.problem = Ending.UNPLAYABLE, f"{_IN_DOUBT} {device}: name it in `uses:`"
    return session


async def _play(
    scenario: Scenario, live: LiveInstance, session: Session, asterisk: Asterisk, far_end: FarEnd | None
) -> tuple[Ending, str]:
    ended = await _ending(scenario, live, session, asterisk, far_end)
    forgotten = asterisk.promises.forgotten()  # whatever else came of it came of that
    return (Ending.UNMET, forgotten) if forgotten else ended


async def _ending(
    scenario: Scenario, live: LiveInstance, session: Session, asterisk: Asterisk, far_end: FarEnd | None
) -> tuple[Ending, str]:
    code = Code(scenario)
    try:
        async with asyncio.timeout(scenario.deadline + 1) as limit:
            session.when_full = partial(limit.reschedule, 0.0)
            await _prepare_phones(scenario, live, session, far_end)
            await live.stasis.listen(scenario.stasis)
            await code.play(asterisk)
    except (DeadlineExceeded, TimeoutError) as problem:
        if session.is_full:
            return Ending.ENDLESS, ""
        late = await _ending_when_time_is_up(live, str(problem) or code.late)
        return as_expected(scenario.xfail, *late, problem)
    except HarnessError as problem:
        if live.broken or (session.broken and not isinstance(session.broken, NotPlayable)):
            return live.ending, _first_line(live.broken or str(problem))
        return as_expected(scenario.xfail, *ending_of(problem, scenario), problem)
    except Exception as problem:  # a Python scenario may raise anything: that is its outcome, not ours
        raised = problem.problem if isinstance(problem, Raised) else problem
        return as_expected(scenario.xfail, *ending_of(problem, scenario), raised)
    finally:
        session.when_full = None
    return as_expected(scenario.xfail, Ending.PLAYED, "")


async def _ending_when_time_is_up(live: LiveInstance, problem: str) -> tuple[Ending, str]:
    """Time ran out: because of what the scenario waits for, or because Asterisk hangs?"""
    if trouble := await live.diagnose():
        return live.ending, _first_line(trouble)
    return Ending.OVERDUE, problem


async def _gone(far_end: FarEnd | None, session: Session) -> str:
    """Why the phones that took part did nothing: that they did not ring proves nothing then."""
    if far_end is None or not (session.with_phones or _calls_phones(session)):
        return ""
    return await far_end.diagnose()


def _calls_phones(session: Session) -> bool:
    return any(not packet.get("Channel").startswith("Local/") for packet in session.packets("Newchannel"))


async def _prepare_phones(
    scenario: Scenario, live: LiveInstance, session: Session, far_end: FarEnd | None
) -> None:
    if not scenario.phones:
        return
    if far_end is None:
        raise NotPlayable("the site has no phones for the far end to stand in for")
    for name, behaviour in scenario.phones.items():
        try:
            await far_end.set_behaviour(live.name, name, behaviour.kind, behaviour.after)
        except Unregistered as problem:
            logged = [seen for seen in session.observations if isinstance(seen, LogLine)]
            said = newest_with(f"<sip:{name}@", (*logged, *await live.unowned_lines()))
            why = f"; the log of {live.name}: {_CALL_ID.sub('', said)}" if said else ""
            raise ScenarioError(f"{problem}{why} ({scenario.file.name}:{scenario.line})") from problem


async def _look_back(scenario: Scenario, live: LiveInstance, session: Session, attempts: Attempts) -> None:
    """What was done in vain is how the play ended, whatever came of it, unless the scenario expects it."""
    if live.broken or session.broken or session.ending not in _LOOKED_BACK_ON:
        return
    if "unreachable" not in scenario.expects and (why := await why_unreachable(attempts, live)):
        session.ending, session.problem = Ending.UNMET, why
        return
    refused = () if "refused" in scenario.expects else attempts.refused
    nothing = (NOTHING,) if attempts.is_nothing and "nothing" not in scenario.expects else ()
    for one in (*refused, *nothing):  # by itself no failure: it depends on the other instances
        session.step(IN_VAIN, What=one.what, Why=one.why, Place=one.place)


async def _reset_phones(scenario: Scenario, live: LiveInstance, far_end: FarEnd | None) -> None:
    """The phones are as they were before, for whoever uses them next."""
    if far_end is None or far_end.broken:
        return
    for name in scenario.phones:
        with suppress(HarnessError):
            await far_end.reset(live.name, name)


async def _hang_up(scenario: Scenario, live: LiveInstance, session: Session, far_end: FarEnd | None) -> None:
    """End what the scenario left open.

    What is ending by itself is given the time: to hang up into it would race with Asterisk. Then our own legs
    and the phones hang up as people do; what is still there after that is ended by force.
    """
    if live.broken:
        return
    await live.call_files.remove_all_of(session)
    if session.is_full:
        await cut_off(live, session)
    if any(session.packets("Hangup")):
        await _wait_for_hangups(session, _BY_ITSELF)
    ours = [unique for unique in session.roles if unique in session.open_channels]
    await _end(live, session, ours)
    live.conversations.end_all_of(session)
    await _reset_phones(scenario, live, far_end)
    await _wait_for_hangups(session, _BY_ITSELF)
    await _end(live, session, list(session.open_channels))
    await _wait_for_hangups(session, _HANGUPS)
    if session.open_channels and (session.is_full or goes_round(session.observations)):
        await cut_off(live, session)


async def _end(live: LiveInstance, session: Session, uniques: Sequence[str]) -> None:
    for unique in uniques:
        channel = session.open_channels.get(unique)
        if channel:
            with suppress(HarnessError):
                await live.action({"Action": "Hangup", "Channel": channel, "Cause": "16"})


async def _wait_for_hangups(session: Session, within: float) -> None:
    """Wait so long, or until the session is full: what goes in a circle ends by force."""
    if session.is_full:
        return
    with suppress(HarnessError, TimeoutError):
        async with asyncio.timeout(within) as limit:
            session.when_full = partial(limit.reschedule, 0.0)
            try:
                await session.all_ended(within)
            finally:
                session.when_full = None


def _made(session: Session) -> str:
    last = session.observations[-1].at if session.observations else 0.0
    return f"made {session.made:,} events in {last:.1f} s"


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
