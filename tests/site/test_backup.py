"""Backups: archives and folders become sites, however they are packed; what is hostile or broken does not."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.asterisk.modules import is_own
from harness.errors import SiteError
from harness.site import load_site
from harness.site.making.backup.restore import restore
from harness.site.making.files import Bounds
from harness.site.making.init import Made, init_from_backup

MACHINE: dict[str, str | bytes] = {
    "etc/asterisk/asterisk.conf": "[directories]\nastspooldir => /srv/spool ; moved\n",
    "etc/asterisk/extensions.conf": "[inside]\nexten => 600,1,Answer()\n",
    "etc/asterisk/d/more.conf": "[a]\n",
    "etc/passwd": "root\n",
    "var/lib/asterisk/astdb.sqlite3": b"SQLite format 3\0rest",
    "var/lib/asterisk/agi-bin/hello.py": "#!/usr/bin/python3\n",
    "var/lib/asterisk/sounds/custom/hi.gsm": b"hi",
    "var/lib/asterisk/keys/me.pub": "key",
    "srv/spool/voicemail/default/101/INBOX/msg0000.txt": "[message]\n",
    "usr/lib/x86_64-linux-gnu/asterisk/modules/app_dial.so": b"\x7fELF",
    "usr/lib/x86_64-linux-gnu/asterisk/modules/codec_g729.so": b"\x7fELF",
    "var/backups/cdr.sql.gz": b"\x1f\x8b",
    "var/backups/old/cdr.sql.gz": b"\x1f\x8b",
    "usr/share/asterisk/contrib/schema.sql": "create",
}
MADE = [
    "data/agi-bin/hello.py",
    "data/astdb.sqlite3",
    "data/keys/me.pub",
    "data/modules/codec_g729.so",
    "data/sounds/custom/hi.gsm",
    "data/sql/var-backups-cdr.sql.gz",
    "data/sql/var-backups-old-cdr.sql.gz",
    "data/voicemail/default/101/INBOX/msg0000.txt",
    "old/asterisk.conf",
    "old/d/more.conf",
    "old/extensions.conf",
]
Pack = Callable[..., Path]


def member(name: str, content: str | bytes = b"", **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    data = content.encode() if isinstance(content, str) else content
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(data), 0o644, 1_600_000_000
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def packed(members: list[tuple[tarfile.TarInfo, bytes]], mode: str = "w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as tar:  # type: ignore[call-overload] # the mode is one of tarfile's
        for info, data in members:
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """`pack(member(...), ..., prefix="./")`: an archive of a machine with further members."""

    def make(*more: tuple[tarfile.TarInfo, bytes], prefix: str = "", mode: str = "w") -> Path:
        members = [member(prefix + name, content) for name, content in MACHINE.items()]
        path = tmp_path / "backup.tar"
        path.write_bytes(packed([*members, *more], mode))
        return path

    return make


def made(target: Path) -> list[str]:
    files = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
    return [name for name in files if name.startswith(("old/", "data/"))]


def init(backup: Path, target: Path) -> Made:
    return init_from_backup(target, backup=backup)


@pytest.mark.parametrize("prefix", ["", "./", "/", "host1/", "./mnt/host1/"])
def test_an_archive_becomes_a_site(tmp_path: Path, pack: Pack, prefix: str) -> None:
    archive = pack(prefix=prefix)
    before = archive.read_bytes()
    init(archive, tmp_path / "mine")
    host = prefix.removeprefix("./").strip("/").replace("/", "-")
    assert [name.replace(f"sql/{host}-", "sql/") for name in made(tmp_path / "mine")] == MADE
    data = load_site(tmp_path / "mine").data
    assert (data.astdb, data.modules, data.keys) == tuple(
        tmp_path / "mine" / "data" / name for name in ("astdb.sqlite3", "modules", "keys")
    )
    assert data.agi_bin
    assert (data.agi_bin / "hello.py").stat().st_mtime == 1_600_000_000
    assert archive.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar", "mine"]


@pytest.mark.parametrize("mode", ["w:gz", "w:xz", "w:bz2"])
def test_it_may_be_packed(tmp_path: Path, pack: Pack, mode: str) -> None:
    init(pack(mode=mode), tmp_path / "mine")
    assert made(tmp_path / "mine") == MADE


@pytest.mark.skipif(not shutil.which("zstd"), reason="needs the program zstd")
def test_zstd_is_unpacked_and_its_damage_is_noticed(tmp_path: Path, pack: Pack) -> None:
    subprocess.run(["zstd", "-q", str(pack())], check=True)
    archive = tmp_path / "backup.tar.zst"
    init(archive, tmp_path / "mine")
    assert made(tmp_path / "mine") == MADE
    archive.write_bytes(archive.read_bytes()[:-20])
    with pytest.raises(SiteError, match="damaged"):
        init(archive, tmp_path / "other")


def test_incremental_archives_of_gnu_tar_have_their_names(tmp_path: Path) -> None:
    for name, content in MACHINE.items():
        path = tmp_path / "m" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    state = f"--listed-incremental={tmp_path / 'state'}"
    subprocess.run(["tar", "-C", str(tmp_path / "m"), state, "-cf", str(tmp_path / "b"), "."], check=True)
    init(tmp_path / "b", tmp_path / "mine")
    assert made(tmp_path / "mine") == MADE


def test_zstd_that_cannot_be_unpacked_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "b").write_bytes(b"\x28\xb5\x2f\xfd rest")
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SiteError, match="no program zstd here; install it"):
        init(tmp_path / "b", tmp_path / "mine")


def test_a_folder_is_a_backup_too(tmp_path: Path) -> None:
    for name, content in MACHINE.items():
        path = tmp_path / "b" / "host" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    (tmp_path / "b/host/etc/asterisk/key.pem").symlink_to("/srv/tls/key.pem")
    (tmp_path / "b/host/etc/asterisk/host.conf").symlink_to("/etc/hostname")
    (tmp_path / "b/host/srv/tls").mkdir()
    (tmp_path / "b/host/srv/tls/key.pem").write_text("of the backup")
    os.mkfifo(tmp_path / "b/host/etc/asterisk/pipe")
    with (tmp_path / "b/host/etc/asterisk/holes").open("wb") as holes:
        holes.truncate(1 << 40)
    done = init(tmp_path / "b", tmp_path / "mine")
    assert tuple(map(str, done.left_out)) == (
        "host/etc/asterisk/holes: a file that is mostly holes",
        "host/etc/asterisk/host.conf: a link that leads nowhere in the backup",
        "host/etc/asterisk/pipe: no file (a socket or a device)",
    )
    assert (tmp_path / "mine/old/key.pem").read_text() == "of the backup"
    assert [n for n in made(tmp_path / "mine") if "sql/" not in n and "pem" not in n] == [
        n for n in MADE if "sql/" not in n
    ]


def test_links_lead_where_they_led_on_the_machine(tmp_path: Path, pack: Pack) -> None:
    archive = pack(
        member("h/etc/asterisk/a.conf", type=tarfile.SYMTYPE, linkname="/srv/x/../a.conf"),
        member("h/etc/asterisk/b.conf", type=tarfile.LNKTYPE, linkname="h/srv/a.conf"),
        member("h/etc/asterisk/c.conf", type=tarfile.SYMTYPE, linkname="../../../../../srv/a.conf"),
        member("h/etc/asterisk/dir", type=tarfile.SYMTYPE, linkname="../../srv"),
        member("h/etc/asterisk/loop", type=tarfile.SYMTYPE, linkname="loop"),
        member("h/etc/asterisk/self", type=tarfile.SYMTYPE, linkname="."),
        member("h/etc/asterisk/out", type=tarfile.SYMTYPE, linkname="../../../../etc/passwd"),
        member("h/srv/x", type=tarfile.DIRTYPE),
        member("h/srv/a.conf", "of srv"),
        member("h/etc/asterisk/null", type=tarfile.CHRTYPE),
        prefix="h/",
    )
    done = init(archive, tmp_path / "mine")
    old = tmp_path / "mine/old"
    assert [(old / name).read_text() for name in ("a.conf", "b.conf", "c.conf", "dir/a.conf")] == ["of srv"] * 4
    assert (old / "out").read_text() == "root\n"  # the backup's own /etc/passwd, never this machine's
    assert not any(path.is_symlink() for path in old.rglob("*"))
    assert sorted(one.reason for one in done.left_out) == [
        "a link in a circle",
        "a link that leads nowhere in the backup",
        "no file (a socket or a device)",
    ]


def test_names_that_lead_out_are_left_out(tmp_path: Path, pack: Pack) -> None:
    deep = "etc/asterisk/" + "d/" * 60 + "x.conf"
    archive = pack(
        member("../../evil", "x"),
        member("etc/asterisk/../../../evil", "x"),
        member("etc/asterisk/lib", type=tarfile.SYMTYPE, linkname=str(tmp_path)),
        member("etc/asterisk/lib/evil", "x"),
        member(deep, "x"),
    )
    done = init(archive, tmp_path / "mine")
    assert all(path.is_relative_to(tmp_path / "mine") for path in tmp_path.rglob("evil"))
    assert not any(path.is_symlink() for path in (tmp_path / "mine").rglob("*"))
    assert len([one for one in done.left_out if "leads out" in one.reason]) == 3


def test_nothing_is_made_below_a_link(tmp_path: Path, pack: Pack) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    archive = pack(
        member("etc/asterisk/lib", type=tarfile.SYMTYPE, linkname=str(outside)),
        member("etc/asterisk/lib/link", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("etc/asterisk/lib/hard", type=tarfile.LNKTYPE, linkname="etc/passwd"),
        member("etc/asterisk/lib/pipe", type=tarfile.FIFOTYPE),
        member("etc/asterisk/gone", type=tarfile.LNKTYPE, linkname="etc/asterisk/lib/none"),
    )
    done = init(archive, tmp_path / "mine")
    assert not list(outside.iterdir())
    assert tuple(map(str, done.left_out)) == (
        "etc/asterisk/gone: another name of a file that is not in the backup",
        "etc/asterisk/lib: cannot be unpacked",
        "etc/asterisk/lib/pipe: no file (a socket or a device)",
    )


def test_files_that_no_site_has_cost_nothing(tmp_path: Path, pack: Pack) -> None:
    recording = member("var/spool/asterisk/monitor/a.wav", bytes(1 << 20))
    package = member("usr/share/doc/x", bytes(1 << 20))
    script = member("usr/local/bin/agi", "#!/bin/sh\n")
    link = member("var/lib/asterisk/agi-bin/local", type=tarfile.SYMTYPE, linkname="/usr/local/bin/agi")
    archive = pack(recording, package, script, link)
    restored = restore(archive, tmp_path / "mine", config="old", bounds=Bounds(size=1 << 19))
    assert restored.left_out == ()
    assert (tmp_path / "mine/data/agi-bin/local").read_text() == "#!/bin/sh\n"


def test_another_name_of_a_file_keeps_its_content_when_the_file_comes_again(tmp_path: Path, pack: Pack) -> None:
    archive = pack(
        member("etc/asterisk/a.conf", "first"),
        member("etc/asterisk/b.conf", type=tarfile.LNKTYPE, linkname="etc/asterisk/extensions.conf"),
        member("etc/asterisk/a.conf", type=tarfile.SYMTYPE, linkname="d/more.conf"),
        member("etc/asterisk/d", "a file with the name of a folder"),
    )
    init(archive, tmp_path / "mine")
    old = tmp_path / "mine/old"
    assert (old / "a.conf").read_text() == (old / "d/more.conf").read_text()
    assert (old / "b.conf").read_text() == (old / "extensions.conf").read_text()


def test_the_later_of_two_members_counts(tmp_path: Path, pack: Pack) -> None:
    init(pack(member("./etc/asterisk/extensions.conf", "[later]\n")), tmp_path / "mine")
    assert (tmp_path / "mine/old/extensions.conf").read_text() == "[later]\n"


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz", "w:bz2"])
def test_an_archive_that_is_cut_off_is_refused_and_leaves_nothing(tmp_path: Path, pack: Pack, mode: str) -> None:
    archive = pack(mode=mode)
    whole = archive.read_bytes()
    for length in (len(whole) // 3, len(whole) // 2):
        archive.write_bytes(whole[:length])
        with pytest.raises(SiteError, match="damaged"):
            init(archive, tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["backup.tar"]


def test_damage_in_the_middle_is_named(tmp_path: Path, pack: Pack) -> None:
    archive = pack()
    whole = bytearray(archive.read_bytes())
    header = whole.index(b"etc/asterisk/d/more.conf")
    whole[header + 100 : header + 200] = b"\xff" * 100
    archive.write_bytes(whole)
    with pytest.raises(SiteError, match=r"backup\.tar: damaged or cut off, in etc/"):
        init(archive, tmp_path / "mine")


def test_what_is_no_archive_or_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("hello")
    with pytest.raises(SiteError, match="no tar archive"):
        init(tmp_path / "b", tmp_path / "mine")
    (tmp_path / "b").write_bytes(packed([member("asterisk/extensions.conf", "x")]))
    with pytest.raises(SiteError, match="no etc/asterisk in it"):
        init(tmp_path / "b", tmp_path / "mine")
    two = [member(f"{host}/etc/asterisk/a.conf", "x") for host in ("h1", "h2")]
    (tmp_path / "b").write_bytes(packed(two))
    with pytest.raises(SiteError, match=r"several machines are in it \(h1/, h2/\)"):
        init(tmp_path / "b", tmp_path / "mine")


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_a_bomb_is_stopped_before_it_goes_off(tmp_path: Path, pack: Pack, mode: str) -> None:
    bomb = pack(member("var/zeros", bytes(40 << 20)), mode=mode)
    with pytest.raises(SiteError, match="unpacks to more than 1 MB"):
        restore(bomb, tmp_path / "mine", config="old", bounds=Bounds(free=1 << 20, ratio=20))


def test_a_sparse_file_is_left_out(tmp_path: Path, pack: Pack) -> None:
    huge = member("etc/asterisk/huge", b"")
    huge[0].type = tarfile.GNUTYPE_SPARSE
    archive = pack()
    info = tarfile.TarInfo("etc/asterisk/huge")
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[156:157] = b"S"
    header[483:495] = b"77777777777\0"  # its real size, 8 GB
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header)
    whole = archive.read_bytes()
    archive.write_bytes(bytes(header) + whole)
    restored = restore(archive, tmp_path / "mine", config="old", bounds=Bounds(size=1 << 30))
    assert "etc/asterisk/huge: a file with holes" in map(str, restored.left_out)
    assert not (tmp_path / "mine/old/huge").exists()


@pytest.mark.parametrize(
    ("bounds", "words"), [(Bounds(names=5), "more than 5 members"), (Bounds(files=5), "more than 5 files")]
)
def test_too_much_is_refused(tmp_path: Path, pack: Pack, bounds: Bounds, words: str) -> None:
    with pytest.raises(SiteError, match=words):
        restore(pack(), tmp_path / "mine", config="old", bounds=bounds)


def test_a_name_without_end_is_refused(tmp_path: Path, pack: Pack) -> None:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 8 << 20
    archive = pack()
    archive.write_bytes(info.tobuf(tarfile.GNU_FORMAT) + b"a" * (8 << 20) + archive.read_bytes())
    with pytest.raises(SiteError, match="has no end"):
        init(archive, tmp_path / "mine")


def test_a_full_disk_leaves_nothing(tmp_path: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = pack()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("harness.site.making.init.shutil.copytree", full)
    with pytest.raises(SiteError, match="No space left on device"):
        init(archive, tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["backup.tar"]


def test_debian_keeps_sounds_and_scripts_elsewhere(tmp_path: Path) -> None:
    names = ("en_US_f_Allison/hello.gsm", "en/hello.gsm", "custom/hi.gsm", "acs/hi.gsm")
    members = [member("etc/asterisk/a.conf", "[a]\n"), member("usr/share/asterisk/agi-bin/x.py", "x")]
    members += [member(f"usr/share/asterisk/sounds/{name}", "x") for name in names]
    (tmp_path / "b").write_bytes(packed(members))
    init(tmp_path / "b", tmp_path / "mine")
    assert made(tmp_path / "mine") == [
        "data/agi-bin/x.py", "data/sounds/acs/hi.gsm", "data/sounds/custom/hi.gsm", "old/a.conf",
    ]  # fmt: skip


def test_a_site_is_not_made_in_its_backup(tmp_path: Path) -> None:
    (tmp_path / "etc/asterisk").mkdir(parents=True)
    with pytest.raises(SiteError, match="inside of what it copies"):
        init(tmp_path, tmp_path / "mine")


@pytest.mark.parametrize(("module", "own"), [("app_dial.so", True), ("chan_sip", True), ("codec_g729a.so", False)])
def test_modules_of_asterisk_are_known(module: str, own: bool) -> None:
    assert is_own(module) is own


WHOLE = packed([member(name, content) for name, content in MACHINE.items()])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=12)), min_size=1, max_size=8
    ),
    st.integers(0, len(WHOLE)),
)
def test_whatever_the_bytes_it_is_a_site_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, bytes]], length: int
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    whole = bytearray(WHOLE)
    for place, data in damage:
        whole[place // 512 * 512 + place % 160 :][: len(data)] = data
        whole[place : place + len(data)] = data
    (folder / "b").write_bytes(whole[:length] if length % 3 == 0 else whole)
    with suppress(SiteError):
        restore(folder / "b", folder / "mine", config="old", bounds=Bounds(size=1 << 26))
    assert {path.name for path in folder.iterdir()} <= {"b", "mine"}
    shutil.rmtree(folder)


def test_what_leads_out_of_the_machine_or_is_all_of_it_is_no_file_of_the_site(tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    named = ("/opt/x/../../../../out.sh", "/opt/own/in.sh", "/", "/opt", "//opt/own/two.sh")
    lines = [f"exten => {number},1,AGI({name})" for number, name in enumerate(named)]
    for name, text in (
        ("etc/asterisk/extensions.conf", "\n".join(("[in]", *lines, ""))),
        ("etc/asterisk/musiconhold.conf", "[a]\nmode=files\ndirectory=/\n"),
        ("opt/own/in.sh", "x"),
        ("opt/own/two.sh", "x"),
        ("out.sh", "x"),
    ):
        (backup / name).parent.mkdir(parents=True, exist_ok=True)
        (backup / name).write_text(text, encoding="utf-8")
    init_from_backup(tmp_path / "mine", backup=backup)
    laid = tmp_path / "mine/data/machine"
    found = {path.relative_to(laid).as_posix() for path in laid.rglob("*") if path.is_file()}
    assert found == {"opt/own/in.sh", "opt/own/two.sh"}
