"""Rules about databases: what the candidate is not connected to, does not read, and does not write."""

from __future__ import annotations

from harness.judge.checks.rule import LoadWitness, log_line, missing, rule, tiny, values
from harness.model import Attributes, Severity

__all__ = ["DATABASE_RULES"]

_LOST = "What is configured there is not in force, and what is to be written there is lost."
_ODBC = "Check res_odbc.conf, and whether the driver that odbc.ini names is installed with the new release."
_REQUIRED = "Realtime table queue_members@pbx requires column 'reason_paused', but that column does not exist!"
_BILLED: dict[str, dict[str, Attributes]] = {"written table": {"pbx.cdr": {"rows": "2"}}}
_CONNECTED: Attributes = {"connected": "yes"}

DATABASE_RULES = (
    rule("changed", "database-disconnected", "database connection",
         "The candidate is not connected to the database {item}", _LOST, _ODBC,
         severity=Severity.BREAKING, attributes=["connected"], candidates=["no"],
         witness=values("database connection", "pbx", "connected", "yes", "no")),
    missing("database-connection-missing", "database connection", "The connection {item} is not there", _LOST,
            "Look at whether res_odbc (or res_config_pgsql) is loaded, and at its file.",
            "pbx", connected="yes"),
    missing("realtime-family-missing", "realtime family",
            "The realtime family {item} is not read from its database any more",
            "What is configured there is not in force.",
            "Check extconfig.conf, and whether the module of its driver (res_config_odbc, say) is loaded.",
            "ps_endpoints", engine="odbc"),
    rule("changed", "realtime-family-changed", "realtime family",
         "{section} {item}: {attribute} is {candidate} instead of {old}",
         "It is read from elsewhere than on the old release.",
         "Nothing to do if extconfig.conf or res_odbc.conf was changed on purpose; then waive it.",
         also=["database connection"],
         witness=values("realtime family", "queues", "table", "queues", "queue_table")),
    rule("changed", "database-table-changed", "database table",
         "The table {item} has {candidate} rows instead of {old} when Asterisk has started",
         "The same dump was loaded for both: Asterisk itself added or removed rows.",
         "Look at what of the start writes to this table.",
         witness=values("database table", "pbx.ps_contacts", "rows", "3", "0")),
    missing("database-table-missing", "database table", "The table {item} is gone when Asterisk has started",
            "The same dump was loaded for both: Asterisk itself removed it.",
            "Look at what the candidate's configuration says of it (requirements in res_pgsql.conf, say).",
            "pbx.cdr", rows="0"),
    missing("table-not-written", "written table",
            "Nothing was written to the table {item}; the old release wrote {old} rows",
            "The same was played on both. Records that are not written are not billed and not found.",
            "Look at the writer's file (cdr_adaptive_odbc.conf, cel_odbc.conf, say), and at the log.",
            "pbx.cdr", rows="2"),
    rule("missing", "column-not-written", "written column", "The column {item} stays empty in what is written",
         "The old release fills it in the same calls.",
         "The candidate may know the value by another name: alias it, or look at the notes of CDR and CEL.",
         witness=LoadWitness(tiny({**_BILLED, "written column": {"pbx.cdr.linkedid": {}}}), tiny(_BILLED))),
    rule("changed", "table-rows-differ", "written table", "The table {item} got {candidate} rows instead of {old}",
         "The same was played on both. The scenarios' own findings mostly say which call it is.",
         "Compare the records of a scenario that differs.",
         witness=values("written table", "pbx.cdr", "rows", "2", "3")),
    rule("added", "database-added", "written column", "Only the candidate has or writes: {item} ({candidate})",
         "The candidate has more than the old release.",
         also=["database connection", "realtime family", "database table", "written table", "astdb entry"],
         witness=LoadWitness(tiny(), tiny({"written column": {"pbx.cdr.tenantid": {}}}))),
    rule("unshown", "database-unshown", "database connection",
         "The candidate does not show of its databases: {old}",
         "An attribute that is gone; nothing can be compared.", also=["realtime family", "astdb entry"],
         witness=LoadWitness(tiny({"database connection": {"pbx": {"DSN": "pbx", **_CONNECTED}}}),
                             tiny({"database connection": {"pbx": _CONNECTED}}))),
    missing("astdb-entry-missing", "astdb entry", "{item} is not in astdb",
            "The dialplan that reads it gets nothing.",
            "Look at whether the file was restored whole, and at what of the start deletes it.",
            "/CF/101", value="102"),
    rule("changed", "astdb-entry-changed", "astdb entry",
         "{item} in astdb has another value: {candidate} instead of {old}",
         "The same file was restored on both: Asterisk itself changed it.",
         "Look at what of the start writes it.",
         witness=values("astdb entry", "/CF/101", "value", "102", "103")),
    rule("changed", "messages-lost", "mailbox", "Mailbox {item} has {candidate} {attribute} instead of {old}",
         "The same messages were restored on both: somebody does not hear some of theirs.",
         "Check format, spool directory and folders of voicemail.conf on the candidate.",
         severity=Severity.BREAKING, attributes=["urgent messages", "new messages", "old messages"],
         witness=values("mailbox", "100@default", "old messages", "3", "0")),
    rule("failed", "database-schema-behind", "log", "The table {item} lacks what the candidate needs: {candidate}",
         "Each release brings columns of its own; without them the candidate loses what it would keep there.",
         "Run the candidate's alembic migrations (contrib/ast-db-manage) on a copy, and dump that.",
         attributes=["schema"], witness=log_line("WARNING", "res_config_odbc.c", _REQUIRED)),
)  # fmt: skip
