"""What the configuration speaks of and the site has not is found, with its place; what is there is passed over."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.asterisk.conf import Config
from harness.site.making.completeness import missing_of

MakeConfig = Callable[..., Config]
DEMO = Path(__file__).parents[2] / "scenarios" / "demo"


def missing(config: Config, *dumps: Path, **data: Path) -> list[str]:
    return [f"{m.place}: {m.what}" for m in missing_of(config, data, dumps)]


def test_the_demo_has_all_that_it_needs() -> None:
    names = {"astdb": "astdb.sqlite3", "voicemail": "voicemail", "sounds": "sounds", "agi_bin": "agi-bin"}
    data = {key: DEMO / "data" / name for key, name in names.items()}
    found = missing_of(Config(DEMO / "old"), data, ())
    assert [m.what for m in found] == ["the mailboxes 100, 102, 103, 104, 105 of default: no folder"]
    assert not found[0].needed


def test_astdb_is_missed_where_the_dialplan_reads_it(make_config: MakeConfig) -> None:
    config = make_config(**{"extensions.conf": "[a]\nexten => 1,1,NoOp()\n same => n,Set(DB(a/b)=1)\n"})
    assert missing(config) == ["extensions.conf:3: astdb, of which DB() reads or writes"]
    assert missing(config, astdb=config.folder) == []


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("res_odbc.conf", "[one]\nenabled => yes\ndsn => box\n[two]\ndsn=x\n", "3: a dump of the database one ("),
        ("cdr_pgsql.conf", "[global]\nhostname=x\ndbname=bills\n", "3: a dump of the database bills (call"),
        ("res_config_mysql.conf", "[general]\ndbname = phones\n", "2: a dump of the database phones (realtime)"),
        ("cdr_adaptive_odbc.conf", "[first]\nconnection=one\n", "2: a dump of the database one (call records)"),
        ("func_odbc.conf", "[GET]\ndsn=one\nreadsql=x\n", "2: a dump of the database one (functions"),
        ("voicemail.conf", "[general]\nodbcstorage=one\n[default]\n1 => 1\n", "2: a dump of the database one ("),
        ("extconfig.conf", "[settings]\nqueues => pgsql,asterisk,q\nx => sqlite3,y\n",
         "2: a dump of the database asterisk (realtime, queues)"),
    ],
)  # fmt: skip
def test_databases_want_a_dump(make_config: MakeConfig, tmp_path: Path, file: str, text: str, found: str) -> None:
    config = make_config(**{file: text})
    (line,) = missing(config)
    assert line.startswith(f"{file}:{found}")
    dump = tmp_path / "bills_phones_one_asterisk.sql"
    dump.touch()
    assert missing(config, dump) == []


def test_a_dump_of_another_database_is_none(make_config: MakeConfig, tmp_path: Path) -> None:
    config = make_config(**{"cdr_pgsql.conf": "[global]\ndbname=bills\n"})
    (tmp_path / "crm.sql.gz").write_bytes(gzip.compress(b"-- Name: crm\n"))
    assert len(missing(config, tmp_path / "crm.sql.gz")) == 1
    (tmp_path / "all.sql.gz").write_bytes(gzip.compress(b"\\connect bills\n"))
    assert missing(config, tmp_path / "crm.sql.gz", tmp_path / "all.sql.gz") == []
    (tmp_path / "all.sql.gz").write_bytes(b"\x1f\x8bdamaged")
    assert len(missing(config, tmp_path / "all.sql.gz")) == 1


def test_mailboxes_want_their_folders(make_config: MakeConfig, tmp_path: Path) -> None:
    config = make_config(**{"voicemail.conf": "[general]\nformat=wav\n[default]\n101 => 1,A\n102 => 2,B\n"})
    assert missing(config) == ["voicemail.conf:4: the messages and greetings of 2 mailboxes of default"]
    (tmp_path / "vm/default/101").mkdir(parents=True)
    assert missing(config, voicemail=tmp_path / "vm") == [
        "voicemail.conf:5: the mailboxes 102 of default: no folder"
    ]


def test_certificates_and_keys_are_files_of_the_site(make_config: MakeConfig, tmp_path: Path) -> None:
    config = make_config(
        **{
            "pjsip.conf": "[t]\ncert_file=/etc/asterisk/keys/a.crt\npriv_key_file=/etc/asterisk/keys/a.key\n"
            "ca_list_file=/etc/ssl/ca.pem\n",
            "keys/a.crt": "x",
            "iax.conf": "[p]\ninkeys=one:two\noutkey=me\n",
        }
    )
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/one.pub").touch()
    assert missing(config, keys=tmp_path / "keys") == [
        "iax.conf:2: the key two.pub",
        "iax.conf:3: the key me.key",
        "pjsip.conf:3: /etc/asterisk/keys/a.key (priv_key_file)",
        "pjsip.conf:4: /etc/ssl/ca.pem (ca_list_file)",
    ]
    advice = [m.advice for m in missing_of(config, {"keys": tmp_path / "keys"}, ())]
    assert "outside of what a site has" in advice[3]


def test_scripts_prompts_and_modules_are_missed(make_config: MakeConfig, tmp_path: Path) -> None:
    config = make_config(
        **{
            "asterisk.conf": "[directories](!)\nastagidir => /opt/agi\n",
            "extensions.conf": "[a]\nexten => 1,1,AGI(a.py,1)\n same => n,AGI(/opt/agi/b.py)\n"
            " same => n,AGI(agi://x/y)\n same => n,AGI(${X})\n same => n,EAGI(sub/c)\n"
            " same => n,Playback(custom/hi&beep&digits/1&custom/ho)\n same => n,Read(X,acs/menu,1)\n",
            "extensions.ael": "context x {\n 1 => AGI(d.py); // AGI(e.py)\n};\n",
            "modules.conf": "[modules]\nload => codec_g729.so\nload=app_dial.so\nrequire=chan_own\nnoload=x.so\n",
        }
    )
    for name in ("agi/a.py", "agi/b.py", "sounds/en/custom/hi.gsm", "mods/chan_own.so"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    data = {"agi_bin": tmp_path / "agi", "sounds": tmp_path / "sounds", "modules": tmp_path / "mods"}
    assert missing(config, **data) == [
        "extensions.ael:2: the AGI script d.py",
        "extensions.conf:6: the AGI script sub/c",
        "modules.conf:2: the module codec_g729.so",
        "extensions.conf:7: the prompt custom/ho",
        "extensions.conf:8: the prompt acs/menu",
    ]


def test_a_script_outside_of_the_folder_of_scripts_is_told_so(make_config: MakeConfig) -> None:
    config = make_config(
        **{
            "asterisk.conf": "[directories](!)\nastagidir => /usr/share/asterisk/agi-bin\n",
            "extensions.conf": "[a]\nexten => 1,1,AGI(in.py)\n same => n,AGI(/opt/own/out.py)\n",
        }
    )
    inside, outside = (m.advice for m in missing_of(config, {}, ()))
    assert "(/usr/share/asterisk/agi-bin)" in inside
    assert "outside of what a site has" in outside


def test_what_is_named_by_a_path_elsewhere_is_missed_unless_it_is_a_file_of_the_machine(
    make_config: MakeConfig, tmp_path: Path
) -> None:
    config = make_config(
        **{
            "extensions.conf": "[a]\nexten => 1,1,System(/opt/own/run.sh)\n same => n,System(/bin/true)\n"
            " same => n,Playback(/opt/own/hi)\n same => n,AGI(/opt/own/x.py)\n",
            "voicemail.conf": "[general]\nexternnotify = /usr/local/bin/note x\n",
            "musiconhold.conf": "[x]\nmode=files\ndirectory=/opt/own/moh\n",
        }
    )
    assert missing(config) == [
        "extensions.conf:2: the program /opt/own/run.sh",
        "extensions.conf:5: the AGI script /opt/own/x.py",
        "voicemail.conf:2: the program /usr/local/bin/note",
        "extensions.conf:4: the prompt /opt/own/hi",
        "musiconhold.conf:3: the music /opt/own/moh",
    ]
    for name in ("opt/own/run.sh", "opt/own/x.py", "opt/own/de/hi.wav", "opt/own/moh/a.wav", "usr/local/bin/note"):
        (tmp_path / "machine" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "machine" / name).touch()
    assert missing(config, machine=tmp_path / "machine") == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet='AGI(){}$,/."&;=>\n[]exten1 sameDB\0é', max_size=200))
def test_whatever_stands_there_it_ends(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    for name in (
        "extensions.conf",
        "extensions.ael",
        "pjsip.conf",
        "modules.conf",
        "voicemail.conf",
        "extconfig.conf",
    ):
        (folder / name).write_text("[a]\n" + text, encoding="utf-8")
    for found in missing_of(Config(folder), {"agi_bin": folder, "sounds": folder, "voicemail": folder}, ()):
        assert found.place.file
        assert found.what
