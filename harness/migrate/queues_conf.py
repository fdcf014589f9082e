"""`monitor-type = MixMonitor` of queues.conf goes: there is no other way of recording."""

from __future__ import annotations

from harness.migrate.model import Change, Edit, Found, Left, Subject, Witness

__all__ = ["CHANGE"]

_WHY = "monitor-type went in Asterisk 21: queues always record with MixMonitor"
_WITH_MONITOR = (
    "Queues record with MixMonitor since Asterisk 21: one file a call, where Monitor wrote two or mixed them"
)
_ADVICE = "Look at what fetches the recordings (monitor-format, MONITOR_FILENAME, MONITOR_EXEC)."


def _find(subject: Subject) -> Found:
    edits: list[Edit] = []
    left: list[Left] = []
    conf = subject.conf("queues.conf")
    general = conf.get("general", "monitor-type")
    for section in conf.usable:
        mixed = _is_mixed(section.get("monitor-type", general))
        for option in section.options:
            file, line = option.place.file, option.place.line
            if option.name.lower() == "monitor-type":
                edits.append(Edit(file, line, 0, 0, ";", _WHY))
            elif option.name.lower() == "monitor-format" and option.value and not mixed:
                left.append(Left(file, line, _WITH_MONITOR, _ADVICE))
    return Found(tuple(dict.fromkeys(edits)), tuple(dict.fromkeys(left)))


def _is_mixed(kind: str) -> bool:
    return kind.lower().startswith("mix")


CHANGE = Change(
    "queue-monitor-type",
    _find,
    Witness(
        {"queues.conf": "[general]\nmonitor-type = MixMonitor ; one file\n[q]\nmonitor-format = wav\n"},
        {"queues.conf": "[general]\n;monitor-type = MixMonitor ; one file\n[q]\nmonitor-format = wav\n"},
    ),
)
