"""Which of a build's choices a site uses, and where. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from harness.asterisk.menuselect.members import STORAGES
from harness.asterisk.modules import CHANNELS
from harness.judge.builds.choices import Choice
from harness.judge.research.note_concerns import SiteUses
from harness.model import Place

__all__ = ["with_uses"]


def with_uses(choices: Iterable[Choice], uses: SiteUses) -> tuple[Choice, ...]:
    """The choices with the places at which the site uses each."""
    return tuple(replace(choice, places=_places(choice.name, uses)) for choice in choices)


def _places(name: str, uses: SiteUses) -> tuple[Place, ...]:
    """A channel driver is used where its technology is dialled; what keeps voicemail where there is voicemail."""
    module = "app_voicemail" if name in STORAGES or name in STORAGES.values() else name
    used = uses.get(("module", module), ())
    return tuple(dict.fromkeys((*used, *uses.get(("technology", CHANNELS.get(name, "")), ()))))
