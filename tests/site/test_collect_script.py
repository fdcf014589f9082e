"""The script of `harness collect`, on a small machine of files and of programs that stand in for real ones."""

from __future__ import annotations

import os
import pty
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.ask.answers import COMMANDS
from harness.cli import main
from harness.site import load_site
from harness.site.making.backup.script import collect_script
from harness.site.making.init import init_from_backup

SHELLS = (["dash"], ["bash", "--posix"], ["busybox", "sh"])
LABELS = {
    "Configuration directory": "etc/asterisk",
    "Module directory": "modules",
    "Spool directory": "spool",
    "VarLib directory": "lib",
    "Data directory": "share",
    "ASTDB": "lib/astdb",
    "IAX2 Keys directory": "lib/keys",
    "AGI Scripts directory": "share/agi-bin",
}
FILES = {
    "etc/asterisk/extensions.conf": "[inside]\nexten => 600,1,Answer()\n",
    "etc/asterisk/pjsip.conf": "[101]\ntype = endpoint\n",
    "share/agi-bin/hello.py": "#!/usr/bin/python3\n",
    "share/sounds/acs/hi.gsm": "hi",
    "lib/keys/me.pub": "key",
    "modules/app_vendor.so": "\x7fELF",
    "spool/voicemail/default/101/INBOX/msg0000.txt": "[message]\n",
    "spool/monitor/call.wav": "RIFF",
}
_ASTERISK = """#!/bin/sh
case $2 in
    'core show settings') cat "{settings}" ;;
    'database show') echo '/night/mode : auto'; echo '1 results found.' ;;
    *) echo "No such command '$2' (type 'core show help $2' for other possible commands)" ;;
esac
"""


@dataclass(frozen=True)
class Collected:
    """What one run of the script gave."""

    code: int
    said: str
    archive: bytes = field(repr=False)
    tar: Path

    @property
    def names(self) -> list[str]:
        with tarfile.open(self.tar, errors="surrogateescape") as tar:
            return [name.removeprefix("./") for name in tar.getnames()]

    def text(self, name: str) -> str:
        with tarfile.open(self.tar) as tar:
            member = tar.extractfile(f"./{name}")
            assert member is not None
            return member.read().decode()


