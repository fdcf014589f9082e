"""Pages to look at: a report with all that a run keeps, and a page as a parser without a browser sees it."""

from __future__ import annotations

import io
import sys
import wave
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from harness.judge import Maps
from harness.judge.align import align
from harness.judge.normalise import normalise
from harness.model import (
    Ending,
    Finding,
    InstanceName,
    Outcome,
    OverlayLine,
    Place,
    Report,
    Severity,
    Waiver,
    Written,
)
from harness.report.page import Details, PlayTold
from harness.report.page.ladder import Cause, Ladder, ladder_of
from harness.report.page.pack import pack
from harness.report.page.sources import SourceFile, Sources
from harness.testing import trace

sys.path.insert(0, str(Path(__file__).parent))
import samples

ROLES = (("1.1", "caller"), ("1.2", "caller;2"))
HEAD = "Channel: Local/9@x-0000000a;2\nUniqueid: 1.2\nLinkedid: 1.1"
PHONE = "Channel: PJSIP/101-00000001\nUniqueid: 1.3\nLinkedid: 1.1"
CALL = (
    f"Event: Newchannel\n{HEAD}\nChannelStateDesc: Ring",
    f"Event: Newexten\n{HEAD}\nContext: ivr\nExtension: 600\nPriority: 3\nApplication: Dial\nAppData: PJSIP/101",
    f"Event: Newchannel\n{PHONE}\nChannelStateDesc: Down",
    f"Event: DialBegin\n{HEAD}\nDestChannel: PJSIP/101-00000001\nDestUniqueid: 1.3\nDialString: 101",
    f"Event: Newstate\n{PHONE}\nChannelStateDesc: Ringing",
    f"Event: Playback\n{HEAD}\nSound: welcome\nLanguage: en",
    f"Event: Cdr\n{HEAD}\nDestination: 600\nDisposition: ANSWERED",
    f"Event: Hangup\n{HEAD}\nCause: 16",
)
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\r\n\x1b[2J\u2028\u202e\"'&{{7*7}}"


def ladder(old: tuple[str, ...] = CALL, candidate: tuple[str, ...] = CALL, *causes: Cause) -> Ladder:
    """The ladder of a call from texts of its events."""
    traces = [trace("\n\n".join(events), roles=ROLES) for events in (old, candidate)]
    return ladder_of(align(*map(normalise, traces)), *traces, Maps(), causes)


def heard() -> Ladder:
    """A call of which a recording is kept, a second of silence on either side."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16_000))
    seen = Written(1.0, "recording", "monitor/a.wav", (("Format", "wav"), ("Seconds", "1.0")), file.getvalue())
    call = trace("\n\n".join(CALL), roles=ROLES)
    recorded = replace(call, observations=(*call.observations, seen))
    return ladder_of(align(normalise(recorded), normalise(recorded)), recorded, recorded, Maps())


def differing() -> Ladder:
    """The caller hears nothing on the candidate, and the call ends otherwise."""
    last = CALL[-1].replace("16", "17")
    return ladder(CALL, (*CALL[:5], CALL[6], last), Cause((7, 6), "Hangup", 1))


def details() -> Details:
    """All that a run keeps, of the report that `samples.hold` is."""
    lines = tuple((number, f"exten => _X.,{number},NoOp({number})") for number in range(38, 48))
    ends: list[tuple[int, InstanceName, Ending]] = [
        (0, "old", Ending.PLAYED),
        (0, "candidate", Ending.OVERDUE),
        (1, "candidate", Ending.PLAYED),
    ]
    return Details(
        plays={
            "ivr/sales-menu": tuple(PlayTold(n, i, e, "no welcome" * (e is Ending.OVERDUE)) for n, i, e in ends)
        },
        ladders={"ivr/sales-menu": pack(differing()), "calls/call-01": pack(ladder())},
        left_out=frozenset({"calls/call-02"}),
        sources=Sources(files=(SourceFile("extensions.conf", lines),)),
        ran={Place("extensions.conf", 42): 2, Place("extensions.conf", 43): 0},
        waivers=(
            Waiver("We move to UTC anyway (ticket 12)", Place("waivers.yaml", 3), rule="time-zone-unknown"),
            Waiver("planned", Place("waivers.yaml", 9), fingerprint="cafe"),
        ),
    )


def large(scenarios: int, findings: int) -> tuple[Report, Details]:
    """As many scenarios and findings as are asked for, each scenario with a ladder."""
    ids = [f"calls/call-{number:05}" for number in range(scenarios)]
    found = tuple(
        replace(
            samples.MACRO,
            scenario=ids[number % scenarios],
            title=f"The candidate has no application App{number}",
            severity=(Severity.BREAKING, Severity.REVIEW, Severity.ADDITIVE)[number % 3],
            where=Place("extensions.conf", 38 + number % 10),
            fingerprint=f"{number:012x}",
        )
        for number in range(findings)
    )
    plain = samples.hold().results[0]
    results = tuple(
        replace(plain, id=id_, title=id_, outcome=Outcome.DIFFERS if number % 2 else Outcome.SAME, findings=())
        for number, id_ in enumerate(ids)
    )
    report = replace(samples.hold(), results=results, findings=found)
    packed = pack(ladder(CALL * 14, CALL * 13))  # as many steps as a call of the demo has
    return report, replace(details(), ladders=dict.fromkeys(ids, packed), left_out=frozenset())


def full(ladders: Mapping[str, str], room: int) -> Mapping[str, str]:
    """The same ladders, together as long as a page has room for."""
    return {id_: text.ljust(room // len(ladders), "A") for id_, text in ladders.items()}


def hostile(value: str) -> Report:
    """A report with one value wherever a site or Asterisk may have put it."""
    finding = Finding(
        value, samples.MACRO.severity, value, value, value, value, value, Place(value, 3), value, value, value,
        notes=(value,), about=value, subject=value, event=value, field=value, details={value: value},
        places=(Place(value, 3), Place(value, 4)), covered=value,
    )  # fmt: skip
    other = replace(samples.MACRO, title=f"{value}1", link=value, scenario=value, consequences=())
    finding = finding.following([other])
    result = replace(samples.hold().results[0], id=value, suite="dialplan", title=value, problem=value)
    failed = replace(result, id=f"{value}2", outcome=Outcome.NOT_COMPARED, suite=value, where=Place(value, 2))
    return replace(
        samples.hold(),
        site=value,
        results=(result, failed),
        findings=(finding, replace(finding, waived=value)),
        problems=(f"{value}\n{value}",),
        overlay=(OverlayLine(value, value, value),),
        left_out=(value,),
    )


class Page(HTMLParser):
    """Elements, ids and links of a page. Raises AssertionError where tags are not closed in their order."""

    _VOID = frozenset("meta link br input".split())

    def __init__(self, text: str) -> None:
        super().__init__()
        self.count: Counter[str] = Counter()
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element, with what it has."""
        self.count[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in self._VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Its end."""
        assert self._open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data: str) -> None:
        """What a person reads; styles and scripts are none of it."""
        if self._open and self._open[-1] not in ("script", "style"):
            self.text.append(data)

    def of(self, name: str) -> list[str]:
        """The values of an attribute."""
        return [value for _, key, value in self.attributes if key == name]

    @property
    def words(self) -> str:
        """All text, spaces folded."""
        return " ".join(" ".join(self.text).split())
