"""The stage that states what a run found, and the one that checks such a statement. Needs no engine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.errors import SiteError
from harness.model import Report
from harness.model.run_folder import REPORT, SIGNED, STATEMENT
from harness.report.envelope import problem_of_signature, read_envelope, read_private, read_public, sealed
from harness.report.folder import read_bytes, write_file
from harness.report.json_report import loads as loads_report
from harness.report.statement import Statement, differences, dumps, loads, make_statement
from harness.site.content import content_hash
from harness.stages.kept import read_kept

__all__ = ["Verified", "sign", "verify"]


@dataclass(frozen=True, slots=True)
class Verified:
    """A statement, and what speaks against it: a sentence each, none where all holds.

    Without a `statement` its signature does not hold, and nothing that it says is worth telling.
    """

    statement: Statement | None
    problems: tuple[str, ...]


def sign(folder: Path, key: Path | None) -> Path:
    """Write a run's statement into its folder, in an envelope if there is a key; returns its path. SiteError."""
    signer = read_private(key) if key else None
    kept = read_kept(folder)
    report, text = _report_in(folder)
    if not kept.content:
        raise SiteError(
            f"{folder}: the run cannot say which files the site had: one could not be read, some changed while it"
            " was played, or an older version played it; play the site again"
        )
    statement = dumps(make_statement(report, text, content=kept.content))
    if signer:
        return write_file(folder, SIGNED, sealed(statement, signer))
    return write_file(folder, STATEMENT, statement.decode())


def verify(envelope: Path, key: Path, site: Path | None) -> Verified:
    """Whether the key signed it, the report beside it is the one that was signed, and the site (if given) as well.

    SiteError where something of it is not there or is of another kind.
    """
    public = read_public(key)
    sealed_ = read_envelope(read_bytes(envelope), source=str(envelope))
    if problem := problem_of_signature(sealed_, public):
        return Verified(None, (problem,))
    statement = loads(sealed_.payload, source=str(envelope))
    report, text = _report_in(envelope.parent)
    if site and not site.is_dir():
        raise SiteError(f"{site}: there is no such folder")
    content = content_hash(site) if site else ""
    return Verified(statement, differences(statement, report, text, content=content))


def _report_in(folder: Path) -> tuple[Report, bytes]:
    """The report, and the bytes that it was read from."""
    path = folder / REPORT
    text = read_bytes(path)
    return loads_report(text.decode(errors="replace"), source=str(path)), text
