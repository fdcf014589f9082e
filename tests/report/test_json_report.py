"""`report.json` keeps to its schema and to what was put in."""

from __future__ import annotations

import json
import os
import sys
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from harness.errors import SiteError
from harness.report import claim_folder, dumps, loads, read_report, write_report

sys.path.insert(0, str(Path(__file__).parent))
import samples

NAMES = ("hold", "promote", "inconclusive", "hostile")


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    document = json.loads(files("harness.report").joinpath("report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


@pytest.mark.parametrize("name", NAMES)
def test_it_keeps_to_the_schema(schema: jsonschema.Draft202012Validator, name: str) -> None:
    schema.validate(json.loads(dumps(getattr(samples, name)())))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_read_is_what_was_written(name: str) -> None:
    report = getattr(samples, name)()
    assert loads(dumps(report)) == report


def test_the_contract() -> None:
    document = json.loads(dumps(samples.hold()))
    assert {"schema", "verdict", "site", "old", "again", "candidate", "counts", "scenarios", "findings"} <= set(
        document
    )
    assert document["old"].items() >= {"version": "16.28.0", "digest": "sha256:1a2b3c4d5e6f7a8b9c0d"}.items()
    assert document["counts"]["outcomes"]["not-compared"] == 2
    assert document["counts"]["severities"] == {"breaking": 1, "review": 2, "additive": 1, "info": 0}
    menu = next(item for item in document["scenarios"] if item["id"] == "ivr/sales-menu")
    assert menu["findings"] == ["0b0b0b", "3f0c9b"]
    assert document["findings"][0]["where"] == {"file": "extensions.conf", "line": 42}


@pytest.mark.parametrize("path", [(), ("old",), ("scenarios", 0), ("findings", 0), ("counts", "outcomes")])
def test_an_unknown_key_is_refused(schema: jsonschema.Draft202012Validator, path: tuple[str | int, ...]) -> None:
    document = json.loads(dumps(samples.hold()))
    place = document
    for step in path:
        place = place[step]
    place["surprise"] = 1
    assert not schema.is_valid(document)


def test_a_detail_may_have_any_name(schema: jsonschema.Draft202012Validator) -> None:
    document = json.loads(dumps(samples.hold()))
    document["findings"][0]["details"]["surprise"] = "yes"
    schema.validate(document)


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"schema": "asterisk-upgrade-harness/report/2"}', "{"])
def test_what_is_no_report_is_told(text: str) -> None:
    with pytest.raises(SiteError, match=r"report\.json: not a report"):
        loads(text)


def test_a_report_of_another_schema_is_told() -> None:
    with pytest.raises(SiteError, match="this version reads"):
        loads('{"schema": "asterisk-upgrade-harness/report/99"}')


def test_writing_replaces_and_leaves_nothing_behind(tmp_path: Path) -> None:
    write_report(samples.hold(), tmp_path / "new")
    write_report(samples.promote(), tmp_path / "new")
    assert read_report(tmp_path / "new") == samples.promote()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["report.json"]


def test_a_full_disk_is_told_and_keeps_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_report(samples.promote(), tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("harness.report.folder.os.fsync", full)
    with pytest.raises(SiteError, match="No space left on device"):
        write_report(samples.hold(), tmp_path)
    assert read_report(tmp_path) == samples.promote()
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("")
    with pytest.raises(SiteError, match="report"):
        claim_folder(tmp_path / "report")


def test_a_missing_report_is_told(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"holds no report\.json"):
        read_report(tmp_path)


def test_preparing_removes_nothing_but_what_a_run_left(tmp_path: Path) -> None:
    write_report(samples.promote(), tmp_path)
    (tmp_path / "run.json").touch()
    (tmp_path / "traces").mkdir()
    (tmp_path / "traces" / "ivr__a.old.jsonl").touch()
    (tmp_path / "traces" / "mine.txt").touch()
    (tmp_path / "notes.txt").touch()
    os.close(claim_folder(tmp_path))
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert left == ["notes.txt", "traces", "traces/mine.txt"]


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    claim = claim_folder(tmp_path)
    write_report(samples.promote(), tmp_path)
    with pytest.raises(SiteError, match=r"another run writes to .*name another folder"):
        claim_folder(tmp_path)
    assert (tmp_path / "report.json").exists()
    os.close(claim)
    os.close(claim_folder(tmp_path))


def test_a_report_of_an_older_harness_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('{\n  "schema": "asterisk-upgrade-harness/report/1"\n}')
    os.close(claim_folder(tmp_path))
    assert not (tmp_path / "report.json").exists()
