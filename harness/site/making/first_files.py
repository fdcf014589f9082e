"""The first files of a site folder: site.toml, waivers.yaml and scenarios.yaml, as text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from harness.site.making.extensions import Number
from harness.site.making.files import LeftOut

__all__ = ["DATA", "WAIVERS", "scenarios_text", "site_text"]

_MOST_NOTED = 100
_SITE = """\
#:schema .schema/site.json
# What runs in production, and what is to run there. Every key: docs/site.md
# The configuration holds the passwords of phones and trunks: keep this folder as private as the original.
name = {name}

# Host names of providers and other systems. In the lab they lead to the far end, which rings and answers.
{hosts}{production}
[old]
release = "debian:bullseye"   # production: debian:bullseye is Asterisk 16; image:REF is an image of your own
config = "old"

[candidate]
release = "debian:sid"        # the release to upgrade to
config = "candidate"          # a copy of old/ now: change here what the new release needs

{data}
# How much a rule's findings weigh here: breaking, review, additive or info.
# [severity]
# duration-changed = "info"

# [limits]
# concurrency = 200               # scenarios played at once
# trios = 2                       # trios at once, of which each `clock:` takes one; 1 where memory is short
# deadline = 30                   # seconds for one scenario
"""

_PRODUCTION = """\

# What production had loaded and in force: preflight compares it with the old instance.
production = "{}"
"""

WAIVERS = """\
# yaml-language-server: $schema=.schema/waivers.json
# Findings that you have looked at and accept. Each needs a reason; the report shows fingerprints.
#
# waivers:
#   - fingerprint: 0123456789ab
#     reason: The provider wants the new header.
#     until: 2030-12-31           # the last day; then it holds the promotion again
#   - rule: duration-changed      # or patterns (scenario, where, event, field, subject, about): all have to match
#     scenario: queue/*
#     reason: The new music is longer.
waivers:
"""

_SCENARIOS = """\
# yaml-language-server: $schema=.schema/scenarios.json
# First calls, made of your own dialplan: what they do is compared, nothing is expected yet.
# They take turns (`uses`), as two of them may meet in a queue: write what each shares with others (queue/sales).
# What else can be said (phones that answer, keys that are pressed, expectations): docs/scenarios.md
scenarios:
"""

_NONE = """\
# yaml-language-server: $schema=.schema/scenarios.json
# No extension was found in extensions.conf. A first scenario, with a number and context of yours:
#
# scenarios:
#   - name: first-call
#     steps:
#       - call: "600@from-internal"
#       - pause: 2
#       - hangup:
scenarios: []
"""


DATA: Mapping[str, tuple[str, str]] = {
    "astdb": ("data/astdb.sqlite3", "/var/lib/asterisk/astdb.sqlite3"),
    "voicemail": ("data/voicemail", "/var/spool/asterisk/voicemail"),
    "sounds": ("data/sounds", "your own, laid over the release's"),
    "agi_bin": ("data/agi-bin", "AGI scripts; what they need goes into `packages`, above [old]"),
    "modules": ("data/modules", "modules that are not Asterisk's own (.so)"),
    "keys": ("data/keys", "/var/lib/asterisk/keys"),
    "machine": ("data/machine", "other files, by their paths on the machine"),
}
"""site.toml's [data], by key: where in a site each part lies, and what it is."""


def site_text(
    name: str,
    *,
    hosts: Sequence[str] = (),
    data: Mapping[str, str] | None = None,
    production: str = "",
    left_out: Sequence[LeftOut] = (),
) -> str:
    """site.toml. `hosts` are those found in the configuration, `data` what [data] names, by key.

    `production` is the file with what production had in force, empty where there is none.
    """
    found = f"# Found in the configuration, and so not needed here: {', '.join(hosts)}\n" if hosts else ""
    text = _SITE.format(
        name=_in_quotes(name),
        hosts=f'{found}# stand_ins = ["sip.provider.example"]\n',
        production=_PRODUCTION.format(production) if production else "",
        data=_data(data or {}),
    )
    return text + _notes(left_out)


def _data(data: Mapping[str, str]) -> str:
    lines = ["# What is restored besides configuration; put the files below data/ and take the # away."]
    lines.append("[data]" if data else "# [data]")
    for key, (usual, what) in DATA.items():
        setting = f'{key} = "{data.get(key, usual)}"'
        lines.append(f"{'' if key in data else '# '}{setting:<34}# {what}")
    return "\n".join(lines) + "\n"


def _notes(left_out: Sequence[LeftOut]) -> str:
    lines = [f"#   {re.sub(r'[^ -~]', '?', str(one))}\n" for one in left_out[:_MOST_NOTED]]
    if len(left_out) > _MOST_NOTED:
        lines.append(f"#   ... and {len(left_out) - _MOST_NOTED} more\n")
    return "".join(["\n# Not copied:\n", *lines]) if lines else ""


def scenarios_text(numbers: Sequence[Number]) -> str:
    """scenarios.yaml with a call to each number."""
    if not numbers:
        return _NONE
    return _SCENARIOS + "\n".join(
        _scenario(number, f"call-{place}-{_word(number.number)}".rstrip("-"))
        for place, number in enumerate(numbers, 1)
    )


def _scenario(number: Number, name: str) -> str:
    title = f"A call to {number.number} in {number.context}"
    if number.number != number.extension:
        title += f", which {number.extension} answers"
    return (
        f"  - name: {name}\n"
        f"    title: {_in_quotes(title)}\n"
        "    uses: [first/calls]\n"
        "    steps:\n"
        f"      - call: {_in_quotes(f'{number.number}@{number.context}')}\n"
        "      - pause: 2\n"
        "      - hangup:\n"
    )


def _word(number: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", number.lower().replace("*", "star").replace("#", "hash")).strip("-")


def _in_quotes(text: str) -> str:
    """As YAML and TOML both have it."""
    clean = text.encode("utf-8", "replace").decode("utf-8").replace("\x7f", "?")
    return json.dumps(clean, ensure_ascii=True)
