"""A small site that keeps endpoints, a queue and its records in a database, for either engine."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

SITE = """\
name = "Kept in {engine}"
old = {{release = "debian:bullseye", config = "old"}}
candidate = {{release = "debian:sid", config = "candidate"}}

[[database]]
name = "pbx"
engine = "{engine}"
dump = ["data/schema.sql", "data/rows.sql.gz"]
database = "asterisk"
user = "asterisk"
password = "{password}"
port = {port}
dsn = "asterisk-connector"
hosts = ["db.example.com"]
"""
PASSWORD = "s3cr%t of 'theirs'"
PORTS = {"postgresql": 5433, "mariadb": 3307}
ETC = {
    "modules.conf": "[modules]\nautoload = yes\npreload = res_odbc.so\npreload = res_config_odbc.so\n",
    "manager.conf": "[general]\nenabled = yes\n",
    "res_odbc.conf": (
        "[pbx]\nenabled = yes\ndsn = asterisk-connector\nusername = asterisk\n"
        f"password = {PASSWORD}\npre-connect = yes\n"
    ),
    "extconfig.conf": (
        "[settings]\nps_endpoints = odbc,pbx\nps_aors = odbc,pbx\n"
        "queues = odbc,pbx,queues\nqueue_members = odbc,pbx,queue_members\n"
    ),
    "sorcery.conf": "[res_pjsip]\nendpoint = realtime,ps_endpoints\naor = realtime,ps_aors\n",
    "queues.conf": "[general]\n",
    "cdr.conf": "[general]\nenable = yes\n",
    "cdr_adaptive_odbc.conf": "[pbx]\nconnection = pbx\ntable = cdr\nalias start = calldate\n",
    "cel.conf": "[general]\nenable = yes\nevents = CHAN_START,ANSWER,HANGUP\n",
    "cel_odbc.conf": "[pbx]\nconnection = pbx\ntable = cel\n",
    "extensions.conf": """\
[calls]
exten => 700,1,Answer()
 same => n,UserEvent(Endpoint,Context: ${PJSIP_ENDPOINT(101,context)})
 same => n,Queue(sales,c,,,10)
 same => n,UserEvent(Served)
 same => n,Wait(60)
exten => agent,1,Answer()
 same => n,Wait(1)
 same => n,Hangup()
""",
}
SCHEMA = """\
CREATE TABLE ps_endpoints (
    id varchar(40) PRIMARY KEY, transport varchar(40), aors varchar(200), context varchar(40),
    disallow varchar(200), allow varchar(200), mailboxes varchar(40)
);
CREATE TABLE ps_aors (id varchar(40) PRIMARY KEY, max_contacts integer);
CREATE TABLE queues (name varchar(128) PRIMARY KEY, strategy varchar(20), timeout integer, ringinuse varchar(3));
CREATE TABLE queue_members (
    queue_name varchar(80), interface varchar(80), membername varchar(80), penalty integer, paused integer,
    uniqueid varchar(40) PRIMARY KEY, reason_paused varchar(80)
);
CREATE TABLE cdr (
    calldate timestamp NULL, clid varchar(80), src varchar(80), dst varchar(80), dcontext varchar(80),
    channel varchar(80), dstchannel varchar(80), lastapp varchar(80), duration integer, billsec integer,
    disposition varchar(45), uniqueid varchar(150), linkedid varchar(150), sequence integer, userfield varchar(255)
);
CREATE TABLE cel (
    eventtype varchar(30), eventtime timestamp NULL, cid_name varchar(80), cid_num varchar(80), exten varchar(80),
    context varchar(80), channame varchar(80), appname varchar(80), uniqueid varchar(150), linkedid varchar(150)
);
"""
ROWS = """\
INSERT INTO ps_endpoints VALUES ('101', NULL, '101', 'calls', 'all', 'ulaw,alaw', NULL);
INSERT INTO ps_aors VALUES ('101', 1);
INSERT INTO queues VALUES ('sales', 'linear', 10, 'no');
INSERT INTO queue_members VALUES ('sales', 'Local/agent@calls/n', 'Ann', 0, 0, '1', NULL);
"""
ASTDB = {"/CF/101": "102", "/AMPUSER/101/password": "hunter2", "/pbx/UUID": "0", "/cidname/102": "Ann: of sales"}
OWN_ODBC = f"""\
[asterisk-connector]
Driver = MySQL
Server = localhost
Port = 3307
Database = asterisk
User = asterisk
Password = {PASSWORD}
"""
CDR_PGSQL = f"""\
[global]
hostname = db.example.com
port = 5433
dbname = asterisk
user = asterisk
password = {PASSWORD}
table = cdr_direct
"""
SCENARIOS = """\
scenarios:
  - name: served
    steps:
      - call: 700@calls
      - wait: {userevent: Endpoint, Context: calls}
      - wait: {event: AgentConnect, Queue: sales}
      - wait: {userevent: Served}
      - hangup:
