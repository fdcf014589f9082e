"""Why a site needs a module: it uses what that brings, configures it, or has things in force through it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.asterisk.dialplan.uses import SiteUses
from harness.asterisk.modules import CHANNELS, brought_by, file_of
from harness.facts.inventory import Inventory
from harness.judge.checks.changes import View, missing
from harness.model import Place

__all__ = ["Need", "Needs", "lost_peers", "needs_of", "says_something"]


@dataclass(frozen=True, slots=True)
class Need:
    """A reason in words, and where the site says so. `by_file`: only that its configuration file is there."""

    why: str
    places: tuple[Place, ...] = ()
    by_file: bool = False


Needs = tuple[Need, ...]

_OPTIONAL = ("res_pjsip_phoneprov", "res_pjsip_history", "res_pjsip_logger", "res_pjsip_config_wizard")
_ENCRYPTION = ("media_encryption", "encryption")


def needs_of(view: View, module: str, uses: SiteUses) -> Needs:
    """All reasons; none where nothing of the site uses the module."""
    found = (*_used(module, uses), *_channel(view, module, uses), *_in_force(view, module))
    return found or tuple(_configured(view.candidate, module))


def lost_peers(view: View) -> tuple[str, ...]:
    """SIP peers of the old release that are no endpoints of the candidate."""
    there = view.candidate.section("endpoint").items
    return tuple(change.item for change in missing(view, "sip peer") if change.item not in there)


def says_something(side: Inventory, file: str) -> bool:
    """Whether a configuration file sets anything."""
    return any(section.options for section in side.file(file).sections)


def _used(module: str, uses: SiteUses) -> Iterator[Need]:
    brings = brought_by(module)
    for name, places in {**uses.applications, **uses.functions}.items():
        if name.lower() in brings:
            yield Need(f"The site uses {name}", places)


def _channel(view: View, module: str, uses: SiteUses) -> Iterator[Need]:
    technology = CHANNELS.get(module, "")
    if not technology or view.candidate.has("technology", technology):
        return
    if (dialled := uses.technologies.get(technology)) is not None:
        yield Need(f"The site dials or watches {technology}/...", dialled)
    if module == "chan_sip" and (lost := lost_peers(view)):
        placed = {name: place for name in lost if (place := view.place("sip peer", name))}
        files = " and ".join(sorted({place.file for place in placed.values()})) or "sip.conf"
        counted = f"{len(lost)} of {len(view.old.section('sip peer').items)} peers of {files}"
        yield Need(f"{counted} have no PJSIP endpoint: {', '.join(lost)}", tuple(placed.values()))


def _in_force(view: View, module: str) -> Iterator[Need]:
    """What the old release has in force through it."""
    old = view.old
    if module.startswith(("res_ari", "res_stasis", "res_http_websocket")) and old.section("ARI").items:
        yield Need("ARI is served through it")
    endpoints = old.section("endpoint").items
    if (
        module.startswith(("res_pjsip", "chan_pjsip", "res_rtp"))
        and not module.startswith(_OPTIONAL)
        and endpoints
    ):
        yield Need(f"The site has {len(endpoints)} PJSIP endpoints")
    if module.startswith("codec_"):
        name = module.partition("_")[2]
        if any(name in endpoint.get("allow", "") for endpoint in endpoints.values()):
            yield Need(f"Endpoints allow {name}")
    if module == "res_srtp":
        options = (o for file in ("pjsip.conf", "sip.conf") for o in old.file(file).everywhere(*_ENCRYPTION))
        places = tuple(old.place(o.place) for o in options if o.value.lower() not in ("no", "off", "false"))
        if places:
            yield Need("The site encrypts media", places)


def _configured(candidate: Inventory, module: str) -> Iterator[Need]:
    file = file_of(module)
    if says_something(candidate, file):
        place = candidate.find(file)
        yield Need(f"The site has {file}", (place,) if place else (), by_file=True)