@dataclass(frozen=True)
class Machine:
    """Files below `root`, and programs in `programs`, which come first in PATH."""

    root: Path
    programs: Path
    scratch: Path

    def write(self, name: str | bytes, content: str | bytes = "") -> Path:
        path = self.root / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("latin-1") if isinstance(content, str) else content)
        return path

    def program(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def below(self, name: str) -> str:
        """A path as the archive has it."""
        return f"root{self.root}/{name}"

    def collect(
        self,
        *options: str,
        shell: list[str] | None = None,
        script: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> Collected:
        path = f"{self.programs}:{os.environ['PATH']}"
        done = subprocess.run(
            [*(shell or ["dash"]), "-s", "--", *options],
            input=(script or collect_script()).encode(),
            capture_output=True,
            timeout=60,
            env={"PATH": path, "TMPDIR": str(self.scratch), **(environment or {})},
            check=False,
        )
        tar = self.root.parent / "backup.tar"
        tar.write_bytes(done.stdout)
        return Collected(done.returncode, done.stderr.decode(), done.stdout, tar)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path / "machine", tmp_path / "programs", tmp_path / "scratch")
    for folder in (made.programs, made.scratch):
        folder.mkdir()
    for name, content in FILES.items():
        made.write(name, content)
    database = sqlite3.connect(made.root / "lib/astdb.sqlite3")
    with database:
        database.execute("create table astdb (key text primary key, value text)")
        database.execute("insert into astdb values ('/night/mode', 'auto')")
    database.close()
    lines = "".join(f"  {label}: {made.root / folder}\n" for label, folder in LABELS.items())
    settings = made.write("settings", f"PBX Core settings\n  Version: 16.28.0\n{lines}")
    made.program("asterisk", _ASTERISK.format(settings=settings))
    made.program("dpkg-query", "#!/bin/sh\n")
    return made


on_each_shell = pytest.mark.parametrize(
    "shell",
    [
        pytest.param(
            shell,
            id=" ".join(shell),
            marks=pytest.mark.skipif(shutil.which(shell[0]) is None, reason=f"there is no {shell[0]} here"),
        )
        for shell in SHELLS
    ],
)


@on_each_shell
def test_what_the_settings_name_is_collected_and_becomes_a_site(
    machine: Machine, tmp_path: Path, shell: list[str]
) -> None:
    found = machine.collect(shell=shell)
    assert {machine.below(name) for name in FILES} <= set(found.names)
    assert list(machine.scratch.iterdir()) == []
    init_from_backup(tmp_path / "mine", backup=found.tar)
    site = load_site(tmp_path / "mine")
    assert sorted(path.name for path in site.old.config.iterdir()) == ["extensions.conf", "pjsip.conf"]
    data = site.data
    for folder, name in (
        (data.agi_bin, "hello.py"),
        (data.sounds, "acs/hi.gsm"),
        (data.keys, "me.pub"),
        (data.modules, "app_vendor.so"),
        (data.voicemail, "default/101/INBOX/msg0000.txt"),
    ):
        assert folder
        assert (folder / name).is_file()
    assert data.astdb
    assert sqlite3.connect(data.astdb).execute("select * from astdb").fetchall() == [("/night/mode", "auto")]
    assert site.production
    assert "/night/mode : auto" in site.production.read_text("utf-8")


def test_everything_that_the_harness_compares_is_asked() -> None:
    script = collect_script()
    assert [command for command in COMMANDS if f"'{command}'" not in script] == []


def test_options_are_written_into_the_script_and_taken_by_it(machine: Machine) -> None:
    recording = machine.below("spool/monitor/call.wav")
    assert recording in machine.collect().names
    assert recording not in machine.collect(script=collect_script(recordings=False)).names
    assert recording not in machine.collect("--without-recordings").names
    assert machine.collect("--limit-mb", "x").code == 2
    assert "unknown option --what" in machine.collect("--what").said


def test_a_limit_leaves_out_what_passes_it_and_names_it(machine: Machine, tmp_path: Path) -> None:
    machine.write("spool/voicemail/default/101/INBOX/msg0000.wav", b"\1" * (3 << 20))
    for found in (machine.collect("--limit-mb", "1"), machine.collect(script=collect_script(limit_mb=1))):
        assert found.code == 1
        assert f"{machine.root}/spool/voicemail: 4 MB, left out" in found.said
        assert f"{machine.root}/spool/voicemail: 4 MB, left out" in found.text("report.txt")
        assert machine.below("etc/asterisk/pjsip.conf") in found.names
        assert len(found.archive) < 1 << 20
    made = init_from_backup(tmp_path / "mine", backup=found.tar)
    assert any("spool/voicemail: 4 MB" in str(one) for one in made.left_out)


def test_hostile_names_are_collected_as_they_are(machine: Machine) -> None:
    names = [
        b"-rf.conf",
        b"with space.conf",
        b"new\nline.conf",
        b"\xff\xfe.conf",
        b'it\'s "$(id)".conf',
        b"*?[a].conf",
    ]
    for name in names:
        machine.write(b"etc/asterisk/" + name, "[a]\n")
        machine.write(b"spool/voicemail/default/101/" + name, "x")
        elsewhere = machine.write(b"elsewhere/" + name, "[linked]\n")
        (machine.root / "etc/asterisk" / os.fsdecode(b"to-" + name)).symlink_to(elsewhere)
    found = machine.collect()
    assert (found.code, len(found.said.splitlines())) == (0 if os.getuid() == 0 else 1, 1 + (os.getuid() != 0))
    for name in map(os.fsdecode, names):
        for folder in ("etc/asterisk", "spool/voicemail/default/101", "elsewhere"):
            assert machine.below(f"{folder}/{name}") in found.names


def test_links_bring_what_they_lead_to_and_circles_end(machine: Machine, tmp_path: Path) -> None:
    etc = machine.root / "etc/asterisk"
    machine.write("srv/more/queues.conf", "[sales]\n")
    (machine.root / "opt").symlink_to("srv")
    (etc / "queues.conf").symlink_to(machine.root / "opt/more/queues.conf")
    (etc / "up").symlink_to("..")
    (etc / "a").symlink_to("b")
    (etc / "b").symlink_to("a")
    (etc / "gone").symlink_to("/nowhere/at/all")
    (etc / "all").symlink_to("/")
    (etc / "memory").symlink_to("/proc/1/mem")
    found = machine.collect()
    assert found.code == 1
    for name in ("opt", "srv/more/queues.conf", "etc/asterisk/queues.conf", "etc/asterisk/a"):
        assert machine.below(name) in found.names
    for name in ("a", "b", "gone"):
        assert f"{etc}/{name}: a link that leads nowhere, or in a circle" in found.said
    assert f"{etc}/memory: left out" in found.said
    assert f"{etc}/all: left out, as it leads to /" in found.said
    init_from_backup(tmp_path / "mine", backup=found.tar)
    for name in ("pjsip.conf", "queues.conf"):
        assert (tmp_path / "mine/old" / name).is_file()


def test_what_configuration_includes_from_elsewhere_is_taken(machine: Machine) -> None:
    machine.write("elsewhere/more.conf", "[x]\n")
    machine.write("elsewhere/tls.pem", "-----BEGIN")
    lines = (
        f'#include "{machine.root}/elsewhere/*.conf"\n[t]\ncert_file = {machine.root}/elsewhere/tls.pem ; ours\n'
    )
    machine.write("etc/asterisk/pjsip.conf", lines)
    scripts = [machine.write(f"opt/{name}.php", "<?php") for name in ("first", "second", "never")]
    calls = (
        f"exten => 1,1,AGI({scripts[0]},a)",
        f' same => n,EAGI("{scripts[1]}")',
        f"; same => n,AGI({scripts[2]})",
    )
    machine.write("etc/asterisk/extensions.conf", "\n".join(("[in]", *calls, "")))
    names = machine.collect().names
    for name in ("elsewhere/more.conf", "elsewhere/tls.pem", "opt/first.php", "opt/second.php"):
        assert machine.below(name) in names
    assert machine.below("opt/never.php") not in names


MENTIONED = """\
[globals]
EXTRA = {root}/opt/extra.sh
[in]
exten => 1,1,System({root}/opt/notify.sh "${{UNIQUEID}}" && /bin/true)
 same => n,Set(x=${{SHELL({root}/opt/shell.sh a)}})
 same => n,MixMonitor(a.wav,,{root}/opt/after.sh ^{{X}})
 same => n,Playback({root}/opt/hi&{root}/opt/ho)
 same => n,Playback({root}/opt/${{WHICH}}) ; {root}/opt/comment.sh
; {root}/opt/off.sh
 same => n,AGI(agi://{root}/opt/server.sh)
#exec {root}/opt/exec.sh
"""
TAKEN = "extra.sh notify.sh shell.sh after.sh hi.gsm en/ho.wav exec.sh moh/a.wav play.sh mail.sh".split()
LEFT = "comment.sh off.sh server.sh never.sh".split()


@on_each_shell
def test_files_that_the_configuration_names_are_taken_and_become_files_of_the_machine(
    machine: Machine, tmp_path: Path, shell: list[str]
) -> None:
    opt = "home/pbx"
    for name in (*TAKEN, *LEFT):
        machine.write(f"{opt}/{name}", "x").chmod(0o755)
    root = machine.root / opt
    text = MENTIONED.format(root=root).replace("/opt/", "/")
    machine.write("etc/asterisk/extensions.conf", text)
    machine.write("etc/asterisk/voicemail.conf", f"[general]\nexternnotify = {root}/mail.sh x\n")
    classes = f"[a]\nmode=files\ndirectory={root}/moh\n[b]\nmode=custom\napplication={root}/play.sh -q\n"
    machine.write("etc/asterisk/musiconhold.conf", classes)
    found = machine.collect(shell=shell)
    names = set(found.names)
    assert [name for name in TAKEN if machine.below(f"{opt}/{name}") not in names] == []
    assert [name for name in LEFT if machine.below(f"{opt}/{name}") in names] == []
    made = init_from_backup(tmp_path / "mine", backup=found.tar)
    data = load_site(tmp_path / "mine").data
    assert data.machine
    laid = {
        path.relative_to(data.machine / str(root).lstrip("/")).as_posix() for path in data.machine.rglob("*.*")
    }
    assert laid == set(TAKEN) - {"extra.sh", "exec.sh"}, (
        "what only a variable or #exec names is in the archive alone"
    )
    assert not [one for one in made.missing if "/home/pbx/" in one.what]


def test_freepbx_s_credentials_dump_its_databases(machine: Machine, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    for name in ("mariadb-dump", "mysqldump"):
        machine.program(name, DUMP.format(calls=calls, then="echo 'create table x (y int);'"))
    lines = ("['AMPDBUSER'] = 'fp';", "[\"AMPDBPASS\"] = 'a;\\'b';", "['AMPDBHOST']='db1';")
    machine.write("etc/freepbx.conf", "<?php\n" + "".join(f"$amp_conf{line}\n" for line in lines))
    found = machine.collect()
    dumps = {f"asterisk-collected/databases/{name}.sql.gz" for name in ("asterisk", "asteriskcdrdb")}
    assert {*dumps, machine.below("etc/freepbx.conf")} <= set(found.names)
    said = calls.read_text("utf-8")
    assert said.count('user="fp"\npassword="a;\'b"\nhost="db1"') == 2
    calls.unlink()
    (machine.root / "etc/freepbx.conf").unlink()
    machine.write("etc/amportal.conf", "# AMPDBUSER=no\nAMPDBUSER=fp\nAMPDBPASS=p=1\nCDRDBNAME=bills\n")
    assert "asterisk-collected/databases/bills.sql.gz" in machine.collect().names
    assert 'password="p=1"' in calls.read_text("utf-8")


def test_a_pipe_in_a_folder_is_waited_for_by_nobody(machine: Machine) -> None:
    for name in ("etc/asterisk/pipe.conf", "spool/voicemail/pipe"):
        os.mkfifo(machine.root / name)
    found = machine.collect()
    assert machine.below("etc/asterisk/pipe.conf") in found.names
    assert machine.below("etc/asterisk/pjsip.conf") in found.names


@pytest.mark.skipif(os.getuid() != 0, reason="needs another user to be")
def test_what_may_not_be_read_is_named_on_standard_error_and_in_the_archive(machine: Machine) -> None:
    secret = machine.write("etc/asterisk/secret.conf", "[x]\n")
    secret.chmod(0)
    for folder in [machine.root, *machine.root.parents][:-1]:
        if folder.stat().st_mode & 0o5 != 0o5 and folder.is_relative_to("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o5)
    machine.scratch.chmod(0o777)
    shell = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "dash"]
    found = machine.collect(shell=shell)
    assert found.code == 1
    for said in (found.said, found.text("report.txt")):
        assert "not run as root" in said
        assert "secret.conf: Cannot open: Permission denied" in said
    assert machine.below("etc/asterisk/pjsip.conf") in found.names


def test_asterisk_that_does_not_answer_is_waited_for_once(machine: Machine) -> None:
    """The settings come; then it hangs."""
    text = (machine.programs / "asterisk").read_text("utf-8")
    machine.program("asterisk", text.replace("    *) echo", "    *) sleep 30 ;;\n    never) echo"))
    found = machine.collect(script=collect_script().replace("patience=20", "patience=1"))
    assert found.code == 1
    assert found.said.count("did not answer") == 1
    assert machine.below("spool/voicemail/default/101/INBOX/msg0000.txt") in found.names


def test_without_asterisk_nothing_is_guessed(machine: Machine) -> None:
    machine.program("asterisk", "#!/bin/sh\necho 'Unable to connect to remote asterisk' >&2\nexit 1\n")
    found = machine.collect()
    assert found.code == 1
    assert "Asterisk does not answer" in found.said
    assert "asterisk-collected/answers" not in found.names


@pytest.mark.parametrize("end", ["\n}\n\npack()", "main() {", "# All of it is read"])
def test_a_script_that_comes_in_part_does_nothing(machine: Machine, end: str) -> None:
    whole = collect_script()
    found = machine.collect(script=whole[: whole.index(end) + len(end)])
    assert (found.code, found.archive) == (2, b"")
    assert list(machine.scratch.iterdir()) == []


def test_an_archive_is_never_written_to_a_terminal(machine: Machine) -> None:
    outer, inner = pty.openpty()
    script = collect_script().encode()
    done = subprocess.run(
        ["dash", "-s"], input=script, stdout=inner, stderr=subprocess.PIPE, timeout=30, check=False
    )
    os.close(inner)
    os.close(outer)
    assert done.returncode == 2
    assert b"redirect it" in done.stderr


def test_without_room_for_temporary_files_there_is_no_archive(machine: Machine) -> None:
    machine.program("mktemp", "#!/bin/sh\nexit 1\n")
    found = machine.collect()
    assert (found.code, found.archive) == (2, b"")
    assert "no room for temporary files" in found.said


def test_an_archive_that_cannot_be_written_is_told(machine: Machine) -> None:
    command = ["dash", "-c", "dash -s > /dev/full"]
    path = f"{machine.programs}:{os.environ['PATH']}"
    done = subprocess.run(
        command, input=collect_script().encode(), capture_output=True, timeout=30, env={"PATH": path}, check=False
    )
    assert done.returncode == 2
    assert b"it is not whole" in done.stderr


NEEDED = (
    "cat tr mktemp head tail rm ln ls mkdir timeout awk sed grep find readlink tar gzip du id uname cmp sleep sh"
)
FAMILIES = "[settings]\nps_endpoints => pgsql,realtime,endpoints\n"
DUMP = """#!/bin/sh
printf '%s\\n' "$@" >> "{calls}"
printf 'password=%s\\n' "${{PGPASSWORD-}}" >> "{calls}"
case $1 in --defaults-extra-file=*) cat "${{1#*=}}" >> "{calls}" ;; esac
{then}
"""


def test_databases_are_dumped_by_the_credentials_of_the_configuration(machine: Machine, tmp_path: Path) -> None:
    machine.write("etc/asterisk/extconfig.conf", FAMILIES)
    machine.write(
        "etc/asterisk/res_pgsql.conf", "[general]\ndbhost=db1\ndbname=realtime\ndbuser=ast\ndbpass=pg;x\n"
    )
    machine.write("etc/asterisk/cdr_mysql.conf", '#include "cdr_more.conf"\n')
    machine.write("etc/asterisk/cdr_more.conf", '[global]\nhostname=db2\ndbname=calls\nuser=u\npassword="a\\"b"\n')
    calls = tmp_path / "calls"
    for name in ("pg_dump", "mariadb-dump", "mysqldump"):
        machine.program(name, DUMP.format(calls=calls, then="echo 'create table x (y int);'"))
    found = machine.collect()
    assert {"asterisk-collected/databases/realtime.sql.gz", "asterisk-collected/databases/calls.sql.gz"} <= set(
        found.names
    )
    said = calls.read_text("utf-8")
    assert "-h\ndb1\n-U\nast\n--\nrealtime\npassword=pg\n" in said
    assert 'host="db2"' in said
    init_from_backup(tmp_path / "mine", backup=found.tar)
    assert sorted(path.name for path in (tmp_path / "mine/data/sql").iterdir()) == [
        "calls.sql.gz",
        "realtime.sql.gz",
    ]


def test_a_sample_of_which_nothing_is_read_is_passed_by(machine: Machine) -> None:
    machine.write("etc/asterisk/res_pgsql.conf", "[general]\ndbhost=127.0.0.1\ndbname=asterisk\n")
    machine.write(
        "etc/asterisk/extconfig.conf", "[settings]\n;ps_endpoints => pgsql,asterisk\nqueues => odbc,pgsql\n"
    )
    machine.program("pg_dump", "#!/bin/sh\nexit 1\n")
    assert "database" not in machine.collect().said


def test_data_sources_of_odbc_are_dumped_unless_they_are_off(machine: Machine) -> None:
    """odbc.ini is the machine's own, which a test cannot write: that it does not say how is told."""
    classes = "[one]\ndsn=nowhere-1\n[two]\nenabled=no\ndsn=nowhere-2\n[three]\nenabled=yes\ndsn=nowhere-3\n"
    machine.write("etc/asterisk/res_odbc.conf", classes)
    said = machine.collect().said
    assert [f"data source nowhere-{number}:" in said for number in (1, 2, 3)] == [True, False, True]


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (
            "echo 'pg_dump: error: no password supplied' >&2; exit 1",
            "realtime at db1: pg_dump: error: no password",
        ),
        ("sleep 30", "realtime at db1: its dump took longer than 1 s"),
    ],
)
def test_a_database_that_cannot_be_dumped_is_told(machine: Machine, then: str, words: str) -> None:
    machine.write("etc/asterisk/extconfig.conf", FAMILIES)
    machine.write("etc/asterisk/res_pgsql.conf", "[general]\ndbhost=db1\ndbname=realtime\n")
    machine.program("pg_dump", DUMP.format(calls="/dev/null", then=then))
    found = machine.collect(script=collect_script().replace("dump_patience=3600", "dump_patience=1"))
    assert found.code == 1
    assert words in found.said
    assert words in found.text("report.txt")
    assert not any("databases/realtime" in name for name in found.names)


