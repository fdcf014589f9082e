"""What scenarios share in astdb is as it was before when the next one has its turn, however this one ended."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress

from harness.errors import HarnessError
from harness.play.live_instance import LiveInstance

__all__ = ["read_entries", "restoring_astdb"]

_KIND = "astdb/"
# `%-50s: %-25s` in Asterisk: only a key that is longer than that ends where the first colon is.
_ENTRY = re.compile(r"(?P<key>/.{49}|/.{49,}?): (?P<value>.*)")


@asynccontextmanager
async def restoring_astdb(live: LiveInstance, uses: Collection[str]) -> AsyncIterator[None]:
    """After the block, the astdb families that a scenario names in `uses` (`astdb/night`) hold what they held."""
    families = [name.removeprefix(_KIND) for name in uses if name.startswith(_KIND)]
    before = {family: await _entries(live, family) for family in families}
    try:
        yield
    finally:
        for family, entries in before.items():
            if not live.broken:
                with suppress(HarnessError):  # whoever uses it next is told what is wrong with the instance
                    await _restore(live, entries, await _entries(live, family))


def read_entries(lines: Collection[str]) -> Mapping[str, str]:
    """`/family/key` → value, from the lines of `database show`. A value may go on in lines of its own."""
    entries: dict[str, str] = {}
    newest = ""
    for line in lines:
        if found := _ENTRY.fullmatch(line):
            newest = found["key"].rstrip()
            entries[newest] = found["value"].rstrip()
        elif newest and not line.endswith("results found."):
            entries[newest] += f"\n{line}"
    return entries


async def _entries(live: LiveInstance, family: str) -> Mapping[str, str]:
    answer = await live.response({"Action": "Command", "Command": f"database show {family}"})
    return read_entries([value for name, value in answer if name == "Output"])


async def _restore(live: LiveInstance, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    for entry in sorted(before.keys() | after.keys()):
        if before.get(entry) == after.get(entry):
            continue
        family, _, key = entry.strip("/").partition("/")
        where = {"Family": family, "Key": key}
        if entry in before:
            await live.response({"Action": "DBPut", **where, "Val": before[entry]})
        else:
            await live.response({"Action": "DBDel", **where})
