"""A statement in a DSSE envelope, signed with an ed25519 key, and back. Pure but for the two files of keys."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import FormatError, VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from harness.errors import SiteError
from harness.report.folder import read_bytes

__all__ = ["problem_of_signature", "read_envelope", "read_private", "read_public", "sealed"]

_PAYLOAD = "application/vnd.in-toto+json"


def sealed(statement: bytes, signer: CryptoSigner) -> str:
    """The envelope's JSON text, ended by a newline."""
    envelope = Envelope(statement, _PAYLOAD, {})
    envelope.sign(signer)
    return json.dumps(envelope.to_dict(), indent=2) + "\n"


def read_envelope(text: bytes, *, source: str) -> Envelope:
    """The envelope, its signatures not checked. SiteError, naming `source`, where it is none of a statement."""
    try:
        document = json.loads(text)
        if "_type" in document:
            raise SiteError(
                f"{source}: a statement that nobody signed: `harness sign DIR --sign-key KEY.pem` does"
            )
        envelope = Envelope.from_dict(document)
    except (FormatError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as problem:
        raise SiteError(f"{source}: not a DSSE envelope ({problem!r})") from problem
    if envelope.payload_type != _PAYLOAD:
        raise SiteError(f"{source}: holds {envelope.payload_type!r}, wanted {_PAYLOAD}")
    return envelope


def problem_of_signature(envelope: Envelope, key: SSlibKey) -> str:
    """Why the envelope is not one that this key signed; empty where it is."""
    try:
        envelope.verify([key], 1)
    except VerificationError:
        if key.keyid in envelope.signatures:
            return "the signature does not fit: statement or signature were changed after signing"
        signers = ", ".join(sorted(envelope.signatures)) or "nobody"
        return f"signed by another key: wanted {key.keyid}, signed by {signers}"
    return ""


def read_private(path: Path) -> CryptoSigner:
    """Who signs with the key in this file (PEM, PKCS8, ed25519, no passphrase). SiteError, never with its text."""
    try:
        key = load_pem_private_key(read_bytes(path), password=None)
    except TypeError:
        raise SiteError(
            f"{path}: the key has a passphrase; give one without (openssl pkey -in KEY -out NEW)"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise SiteError(f"{path}: no private key in PEM; `openssl genpkey -algorithm ed25519` makes one") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SiteError(f"{path}: a key of another kind; `openssl genpkey -algorithm ed25519` makes one")
    return CryptoSigner(key)


def read_public(path: Path) -> SSlibKey:
    """The public key in this file (PEM, ed25519). SiteError where it is none."""
    try:
        key = load_pem_public_key(read_bytes(path))
    except (ValueError, UnsupportedAlgorithm):
        raise SiteError(f"{path}: no public key in PEM; `openssl pkey -in KEY.pem -pubout` prints it") from None
    if not isinstance(key, Ed25519PublicKey):
        raise SiteError(f"{path}: a key of another kind, wanted ed25519")
    return SSlibKey.from_crypto(key)