def test_what_packages_own_is_left_out(machine: Machine) -> None:
    machine.write("share/sounds/en/hello.gsm", "theirs")
    machine.write("share/sounds/en/mine.gsm", "ours")
    machine.write("share/sounds/en/a[b]*.gsm", "theirs")
    owned = [
        f"{machine.root}/share/sounds/en",
        *(f"{machine.root}/share/sounds/en/{n}" for n in ("hello.gsm", "a[b]*.gsm")),
    ]
    lines = "".join(f"echo 'asterisk-core-sounds-en: {path}'\n" for path in owned)
    machine.program("dpkg-query", f"#!/bin/sh\ncase $2 in {machine.root}/share/sounds*) {lines} ;; esac\n")
    names = machine.collect().names
    assert machine.below("share/sounds/en/mine.gsm") in names
    assert not {machine.below("share/sounds/en/hello.gsm"), machine.below("share/sounds/en/a[b]*.gsm")} & set(
        names
    )


@pytest.mark.parametrize("tools", ["python3", ""])
def test_astdb_is_copied_whole_without_the_program_of_sqlite(machine: Machine, tmp_path: Path, tools: str) -> None:
    only = tmp_path / "only"
    only.mkdir()
    for name in f"{NEEDED} {tools}".split():
        (only / name).symlink_to(shutil.which(name) or "/nowhere")
    found = machine.collect(
        environment={"PATH": f"{machine.programs}:{only}"}, shell=[shutil.which("dash") or "dash"]
    )
    init_from_backup(tmp_path / "mine", backup=found.tar)
    with sqlite3.connect(tmp_path / "mine/data/astdb.sqlite3") as copy:
        assert copy.execute("select value from astdb").fetchone() == ("auto",)


def test_it_is_clean_for_shellcheck(tmp_path: Path) -> None:
    program = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if not program:
        pytest.skip("there is no shellcheck here")
    script = tmp_path / "collect.sh"
    script.write_text(collect_script(), encoding="utf-8")
    done = subprocess.run([program, "--norc", str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_no_limit_is_written_as_in_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["collect", "--limit-mb", "0"]) == 0
    assert capsys.readouterr().out == collect_script()
