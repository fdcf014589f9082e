"""The far end's phones against real instances of both releases: what a phone does is what the dialplan sees."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import get_args

import pytest

from harness.errors import Unregistered
from harness.far_end.changes import Changes
from harness.far_end.files import phone_files
from harness.far_end.link import Event, FarEndLink
from harness.far_end.phones import FarEnd
from harness.lab import boot_trio, prepare
from harness.model import InstanceName
from harness.site.model import Phone, Site, SiteSide

pytestmark = pytest.mark.engine

OLD, CANDIDATE = "debian:bullseye", "debian:sid"
INSTANCES: tuple[InstanceName, ...] = get_args(InstanceName)
PATIENCE = 10.0

EXTENSIONS = """\
[phones]
exten => 600,1,Answer()
 same => n,UserEvent(Reached,Number: 600,Caller: ${CALLERID(num)})
 same => n,Wait(60)
exten => _[*#]X.,1,UserEvent(Reached,Number: ${EXTEN},Caller: ${CALLERID(num)})
 same => n,Busy(1)
exten => 700,1,Answer()
 same => n,Read(DIGITS,,6,,1,5)
 same => n,UserEvent(Pressed,Digits: ${DIGITS})
 same => n,Wait(60)
exten => _1XX,1,Dial(PJSIP/${EXTEN},20,g)
 same => n,Set(SAID=${HANGUPCAUSE(${HANGUPCAUSE_KEYS()},tech)})
 same => n,UserEvent(Dialled,Number: ${EXTEN},Status: ${DIALSTATUS},Said: ${SAID})
 same => n,Wait(60)
exten => _555X.,1,Dial(PJSIP/${EXTEN}@trunk,20,g)
 same => n,UserEvent(Dialled,Number: ${EXTEN},Status: ${DIALSTATUS})
"""

PJSIP = """\
[udp]
type=transport
protocol=udp
bind=0.0.0.0:5060
; as production has it behind a router: phones of the lab would send what ends a call, and their keys, to nobody
external_signaling_address=203.0.113.5
external_media_address=203.0.113.5
local_net=192.0.2.0/24

[phone](!)
type=endpoint
context=phones
disallow=all
allow=ulaw
direct_media=no

[trunk](phone)
aors=trunk
[trunk]
type=aor
contact=sip:trunk.example:5060
"""

PHONE = """
[{name}](phone)
auth={name}
aors={name}
callerid="Phone {name}" <{name}>
[{name}]
type=auth
username={username}
password={secret}
[{name}]
type=aor
max_contacts=1
remove_existing=yes
"""


PHONES = tuple(Phone(name, f"user-{name}", f"se;cret-{name}") for name in ("101", "102", "103", "104"))
STRANGER = Phone("109", "user-109", "wrong")
# A phone is called as its section is: by one letter, as `h` and `i` mean something else in a dialplan, as another
# phone but for the case, with signs that an address has to quote.
NAMES = (
    "desk-at-home",
    "a-at-b-at-old",
    "h",
    "i",
    "s",
    "x",
    "7",
    "a.b",
    "_x",
    "Bob",
    "bob",
    "+4930",
    "my phone",
    "a_20b",
)
NAMED = tuple(Phone(name, f"user-{number}", "secret") for number, name in enumerate(NAMES))


# What a phone does, what Dial() makes of it, and what was said on the wire. A 603 is no BUSY to Dial().
DEEDS = [("answer", "ANSWER", ""), ("busy", "BUSY", "SIP 486"), ("decline", "CHANUNAVAIL", "SIP 603")]


class Witness:
    """What an instance itself says, through a manager connection of its own."""

    def __init__(self, link: FarEndLink) -> None:
        self.link = link
        self.seen: list[Event] = []
        self.changes = Changes()
        for name in ("UserEvent", "Hangup", "HangupRequest", "BlindTransfer", "BridgeEnter", "Newstate"):
            link.on(name, self._sees)

    def _sees(self, event: Event) -> None:
        self.seen.append(event)
        self.changes.tell()

    def all(self, **wanted: str) -> list[Event]:
        return [e for e in self.seen if all(e.get(key) == value for key, value in wanted.items())]

    async def sees(self, **wanted: str) -> Event:
        """The first event with these headers, since the test began."""
        found = await self.changes.until(lambda: bool(self.all(**wanted)), within=PATIENCE)
        assert found, f"no {wanted} in\n" + "\n".join(map(str, self.seen))
        return self.all(**wanted)[0]

    async def calls(self, target: str) -> None:
        """A caller of the harness enters the dialplan."""
        call = {
            "Channel": f"Local/{target}@phones/n",
            "Context": "harness-leg",
            "Exten": "silent",
            "Priority": "1",
        }
        assert not await self.link.act({"Action": "Originate", **call, "Async": "true"})

    async def contact(self, phone: str) -> str:
        """Where a phone is registered from; its device state follows a moment later, at the instance's leisure."""
        return (await self.link.ask({"Action": "Getvar", "Variable": f"PJSIP_AOR({phone},contact)"})).get(
            "Value", ""
        )

    async def hangs_up_all(self) -> None:
        """No call is left, and nothing that was seen."""
        await self.link.act({"Action": "Hangup", "Channel": "/^.*$/", "Cause": "16"})

        async def quiet() -> bool:
            return len(await self.link.ask_list({"Action": "CoreShowChannels"})) <= 1  # its closing event

        async with asyncio.timeout(PATIENCE):
            while not await quiet():  # noqa: ASYNC110  # no event says that it was the last call
                await asyncio.sleep(0.05)
        self.seen.clear()


@dataclass
class Lab:
    """The trio, seen from both ends."""

    far_end: FarEnd
    witnesses: Mapping[InstanceName, Witness]
    unregistered: tuple[str, ...]


Act = Callable[[FarEnd, InstanceName, Witness], Coroutine[None, None, None]]
Play = Callable[[Act], None]


def phone_section(phone: Phone) -> str:
    secret = phone.secret.replace(";", "\\;")
    return PHONE.format(name=phone.name, username=phone.username, secret=secret)


@asynccontextmanager
async def opened(site: Site) -> AsyncIterator[Lab]:
    releases = await asyncio.to_thread(prepare, [OLD, CANDIDATE])
    files = partial(phone_files, site.phones)
    async with boot_trio(site, releases, phone_files=files) as trio:  # type: ignore[arg-type]  # a tiny site will do
        assert trio.phones is not None
        far_end = await FarEnd.connect(trio.phones)
        links = [await FarEndLink.connect(trio.instances[name], within=PATIENCE) for name in INSTANCES]
        unregistered = await far_end.register_all([phone.name for phone in site.phones], within=5.0)
        try:
            yield Lab(far_end, dict(zip(INSTANCES, map(Witness, links), strict=True)), unregistered)
        finally:
            far_end.close()
            for link in links:
                link.close()


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def lab(runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("etc")
    (folder / "modules.conf").write_text("[modules]\nautoload=yes\nnoload=chan_sip.so\n", encoding="utf-8")
    (folder / "extensions.conf").write_text(EXTENSIONS, encoding="utf-8")
    phones = [phone_section(phone) for phone in (*PHONES, *NAMED)]
    phones.append(phone_section(replace(STRANGER, secret="right")))
    (folder / "pjsip.conf").write_text(PJSIP + "".join(phones), encoding="utf-8")
    block = opened(
        Site(
            "phones",
            folder,
            SiteSide(OLD, folder),
            SiteSide(CANDIDATE, folder),
            standins=("trunk.example",),
            phones=(*PHONES, *NAMED, STRANGER),
        )
    )
    lab = runner.run(block.__aenter__())
    yield lab
    runner.run(block.__aexit__(None, None, None))


@pytest.fixture
def play(runner: asyncio.Runner, lab: Lab) -> Iterator[Play]:
    """Does the same on all three instances at once; afterwards the phones rest."""

    async def everywhere(act: Act) -> None:
        # A group: one that fails takes the others with it, so that nothing of it reaches the next test.
        async with asyncio.TaskGroup() as group:
            for name, witness in lab.witnesses.items():
                group.create_task(act(lab.far_end, name, witness))

    async def rest() -> None:
        for name, witness in lab.witnesses.items():
            await asyncio.gather(*(lab.far_end.reset(name, phone.name) for phone in (*PHONES, *NAMED)))
            await witness.hangs_up_all()

    yield lambda act: runner.run(everywhere(act))
    runner.run(rest())


def test_all_phones_register_and_one_with_a_wrong_password_is_named(lab: Lab) -> None:
    assert len(lab.unregistered) == 3
    assert all(line.startswith("phone 109 cannot register with ") for line in lab.unregistered)


def test_a_phone_calls_and_hangs_up_without_a_reason(play: Play) -> None:
    async def act(phones: FarEnd, name: InstanceName, witness: Witness) -> None:
        await phones.dial(name, "101", "600")
        assert (await witness.sees(UserEvent="Reached"))["Caller"] == "101"
        await phones.hangup(name, "101")
        request = await witness.sees(Event="HangupRequest")
        # A known change: 22 tells the cause of a hangup request only if the BYE had a Reason.
        assert request.get("Cause") in ((None,) if name == "candidate" else ("0", "16")), request

    play(act)


@pytest.mark.parametrize("number", ["*97", "#21"])
def test_a_phone_dials_keys_that_an_address_has_to_quote(play: Play, number: str) -> None:
    async def act(phones: FarEnd, name: InstanceName, witness: Witness) -> None:
        await phones.dial(name, "101", number)
        assert (await witness.sees(UserEvent="Reached"))["Number"] == number

    play(act)


@pytest.mark.parametrize(("kind", "status", "said"), DEEDS)
@pytest.mark.parametrize("after", [0.0, 0.5])
def test_a_phone_does_by_itself_what_it_was_told(
    play: Play, kind: str, status: str, said: str, after: float
) -> None:
    async def act(phones: FarEnd, name: InstanceName, witness: Witness) -> None:
        await phones.set_behaviour(name, "102", kind, after)
        await witness.calls("102")
        if kind == "answer":
            await phones_up(witness, "102")
            await phones.hangup(name, "102")
        dialled = await witness.sees(UserEvent="Dialled", Number="102")
        assert dialled["Status"] == status
        assert dialled.get("Said", "").startswith(said)

    play(act)


@pytest.mark.parametrize(("deed", "status", "said"), DEEDS)
def test_a_ringing_phone_does_what_a_hand_does(play: Play, deed: str, status: str, said: str) -> None:
    async def act(phones: FarEnd, name: InstanceName, witness: Witness) -> None:
        await phones.set_behaviour(name, "102", "ring", 0.0)
        await witness.calls("102")
        await getattr(phones, deed)(name, "102")
        if deed == "answer":
            await phones_up(witness, "102")
            await phones.hangup(name, "102")
        dialled = await witness.sees(UserEvent="Dialled", Number="102")
        assert dialled["Status"] == status
        assert dialled.get("Said", "").startswith(said)

    play(act)


async def phones_up(witness: Witness, phone: str, *, times: int = 1) -> None:
    def up() -> bool:
        states = witness.all(Event="Newstate", ChannelStateDesc="Up")
        return len({e["Uniqueid"] for e in states if e["Channel"].startswith(f"PJSIP/{phone}-")}) == times

    assert await witness.changes.until(up, within=PATIENCE)


@pytest.mark.parametrize("phone", NAMES)
def test_a_phone_of_any_name_is_called_and_calls(play: Play, phone: str) -> None:
    async def act(phones: FarEnd, name: InstanceName, witness: Witness) -> None:
        await phones.set_behaviour(name, phone, "answer", 0.0)
        call = {"Channel": f"PJSIP/{phone}", "Context": "phones", "Exten": "600", "Priority": "1", "Async": "true"}
        assert not await witness.link.act({"Action": "Originate", **call})
        await phones_up(witness, phone)
        await phones.hangup(name, phone)
        await witness.sees(Event="Hangup")
        witness.seen.clear()
        await phones.dial(name, phone, "600")
        assert (await witness.sees(UserEvent="Reached"))["Channel"].startswith(f"PJSIP/{phone}-")

    play(act)


def test_a_phone_that_is_offline_is_not_reached_and_comes_back(play: Play) -> None:
    async def act(phones: FarEnd, name: InstanceName, witness: Witness) -> None:
        await phones.set_behaviour(name, "103", "offline", 0.0)
        await witness.calls("103")
        assert (await witness.sees(UserEvent="Dialled", Number="103"))["Status"] == "CHANUNAVAIL"
        witness.seen.clear()
        await phones.set_behaviour(name, "103", "busy", 0.0)
        await witness.calls("103")
        assert (await witness.sees(UserEvent="Dialled", Number="103"))["Status"] == "BUSY"

    play(act)


def test_keys_pressed_on_a_phone_that_called_are_read(play: Play) -> None:
    async def act(phones: FarEnd, name: InstanceName, witness: Witness) -> None:
        await phones.dial(name, "101", "700")
        await phones.dtmf(name, "101", "19*0D#", 0.25)
        assert (await witness.sees(UserEvent="Pressed"))["Digits"] == "19*0D"

    play(act)


def test_keys_pressed_on_a_phone_that_was_called_are_read(play: Play) -> None:
    async def act(phones: FarEnd, name: InstanceName, witness: Witness) -> None:
        await phones.set_behaviour(name, "102", "answer", 0.0)
        call = {"Channel": "PJSIP/102", "Context": "phones", "Exten": "700", "Priority": "1", "Async": "true"}
        await witness.link.act({"Action": "Originate", **call})
        await phones_up(witness, "102")
        await phones.dtmf(name, "102", "123456", 0.25)
        assert (await witness.sees(UserEvent="Pressed"))["Digits"] == "123456"

    play(act)


@pytest.mark.parametrize("transferer", ["101", "102"])
def test_a_phone_transfers_blindly(play: Play, transferer: str) -> None:
    async def act(phones: FarEnd, name: InstanceName, witness: Witness) -> None:
        await phones.set_behaviour(name, "102", "answer", 0.0)
        await phones.dial(name, "101", "102")
        # A call that is answered is not yet bridged; transferred before that, it is no transfer to Asterisk.
        assert await witness.changes.until(lambda: len(witness.all(Event="BridgeEnter")) == 2, within=PATIENCE)
        await phones.transfer(name, transferer, "600")
        transfer = await witness.sees(Event="BlindTransfer")
        assert (transfer["Result"], transfer["Extension"]) == ("Success", "600")
        await witness.sees(UserEvent="Reached")

    play(act)


def test_whom_a_trunk_reaches_answers(play: Play) -> None:
    async def act(phones: FarEnd, name: InstanceName, witness: Witness) -> None:
        await phones.set_behaviour(name, "trunk", "answer", 0.0)
        await witness.calls("5550100")
        await phones_up(witness, "trunk")
        await phones.hangup(name, "trunk")
        assert (await witness.sees(UserEvent="Dialled", Number="5550100"))["Status"] == "ANSWER"
        await phones.reset(name, "trunk")

    play(act)


def test_a_phone_is_off_the_network_when_that_is_said(play: Play) -> None:
    async def act(phones: FarEnd, name: InstanceName, witness: Witness) -> None:
        for _ in range(10):
            await phones.set_behaviour(name, "104", "offline", 0.0)
            assert not await witness.contact("104")
            await phones.set_behaviour(name, "104", "ring", 0.0)
            assert await witness.contact("104")

    play(act)


@pytest.mark.parametrize("kind", ["answer", "busy", "decline"])
def test_a_phone_that_does_it_at_once_has_rung_each_time(play: Play, kind: str) -> None:
    async def act(phones: FarEnd, name: InstanceName, witness: Witness) -> None:
        await phones.set_behaviour(name, "102", kind, 0.0)
        for count in range(1, 11):
            await witness.calls("102")
            if kind == "answer":
                await phones_up(witness, "102", times=count)
                await phones.hangup(name, "102")
            done = partial(lambda count: len(witness.all(UserEvent="Dialled")) == count, count)
            assert await witness.changes.until(done, within=PATIENCE)
        rang = [e for e in witness.all(ChannelStateDesc="Ringing") if e["Channel"].startswith("PJSIP/102-")]
        assert len({e["Uniqueid"] for e in rang}) == 10

    play(act)


def test_a_phone_that_cannot_register_says_with_which_answer(play: Play) -> None:
    async def act(phones: FarEnd, name: InstanceName, _: Witness) -> None:
        with pytest.raises(Unregistered, match=rf"phone 109 cannot register with {name} \(SIP 40\d, Rejected\)"):
            await phones.set_behaviour(name, "109", "answer", 0.0)

    play(act)


def test_many_phones_press_keys_at_once_and_none_waits_for_another(play: Play) -> None:
    async def act(phones: FarEnd, name: InstanceName, witness: Witness) -> None:
        async def one(phone: str) -> float:
            """When all keys were pressed."""
            await phones.dtmf(name, phone, "123456", 0.5)
            return asyncio.get_running_loop().time()

        for phone in PHONES:
            await phones.dial(name, phone.name, "700")
        ends = await asyncio.gather(*(one(phone.name) for phone in PHONES))
        assert max(ends) - min(ends) < 5.0  # one after the other: more than 9 s
        assert await witness.changes.until(lambda: len(witness.all(UserEvent="Pressed")) == 4, within=PATIENCE)
        assert {e["Digits"] for e in witness.all(UserEvent="Pressed")} == {"123456"}

    play(act)
