"""What goes into a container, and which part of it goes into a volume of its own on Podman."""

from __future__ import annotations

import io
import tarfile
from types import SimpleNamespace
from typing import Any

import pytest

from harness.lab.instance.archive import Archive, below
from harness.lab.instance.launch import empty_volume, launch


def some() -> bytes:
    archive = Archive(7, 8)
    archive.files("/etc/asterisk", {"pjsip.conf": b"[a]\n", "keys/site.pem": b"key"})
    archive.file("/etc/asterisk.d/other.conf", b"other")
    archive.file("/var/lib/asterisk/astdb.sqlite3", b"kept")
    archive.link("/etc/asterisk/extensions.lua", "/srv/dialplan.lua")
    return archive.data()


def names(archive: bytes) -> dict[str, str | None]:
    """What an archive has by its path: the content of a file, where a link leads, None of a folder."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {
            one.name: content.read().decode()
            if (content := one.isfile() and tar.extractfile(one))
            else one.linkname or None
            for one in tar
        }


def test_what_is_below_a_folder_is_by_its_path_there() -> None:
    part = below(some(), "/etc/asterisk")
    assert names(part) == {
        "pjsip.conf": "[a]\n",
        "keys": None,
        "keys/site.pem": "key",
        "extensions.lua": "/srv/dialplan.lua",
    }
    with tarfile.open(fileobj=io.BytesIO(part)) as tar:
        assert {(one.uid, one.gid) for one in tar} == {(7, 8)}
    assert names(below(some(), "/usr")) == {}


@pytest.mark.parametrize(("engine", "put"), [("Podman Engine", ["/", "/etc/asterisk"]), ("Engine", ["/"])])
def test_podman_gets_what_is_in_a_volume_there_before_it_fills_the_volume_itself(
    engine: str, put: list[str]
) -> None:
    did: list[str] = []
    container = SimpleNamespace(put_archive=lambda path, _: did.append(path), start=lambda: did.append("start"))
    version = {"Components": [{"Name": engine}]}
    create: Any = lambda *_, **__: container  # noqa: E731
    client: Any = SimpleNamespace(
        client=SimpleNamespace(version=lambda: version, containers=SimpleNamespace(create=create))
    )
    launch(client, "one", "image", archive=some(), mounts=[empty_volume("/etc/asterisk")])
    assert did == [*put, "start"]
