"""Sites whose endpoints, queue and records are in a database, played on real releases with real servers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from database_sites import PASSWORD, SCHEMA, SITE, astdb, make_site, own_ways, voicemail_site

from harness.ask.inventory import take_inventory
from harness.ask.over_ami import AmiAsk
from harness.errors import SiteError
from harness.facts.inventory import Inventory
from harness.judge.checks.rollback import ROLLBACK
from harness.lab import boot_trio, prepare
from harness.lab.engine.client import connected
from harness.lab.housekeeping.owner import LABEL
from harness.model import Finding, Outcome, Report, Severity
from harness.report import dumps
from harness.site import load_site
from harness.stages.collect import Settings, collect
from harness.stages.run import run

pytestmark = pytest.mark.engine

LOADED = ("astdb", "databases", "endpoints", "log", "mailboxes", "queues", "records")
CHECKS = frozenset({*(f"preflight/{name}" for name in LOADED), "databases/written"})


def play(site: Path, *, checks: frozenset[str] = CHECKS, scenarios: bool = True) -> Report:
    settings = Settings(site, report=site / "report", rollback=ROLLBACK in checks)
    collected = collect(settings)
    played = frozenset(scenario.id for scenario in collected.scenarios if scenarios)
    return run(collected, settings, scenarios=played, checks=checks, progress=print)


def findings(report: Report, check: str) -> Mapping[tuple[str, str], Finding]:
    result = report.result(check)
    assert result is not None
    assert not result.problem
    return {(finding.rule, finding.title): finding for finding in result.findings}


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"])
def test_what_is_in_the_database_is_in_force_on_both(engine: str, tmp_path: Path) -> None:
    checks = CHECKS | {ROLLBACK}  # the way back has databases of its own as well
    report = play(make_site(tmp_path, engine, own_ways(engine)), checks=checks)
    assert not report.problems
    outcomes = {result.id: (result.outcome, result.problem) for result in report.results}
    assert outcomes.pop("calls/served") in (
        (Outcome.SAME, ""),
        (Outcome.UNSTABLE_ON_OLD, ""),
    )  # an agent's hangup may race
    assert outcomes.pop("log/no-call", (Outcome.SAME, "")) == (Outcome.SAME, "")
    assert outcomes == dict.fromkeys(checks, (Outcome.SAME, ""))
    assert PASSWORD not in dumps(report)


def test_voicemail_in_a_database_is_counted_and_left_on_both(tmp_path: Path) -> None:
    report = play(voicemail_site(tmp_path))
    assert not report.problems
    outcomes = {result.id: (result.outcome, result.problem) for result in report.results}
    assert outcomes == dict.fromkeys({"calls/message", *CHECKS}, (Outcome.SAME, ""))


def test_voicemail_that_the_candidate_does_not_find_is_named(tmp_path: Path) -> None:
    files_only = "[modules]\nautoload = yes\npreload = res_odbc.so\nnoload = app_voicemail_odbc.so\n"
    report = play(voicemail_site(tmp_path, candidate_modules=files_only))
    lost = ("messages-lost", "Mailbox 101@default has 0 new messages instead of 2")
    assert findings(report, "preflight/mailboxes")[lost].severity is Severity.BREAKING
    assert any(
        rule == "table-not-written" and "the table pbx.voicemessages" in title
        for rule, title in findings(report, "databases/written")
    )


def test_what_the_candidate_loses_is_named(tmp_path: Path) -> None:
    """No CEL, a column that nothing fills any more, a schema of yesterday and a family without its driver."""
    lost = {
        "candidate/cel_odbc.conf": "",
        "candidate/cdr_adaptive_odbc.conf": "[pbx]\nconnection = pbx\ntable = cdr\n",
        "data/schema.sql": SCHEMA.replace(", reason_paused varchar(80)", ""),
        "data/rows.sql.gz": "",
    }
    site = make_site(tmp_path, "postgresql", {**lost, "calls.yaml": CALL})
    (site / "data/rows.sql.gz").unlink()
    text = (site / "site.toml").read_text().replace('["data/schema.sql", "data/rows.sql.gz"]', '"data/schema.sql"')
    (site / "site.toml").write_text(text)
    report = play(site)
    written = findings(report, "databases/written")
    # Six rows a call: 36 where the call was played again before what differed in it was believed.
    nothing = "Nothing was written to the table pbx.cel; the old release wrote"
    assert {("table-not-written", f"{nothing} {rows} rows") for rows in (6, 36)}.intersection(written)
    assert ("column-not-written", "The column pbx.cdr.calldate stays empty in what is written") in written
    (behind,) = (one for one in findings(report, "preflight/log").values() if one.rule == "database-schema-behind")
    assert "queue_members" in behind.title
    assert "reason_paused" in behind.title
    assert "alembic" in behind.advice
    assert str(behind.where) == "candidate/extconfig.conf:5"


CALL = """\
scenarios:
  - name: answered
    steps:
      - call: agent@calls
      - wait: {event: Newexten, Application: Wait}
