"""What a person may ask of a run on a command line: of pytest and of `harness preflight` alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.model.findings import day

__all__ = ["RUN_OPTIONS"]

RUN_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "--old": {"metavar": "SPEC", "help": "release on the old side (debian:bullseye), in place of site.toml's"},
    "--candidate": {"metavar": "SPEC", "help": "release on the candidate side, in place of site.toml's"},
    "--old-config": {"metavar": "DIR", "type": Path, "help": "configuration folder in place of site.toml's"},
    "--candidate-config": {"metavar": "DIR", "type": Path, "help": "configuration folder in place of site.toml's"},
    "--rollback": {
        "action": "store_true",
        "help": "boot the old release on the migrated configuration as well: could one go back?",
    },
    "--as-of": {
        "metavar": "YYYY-MM-DD",
        "type": day,
        "help": "the day by which support and waivers are judged, in place of today",
    },
}
"""Each with what argparse takes besides. Their names are those of `Settings`."""
