"""Asks one running instance what its interfaces offer, and what they answer to who only reads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import cast
from xml.etree import ElementTree

import requests

from harness.ask.documents import ask_documents
from harness.ask.over_ami import AmiAsk
from harness.asterisk.answers import READ_ONLY, READ_ONLY_GETS, ami_answer, ari_answer
from harness.asterisk.cli_tables import Items, Unreadable
from harness.asterisk.documents import interfaces
from harness.facts.inventory import Inventory, Listing
from harness.lab.instance.instance import Instance
from harness.model import Headers, Json

__all__ = ["ARI_SECTIONS", "listed_actions", "take_surfaces"]

_DOCUMENTED: Mapping[str, Callable[[ElementTree.Element], Items]] = {
    "AMI argument": interfaces.ami_arguments,
    "AMI event": interfaces.ami_events,
    "AMI event header": interfaces.ami_headers,
    "AGI command": interfaces.agi_commands,
}
_SECONDS = 20.0
ARI_SECTIONS = ("ARI operation", "ARI parameter", "ARI model", "ARI field")
"""What ARI's declarations tell of."""
_ALL_OF_ARI = (*ARI_SECTIONS, "ARI answer", "ARI answer field")


async def take_surfaces(instance: Instance, inventory: Inventory) -> dict[str, Listing]:
    """The sections of AMI, AGI and ARI. What cannot be read is a section with a problem."""
    ask = AmiAsk(instance)
    endpoints = list(inventory.section("endpoint").items)
    (sections, answers), ari = await asyncio.gather(_ami(ask, endpoints), asyncio.to_thread(_ari, instance))
    clients = {
        f"{kind} client": Listing(
            {name: {} for name in inventory.section(users).items if name != instance.username}
        )
        for kind, users in (("AMI", "manager user"), ("ARI", "ARI user"))
    }
    data = instance.release.directory("astdatadir")
    return sections | answers | await _documented(ask, data) | ari | clients


async def _ami(ask: AmiAsk, endpoints: Sequence[str]) -> tuple[dict[str, Listing], dict[str, Listing]]:
    details = [{"Action": "PJSIPShowEndpoint", "Endpoint": name} for name in endpoints]
    actions = [{"Action": "ListCommands"}, *({"Action": name} for name in READ_ONLY), *details]
    (listed, *answers) = await ask.actions(actions)
    entries: Items = {}
    names: Items = {}
    for action, packets in zip(actions[1:], answers, strict=True):
        found, headers = ami_answer(action["Action"], packets)
        entries |= found
        names |= headers
    return {"AMI action": listed_actions(listed)}, {
        "AMI answer": Listing(entries),
        "AMI answer header": Listing(names),
    }


def listed_actions(listed: Sequence[Headers]) -> Listing:
    """The actions of an answer to ListCommands, with their privileges.

    There is a line `Name: what it does  (Priv: system,all)` for each.
    """
    pairs = [pair for pair in listed[0] if "(Priv: " in pair[1]] if listed else []
    if not pairs:
        return Listing(problem="ListCommands lists nothing")
    return Listing({name: {"privilege": _privilege(text)} for name, text in pairs})


def _privilege(text: str) -> str:
    return ",".join(sorted(text.rpartition("(Priv: ")[2].rstrip(") ").split(",")))


async def _documented(ask: AmiAsk, data: str) -> dict[str, Listing]:
    try:
        root = await ask_documents(ask, (data,))
    except Unreadable as problem:
        return dict.fromkeys(_DOCUMENTED, Listing(problem=str(problem)))
    return {name: Listing(read(root)) for name, read in _DOCUMENTED.items()}


def _ari(instance: Instance) -> dict[str, Listing]:
    """A site without ARI has nothing of it to lose."""
    if not instance.ari:
        return {name: Listing() for name in _ALL_OF_ARI}
    url = f"http://{instance.web}/ari/"
    with requests.Session() as session:
        session.auth = (instance.username, instance.secret)
        try:
            declarations = _declarations(session, url)
            answers = [(path, *_get(session, url + path)) for path in READ_ONLY_GETS]
        except (requests.RequestException, ValueError) as problem:
            return dict.fromkeys(_ALL_OF_ARI, Listing(problem=f"ARI does not answer: {type(problem).__name__}"))
    declared = (*interfaces.ari_operations(declarations), *interfaces.ari_fields(declarations))
    entries: Items = {}
    names: Items = {}
    for path, status, body in answers:
        found, leaves = ari_answer(path, status, body)
        entries |= found
        names |= leaves
    return {name: Listing(items) for name, items in zip(_ALL_OF_ARI, (*declared, entries, names), strict=True)}


def _declarations(session: requests.Session, url: str) -> list[Mapping[str, Json]]:
    """Each resource's declaration, in the order in which the release lists them."""
    _, listed = _get(session, f"{url}api-docs/resources.json")
    apis = listed.get("apis") if isinstance(listed, dict) else None
    if not isinstance(apis, list):
        raise ValueError("resources.json lists nothing")  # noqa: TRY004 # of what came, not of ours
    paths = [str(api["path"]).replace("{format}", "json") for api in apis if isinstance(api, dict)]
    found = [_get(session, f"{url}api-docs/{path.rpartition('/')[2]}")[1] for path in paths]
    return [declared for declared in found if isinstance(declared, dict)]


def _get(session: requests.Session, url: str) -> tuple[int, Json]:
    response = session.get(url, timeout=_SECONDS)
    try:
        return response.status_code, cast(Json, json.loads(response.text))
    except ValueError:
        return response.status_code, None