"""


def test_a_database_that_only_the_candidate_does_not_reach_is_a_finding(tmp_path: Path) -> None:
    files = {"candidate/res_odbc.conf": "[pbx]\nenabled = yes\ndsn = asterisk-connector\nusername = nobody\n"}
    files["candidate/res_odbc.conf"] += "password = x\npre-connect = yes\n"
    report = play(make_site(tmp_path, "postgresql", files), scenarios=False)
    found = findings(report, "preflight/databases")
    ((_, finding),) = ((key, one) for key, one in found.items() if key[0] == "database-disconnected")
    assert finding.severity is Severity.BREAKING
    assert "FATAL:  password authentication fa" in finding.cause
    assert str(finding.where) == "candidate/res_odbc.conf:1"


def test_a_database_that_is_nowhere_is_not_compared(tmp_path: Path) -> None:
    site = make_site(tmp_path, "postgresql")
    text = (site / "site.toml").read_text().replace('dsn = "asterisk-connector"\n', "")
    (site / "site.toml").write_text(text)
    report = play(site, checks=frozenset({"preflight/databases"}), scenarios=False)
    (result,) = report.results
    assert result.outcome is Outcome.NOT_COMPARED
    assert "the old release does not reach the database pbx" in result.problem


@pytest.mark.parametrize(
    ("engine", "dump", "said"),
    [
        (
            "postgresql",
            "SELECT 1;\n\nINSERT INTO absent VALUES ('hunter2');\n",
            'relation "absent" does not exist',
        ),
        ("mariadb", "SELECT 1;\n\nINSERT INTO absent VALUES ('hunter2');\n", "'asterisk.absent' doesn't exist"),
        (
            "mariadb",
            "SELECT 1;\n\nINSRT INTO absent VALUES ('hunter2');\n",
            "You have an error in your SQL syntax",
        ),
    ],
)
def test_a_dump_that_is_refused_ends_in_one_clear_error(engine: str, dump: str, said: str, tmp_path: Path) -> None:
    site = make_site(tmp_path, engine, {"data/schema.sql": dump})
    with pytest.raises(SiteError) as caught:
        play(site)
    message = str(caught.value)
    assert f"{site}/data/schema.sql:3: {engine} refuses this dump of the database pbx: ERROR" in message
    assert said in message
    assert "hunter2" not in message
    assert PASSWORD not in message
    with connected() as client:
        left = client.client.containers.list(all=True, filters={"label": f"{LABEL}=lab"}, ignore_removed=True)
        assert not [one.name for one in left if one.name.endswith(engine)]


def test_a_damaged_dump_is_told(tmp_path: Path) -> None:
    site = make_site(tmp_path, "postgresql", {"data/rows.sql.gz": b"\x1f\x8b\x08 no more"})
    with pytest.raises(SiteError, match=r"rows\.sql\.gz: cannot be unpacked"):
        play(site)


def test_each_instance_has_all_that_was_restored(tmp_path: Path) -> None:
    voicemail = {
        f"data/voicemail/default/100/{folder}/msg{number:04d}.{kind}": "[message]\norigtime=1\n"
        for folder, count in (("INBOX", 2), ("Old", 3), ("Urgent", 1))
        for number in range(count)
        for kind in ("txt", "wav")
    }
    etc = {
        f"{side}/voicemail.conf": "[general]\nformat = wav\n[default]\n100 => 1,Ann\n"
        for side in ("old", "candidate")
    }
    data = '\n[data]\nastdb = "data/astdb.sqlite3"\nvoicemail = "data/voicemail"\n'
    text = SITE.format(engine="postgresql", port=5433, password=PASSWORD) + data
    root = make_site(tmp_path, "postgresql", {**voicemail, **etc, "site.toml": text})
    astdb(root / "data/astdb.sqlite3")
    for inventory in asyncio.run(taken(root)):
        mailbox = inventory.section("mailbox").items["100@default"]
        counts = {name: count for name, count in mailbox.items() if name.endswith("messages")}
        assert counts == {"urgent messages": "1", "new messages": "2", "old messages": "3"}
        assert inventory.section("astdb entry").items == {
            "/CF/101": {"value": "102"},
            "/AMPUSER/101/password": {"secret": "hunter2"},
            "/cidname/102": {"value": "Ann: of sales"},
        }
        assert inventory.section("database connection").items == {
            "pbx": {"connected": "yes", "DSN": "asterisk-connector"}
        }
        assert inventory.section("realtime family").items["queues"] == {
            "engine": "odbc",
            "database": "pbx",
            "table": "queues",
        }


async def taken(root: Path) -> list[Inventory]:
    """The inventories of the old release and of the candidate."""
    site = load_site(root)
    releases = prepare((site.old.release, site.candidate.release), engines=site.engines)
    found = []
    async with boot_trio(site, releases) as trio:
        for instance in (trio.old, trio.candidate):
            found.append(await take_inventory(AmiAsk(instance)))
    return found
