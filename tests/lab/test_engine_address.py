"""DOCKER_HOST as people write it."""

from __future__ import annotations

import socket

import pytest

from harness.errors import EngineError
from harness.lab.engine.address import wrong_address
from harness.lab.engine.client import connect


@pytest.mark.parametrize(
    "host",
    [
        "",
        "unix:///run/docker.sock",
        "unix://",
        "tcp://192.0.2.1:2376",
        "tcp://[2001:db8::1]:2375",
        "https://engine.example:2376",
        "192.0.2.1:2375",
        "ssh://prod",
        "ssh://root@prod:2222",
    ],
)
def test_where_an_engine_may_be(host: str) -> None:
    assert wrong_address(host) == ""


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("foo", "it has no kind"),
        ("/run/docker.sock", "it has no kind"),
        ("unix:/run/docker.sock", "it has no kind"),
        ("unix://run/docker.sock", "a socket has a whole path"),
        ("tcp://", "it names no host"),
        ("tcp://:2375", "it names no host"),
        ("ssh://", "it names no host"),
        ("ssh://root@", "it names no host"),
        ("tcp://192.0.2.1", "it has no port"),
        ("tcp://192.0.2.1:abc", "it cannot be read (P"),
        ("tcp://192.0.2.1:99999", "it cannot be read (P"),
        ("ssh://prod:ssh", "it cannot be read (P"),
        ("tcp://[2001:db8::1", "it cannot be read (I"),
        ("fd://", "fd:// is no kind"),
        ("npipe:////./pipe/docker_engine", "npipe:// is no kind"),
    ],
)
def test_where_no_engine_can_be_is_said(host: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", host)
    with pytest.raises(EngineError) as told:
        connect()
    assert str(told.value).startswith(f"DOCKER_HOST is {host!r}, where no engine can be: {words}")
    assert "tcp://HOST:2376" in str(told.value)


def test_a_port_at_which_nobody_listens_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    with pytest.raises(EngineError) as told:
        connect()
    assert told.value.__notes__[0].startswith("nothing takes connections there. ")


def test_a_name_that_is_no_machine_s_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setenv("DOCKER_HOST", "tcp://no-such-host.invalid:2375")
    with pytest.raises(EngineError) as told:
        connect()
    assert told.value.__notes__[0].startswith("no machine is known by that name. ")
