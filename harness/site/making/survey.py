"""What was found in a configuration, and what of it was not read: for who makes a site of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.asterisk.conf import Config, is_true
from harness.model import Place
from harness.site.making.extensions import Number, contexts_of, entries_of, numbers_of
from harness.site.reading.phones import hosts_of, phones_of, trunks_of
from harness.site.reading.problems import one_of

__all__ = ["Survey", "Unread", "survey_of"]

_MOST_NAMED = 4
# Files of channel drivers of which the far end plays no phone: whose sections are phones.
_OTHER_PHONES: Mapping[str, str] = {
    "iax.conf": "IAX2",
    "skinny.conf": "Skinny",
    "sccp.conf": "SCCP",
    "mgcp.conf": "MGCP",
    "unistim.conf": "UNISTIM",
    "chan_dahdi.conf": "DAHDI",
}
_NOT_PHONES = frozenset(
    {"general", "global", "globals", "channels", "trunkgroups", "lines", "devices", "soft-keys"}
)
_FAMILIES = frozenset({"sippeers", "sipusers", "ps_endpoints", "iaxpeers", "iaxusers", "extensions", "queues"})


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was not read, where it is, and what that means."""

    place: Place
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@dataclass(frozen=True, slots=True)
class Survey:
    """Names of what was found. `entries` are contexts in which calls begin, `calls` the first that are made."""

    phones: tuple[str, ...] = ()
    trunks: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    calls: tuple[Number, ...] = ()
    unread: tuple[Unread, ...] = ()


def survey_of(config: Config, *, most_calls: int) -> Survey:
    """Look through a configuration; `most_calls` are the most numbers to choose."""
    contexts = contexts_of(config)
    return Survey(
        tuple(phone.name for phone in phones_of(config)),
        trunks_of(config),
        hosts_of(config),
        tuple(contexts),
        entries_of(config, contexts),
        numbers_of(config, most=most_calls),
        tuple(_unread(config)),
    )


def _unread(config: Config) -> Iterator[Unread]:
    yield from _users(config)
    yield from _other_phones(config)
    if (config.folder / "extensions.lua").is_file():
        yield Unread(Place("extensions.lua", 0), "a program: contexts that it makes while it runs are not known")
    for option in config.file("extensions.conf").everywhere("switch", "lswitch", "eswitch"):
        what = f"extensions that {option.value.partition('/')[0]} answers for are not known"
        yield Unread(option.place, what)
    for option in config.file("extconfig.conf").options("settings"):
        if option.name.lower() in _FAMILIES or option.name.lower().startswith("extensions."):
            yield Unread(option.place, f"{option.name} of a database are not known: what is there is not played")


def _users(config: Config) -> Iterator[Unread]:
    conf = config.file("users.conf")
    usual = {name: conf.get("general", name) for name in ("hassip", "hasiax")}
    phones = [
        section
        for section in conf.usable
        if section.name.lower() != "general"
        and any(is_true(section.get(name, value)) for name, value in usual.items())
    ]
    if phones:
        names = one_of((section.name for section in phones), most=_MOST_NAMED)
        count = f"{len(phones)} phone{'' if len(phones) == 1 else 's'}"
        what = f"{count} ({names}), which chan_sip or chan_iax2 makes; nobody rings or answers as one"
        yield Unread(phones[0].place, what)


def _other_phones(config: Config) -> Iterator[Unread]:
    for file, technology in _OTHER_PHONES.items():
        sections = [section for section in config.file(file).usable if section.name.lower() not in _NOT_PHONES]
        if sections:
            names = one_of((section.name for section in sections), most=_MOST_NAMED)
            kind = "phone or trunk" if len(sections) == 1 else "phones or trunks"
            what = f"{len(sections)} {kind} of {technology} ({names}); nobody rings or answers as one"
            yield Unread(sections[0].place, what)
