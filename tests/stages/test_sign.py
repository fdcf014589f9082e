"""A run's statement: signed, checked, and everything that may be wrong with it."""

from __future__ import annotations

import base64
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from harness.cli import main
from harness.errors import SiteError
from harness.model import Outcome, Report, ScenarioResult, Side, Verdict
from harness.plugin.run_folder import RunFolder
from harness.report import write_report
from harness.report.statement import loads
from harness.site import load_site
from harness.site.content import content_hash
from harness.stages.kept import Kept, write_kept
from harness.stages.sign import sign, verify

DEMO = Path(__file__).parents[2] / "scenarios" / "demo"
OLD = Side("debian:bullseye", "16.28.0", "x/bullseye:1", f"sha256:{'1' * 64}")
CANDIDATE = Side("debian:sid", "22.10.1", "x/sid:2", f"sha256:{'2' * 64}")
RESULTS = tuple(ScenarioResult(f"s/{outcome.value}", "dialplan", outcome) for outcome in Outcome)
REPORT = Report(Verdict.HOLD, "demo", OLD, OLD, CANDIDATE, results=RESULTS)
HOSTILE = 'x\x1b[31m\r\n"}<script>\udcff'


def keys(folder: Path, name: str = "key", *, passphrase: bytes = b"") -> tuple[Path, Path]:
    """A pair of keys in files."""
    private, public = folder / f"{name}.pem", folder / f"{name}.pub.pem"
    key = Ed25519PrivateKey.generate()
    lock: KeySerializationEncryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


class Run:
    """A run in a folder, its site, and who signs it."""

    def __init__(self, root: Path, report: Report = REPORT) -> None:
        self.site, self.folder = root / "site", root / "out"
        self.site.mkdir(parents=True)
        (self.site / "site.toml").write_text("name = 'demo'\n")
        write_kept(self.folder_made(), Kept(site=str(self.site), content=content_hash(self.site)))
        write_report(report, self.folder)
        self.private, self.public = keys(root)

    def folder_made(self) -> Path:
        self.folder.mkdir()
        return self.folder

    @property
    def envelope(self) -> Path:
        return self.folder / "statement.dsse.json"

    def signed(self) -> dict[str, Any]:
        """The envelope's document, fresh."""
        sign(self.folder, self.private)
        document: dict[str, Any] = json.loads(self.envelope.read_text())
        return document

    def problems(self, *, site: Path | None = None) -> str:
        return "\n".join(verify(self.envelope, self.public, site).problems)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def test_what_was_signed_holds(run: Run) -> None:
    run.signed()
    verified = verify(run.envelope, run.public, run.site)
    assert verified.problems == ()
    assert verified.statement is not None
    assert verified.statement.verdict == "hold"


def test_the_statement_is_in_toto_s(run: Run) -> None:
    path = sign(run.folder, None)
    assert json.loads(path.read_text()) == {
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "subject": [
            {
                "name": "candidate",
                "digest": {"sha256": "2" * 64},
                "annotations": {"release": "debian:sid", "version": "22.10.1"},
            }
        ],
        "predicate": {
            "result": "FAILED",
            "configuration": [
                {
                    "name": "old",
                    "digest": {"sha256": "1" * 64},
                    "annotations": {"release": "debian:bullseye", "version": "16.28.0"},
                },
                {"name": "site", "digest": {"dirHash": content_hash(run.site)}, "annotations": {"name": "demo"}},
                {
                    "name": "report.json",
                    "digest": {"sha256": _sha256sum(run.folder / "report.json")},
                    "annotations": {"verdict": "hold"},
                },
            ],
            "passedTests": ["s/same", "s/waived"],
            "warnedTests": ["s/not-compared", "s/unstable-on-candidate", "s/unstable-on-old"],
            "failedTests": ["s/differs", "s/failed"],
        },
    }


