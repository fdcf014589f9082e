"""An engine behind TLS, whose certificate only its own authority knows."""

from __future__ import annotations

import json
import os
import ssl
import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from harness.errors import EngineError
from harness.lab.engine.client import connected, describe, is_podman
from tests.certificates import certified

VERSION = (
    b'{"Platform": {"Name": ""}, "Version": "20.10", "ApiVersion": "1.41", "Components": [{"Name": "Engine"}]}'
)


class Engine(BaseHTTPRequestHandler):
    """Tells its version."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(VERSION)))
        self.end_headers()
        self.wfile.write(VERSION)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of its certificates, as DOCKER_CERT_PATH has it; the machine trusts another authority."""
    authority = certified(tmp_path, "ca-", None)
    (tmp_path / "ca-cert.pem").rename(tmp_path / "ca.pem")
    certified(tmp_path, "server-", authority)
    certified(tmp_path, "", authority)
    certified(tmp_path, "web-", None)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server-cert.pem", tmp_path / "server-key.pem")
    context.load_verify_locations(tmp_path / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with ThreadingHTTPServer(("127.0.0.1", 0), Engine) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever).start()
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
        monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.setenv(name, str(tmp_path / "web-cert.pem"))
        yield tmp_path
        server.shutdown()


def test_its_own_authority_counts_whatever_the_machine_trusts_for_the_web(engine: Path) -> None:
    with connected() as client:
        assert describe(client) == "Docker 20.10 (API 1.41)"
        assert not is_podman(client)


def test_the_certificates_of_a_context_count(engine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = os.environ["DOCKER_HOST"]
    for name in ("DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"):
        monkeypatch.setenv(name, "x")  # restored in the end
        monkeypatch.delenv(name)
    monkeypatch.setenv("DOCKER_CONFIG", str(engine))
    (engine / "config.json").write_text('{"currentContext": "far"}')
    folder = sha256(b"far").hexdigest()
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (place := engine / "contexts/tls" / folder / "docker").mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes((engine / name).read_bytes())
    (meta := engine / "contexts/meta" / folder).mkdir(parents=True)
    endpoint = {"Host": host, "SkipTLSVerify": False}
    (meta / "meta.json").write_text(json.dumps({"Name": "far", "Metadata": {}, "Endpoints": {"docker": endpoint}}))
    with connected() as client:
        assert describe(client) == "Docker 20.10 (API 1.41)"


def test_one_of_another_authority_is_refused(engine: Path) -> None:
    (engine / "ca.pem").write_bytes((engine / "web-cert.pem").read_bytes())
    with pytest.raises(EngineError) as told, connected():
        pass
    assert f"none of {engine}/ca.pem (DOCKER_CERT_PATH)" in told.value.__notes__[0]


def test_certificates_that_are_not_there_are_named(engine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CERT_PATH", str(engine / "none"))
    with pytest.raises(EngineError) as told, connected():
        pass
    assert f"ca.pem, cert.pem and key.pem in {engine / 'none'} (DOCKER_CERT_PATH)" in told.value.__notes__[0]