"""

VOICEMAIL_SITE = SITE.format(engine="mariadb", port=PORTS["mariadb"], password=PASSWORD).replace(
    "[[database]]", 'packages = ["asterisk-voicemail-odbcstorage"]\n\n[[database]]'
)
VOICEMAIL_SCHEMA = """\
CREATE TABLE voicemessages (
    dir varchar(255) NOT NULL, msgnum integer NOT NULL, context varchar(80), macrocontext varchar(80),
    callerid varchar(80), origtime integer, duration integer, recording longblob, flag varchar(30),
    category varchar(30), mailboxuser varchar(30), mailboxcontext varchar(30), msg_id varchar(40),
    PRIMARY KEY (dir, msgnum)
);
"""
VOICEMAIL_ROWS = "".join(
    "INSERT INTO voicemessages VALUES ('/var/spool/asterisk/voicemail/default/101/INBOX', "
    f"{number}, 'calls', '', '<4125550199>', 1790000000, 3, x'52494646', '', '', '101', 'default', '{number}');\n"
    for number in range(2)
)
VOICEMAIL = {
    "voicemail.conf": (
        "[general]\nformat = wav\nodbcstorage = pbx\nodbctable = voicemessages\n[default]\n101 = 4711,Ann\n"
    ),
    "extensions.conf": "[calls]\nexten => 101,1,VoiceMail(101@default,s)\n same => n,Hangup()\n",
}
ONLY_ODBC = ETC["modules.conf"] + "noload = app_voicemail.so\nload = app_voicemail_odbc.so\n"
LEAVES_A_MESSAGE = """\
scenarios:
  - name: message
    uses: [mailbox/101@default]
    steps:
      - call: 101@calls
      - wait: {playing: beep}
      - talk: 2
      - hangup:
"""


def voicemail_site(root: Path, *, candidate_modules: str = ONLY_ODBC) -> Path:
    """A site whose messages are in MariaDB. Asterisk 16 has that as app_voicemail, 22 under a name of its own."""
    files = {f"{side}/{name}": text for side in ("old", "candidate") for name, text in VOICEMAIL.items()}
    return make_site(
        root,
        "mariadb",
        files
        | {
            "site.toml": VOICEMAIL_SITE,
            "candidate/modules.conf": candidate_modules,
            "calls.yaml": LEAVES_A_MESSAGE,
            "data/schema.sql": SCHEMA + VOICEMAIL_SCHEMA,
            "data/rows.sql.gz": gzip.compress((ROWS + VOICEMAIL_ROWS).encode()),
        },
    )


def own_ways(engine: str) -> dict[str, str]:
    """What only one engine has: MariaDB through a socket, by a file of the site's own; PostgreSQL without ODBC."""
    site = SITE.format(engine=engine, port=PORTS[engine], password=PASSWORD)
    if engine == "mariadb":
        return {"site.toml": f'{site}\n[data]\nodbc_ini = "data/odbc.ini"\n', "data/odbc.ini": OWN_ODBC}
    direct = SCHEMA.partition("CREATE TABLE cel")[0].replace("CREATE TABLE cdr (", "CREATE TABLE cdr_direct (")
    direct = direct[direct.index("CREATE TABLE cdr_direct") :]
    return {f"{side}/cdr_pgsql.conf": CDR_PGSQL for side in ("old", "candidate")} | {
        "data/schema.sql": SCHEMA + direct
    }


def astdb(path: Path) -> None:
    """An astdb.sqlite3 as Asterisk makes it."""
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))")
        base.executemany("INSERT INTO astdb VALUES (?, ?)", ASTDB.items())


def make_site(root: Path, engine: str, files: Mapping[str, str | bytes] | None = None) -> Path:
    """The site, with other files or other contents of them."""
    etc = {f"{side}/{name}": text for side in ("old", "candidate") for name, text in ETC.items()}
    texts: dict[str, str | bytes] = {
        "site.toml": SITE.format(engine=engine, port=PORTS[engine], password=PASSWORD),
        "calls.yaml": SCENARIOS,
        "data/schema.sql": SCHEMA,
        "data/rows.sql.gz": gzip.compress(ROWS.encode()),
        **etc,
        **(files or {}),
    }
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return root