def _sha256sum(path: Path) -> str:
    return subprocess.run(["sha256sum", str(path)], check=True, capture_output=True, text=True).stdout.split()[0]


def test_the_envelope_is_dsse_s(run: Run, tmp_path: Path) -> None:
    """Another program, which knows the specification alone, checks the signature."""
    document = run.signed()
    payload, kind = base64.b64decode(document["payload"]), document["payloadType"]
    assert kind == "application/vnd.in-toto+json"
    (tmp_path / "pae").write_bytes(b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload))
    (tmp_path / "sig").write_bytes(base64.b64decode(document["signatures"][0]["sig"]))
    given = ["-pubin", "-inkey", str(run.public), "-rawin", "-in", "pae", "-sigfile", "sig"]
    done = subprocess.run(["openssl", "pkeyutl", "-verify", *given], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "Signature Verified Successfully")


@pytest.mark.parametrize(
    ("verdict", "result"),
    [
        (Verdict.PROMOTE, "PASSED"),
        (Verdict.PARTIAL, "WARNED"),
        (Verdict.INCONCLUSIVE, "FAILED"),
        (Verdict.HOLD, "FAILED"),
    ],
)
def test_only_promote_passes(tmp_path: Path, verdict: Verdict, result: str) -> None:
    run = Run(tmp_path, replace(REPORT, verdict=verdict))
    statement = loads(sign(run.folder, None).read_bytes(), source="x")
    assert (statement.predicate.result, statement.verdict) == (result, verdict.value)


@pytest.mark.parametrize("what", ["payload", "sig"])
@pytest.mark.parametrize("at", [0, 17, -1])
def test_a_flipped_bit_does_not_hold(run: Run, what: str, at: int) -> None:
    document = run.signed()
    place = document if what == "payload" else document["signatures"][0]
    data = bytearray(base64.b64decode(place[what]))
    data[at] ^= 1
    place[what] = base64.b64encode(data).decode()
    run.envelope.write_text(json.dumps(document))
    assert "the signature does not fit" in run.problems()


def test_another_kind_of_payload_does_not_hold(run: Run) -> None:
    document = run.signed() | {"payloadType": "text/plain"}
    run.envelope.write_text(json.dumps(document))
    with pytest.raises(SiteError, match="holds 'text/plain', wanted application/vnd"):
        run.problems()


def test_another_key_is_told_by_its_id(run: Run, tmp_path: Path) -> None:
    (one,) = run.signed()["signatures"]
    _, run.public = keys(tmp_path, "other")
    assert f"signed by {one['keyid']}" in run.problems()


def test_another_key_that_claims_the_id_does_not_hold(run: Run, tmp_path: Path) -> None:
    (wanted,) = run.signed()["signatures"]
    run.private, _ = keys(tmp_path, "other")
    document = run.signed()
    document["signatures"][0]["keyid"] = wanted["keyid"]
    run.envelope.write_text(json.dumps(document))
    assert "the signature does not fit" in run.problems()


def test_another_site_is_told(run: Run) -> None:
    run.signed()
    before = content_hash(run.site)
    (run.site / "waivers.yaml").write_text("[]\n")
    now = content_hash(run.site)
    assert run.problems(site=run.site) == f"site's files (dirHash): {now} here, {before} as stated"
    assert run.problems() == ""


def test_a_report_that_changed_is_told(run: Run) -> None:
    run.signed()
    write_report(replace(REPORT, verdict=Verdict.PROMOTE), run.folder)
    assert "report.json: " in run.problems()
    assert "the verdict is promote in report.json, hold as stated" in run.problems()


def test_a_statement_of_another_run_beside_this_one_names_its_images(run: Run, tmp_path: Path) -> None:
    run.signed()
    write_report(replace(REPORT, candidate=OLD), run.folder)
    assert f"image of candidate: {'1' * 64} here, {'2' * 64} as stated" in run.problems()


def test_hostile_names_come_through_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    side = replace(CANDIDATE, release=HOSTILE, version=HOSTILE)
    results = (ScenarioResult(HOSTILE, "dialplan", Outcome.SAME),)
    run = Run(tmp_path / "x\x1b[31m", Report(Verdict.PROMOTE, HOSTILE, OLD, OLD, side, results=results))
    run.signed()
    assert run.problems(site=run.site) == ""
    assert main(["verify", str(run.envelope), "--key", str(run.public)]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "\r" not in printed
    assert len(printed.splitlines()) == 5


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", "[" * 100_000, '{"payload": 1, "payloadType": 2, "signatures": 3}', '{"_type": "x"}'],
)
def test_what_is_no_envelope_is_refused(run: Run, text: str) -> None:
    run.envelope.write_text(text)
    with pytest.raises(SiteError, match=r"statement\.dsse\.json: (not a DSSE envelope|a statement that nobody)"):
        run.problems()


def test_a_run_without_images_states_nothing(tmp_path: Path) -> None:
    run = Run(tmp_path, replace(REPORT, candidate=Side("debian:sid")))
    with pytest.raises(SiteError, match="does not know the image of candidate"):
        sign(run.folder, run.private)


def test_a_site_that_changed_while_it_was_played_is_not_stated(run: Run) -> None:
    write_kept(run.folder, Kept(site=str(run.site), content="0" * 64))
    with pytest.raises(SiteError, match="some changed while it was played"):
        sign(run.folder, run.private)


def test_keys_that_will_not_do_are_named_and_never_printed(run: Run, tmp_path: Path) -> None:
    locked, _ = keys(tmp_path, "locked", passphrase=b"x")
    other = tmp_path / "other.pem"
    ec = generate_private_key(SECP256R1())
    other.write_bytes(ec.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    broken = tmp_path / "broken.pem"
    broken.write_text(run.private.read_text().replace("A", "B"))
    wanted = {
        locked: "has a passphrase",
        other: "another kind",
        broken: "no private key",
        run.public: "no private",
    }
    for path, words in wanted.items():
        with pytest.raises(SiteError, match=words) as caught:
            sign(run.folder, path)
        body = path.read_text().splitlines()[1]
        assert body not in str(caught.value)
    with pytest.raises(SiteError, match="no public key"):
        verify(Run(tmp_path / "more").envelope, run.private, None)


def test_the_commands_say_what_they_did(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sign", str(run.folder)]) == 0
    assert "not signed: anybody can have written it" in capsys.readouterr().out
    assert main(["sign", str(run.folder), "--sign-key", str(run.private)]) == 0
    assert capsys.readouterr().out == f"{run.envelope}\n"
    given = ["verify", str(run.envelope), "--key", str(run.public)]
    assert main([*given, "--site", str(run.site)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "verdict    hold",
        f"candidate  debian:sid, 22.10.1  {'2' * 64}",
        f"old        debian:bullseye, 16.28.0  {'1' * 64}",
        f"site       demo  {content_hash(run.site)}",
        "signature, report and site hold",
    ]
    assert main([*given, "--verdict", "promote"]) == 1
    assert "WRONG  the verdict is hold, wanted promote" in capsys.readouterr().out
    assert main(["verify", str(run.folder / "report.json"), "--key", str(run.public)]) == 2
    assert main(["verify", str(run.folder / "none"), "--key", str(run.public)]) == 2


def test_a_run_is_signed_when_its_folder_is_filled(tmp_path: Path) -> None:
    run = Run(tmp_path)
    folder = RunFolder(run.folder, run.private, print)
    assert folder.fill(REPORT, replace(load_site(DEMO), root=run.site)) == REPORT
    assert (folder.problem, run.problems(site=run.site)) == ("", "")
    run.envelope.unlink()
    RunFolder(run.folder, None, print).fill(REPORT, replace(load_site(DEMO), root=run.site))
    assert not run.envelope.exists()
