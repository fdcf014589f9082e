"""What is never kept: passwords and keys, on whatever surface they pass. One list for all of them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeVar, cast

import msgspec
from msgspec.structs import replace

from harness.asterisk.ari import read_body
from harness.model import AmiPacket, AppSaid, AriAnswer, AriEvent, AriRequest, Headers, Json, Seen

__all__ = ["is_secret", "json_without_secrets", "without_secrets"]

_SECRETS = frozenset(
    "secret password passwd api_key authorization proxy-authorization cookie set-cookie authsecret vmsecret "
    "remotesecret md5secret md5cred md5_cred md5-cred oauth_secret refresh_token".split()
)
_MASK = "(secret)"
# Of a configuration: in answers to GetConfig, GetConfigJSON and Command, and in UpdateConfig.
_LINES = ("Line-", "Value-", "Output", "JSON")
_IN_TEXT = re.compile(r'("([\w-]+)"\s*:\s*)"(?:[^"\\]|\\.)*"')
_OPTION = re.compile(r"\s*([\w.-]+)\s*(?:=>?|:)\s*")

_S = TypeVar("_S", bound=Seen)


@lru_cache(4096)
def is_secret(name: str) -> bool:
    """Whether what has this name (a header, a key, an option, a parameter) is nobody's business."""
    return name.rpartition(".")[2].strip().lower() in _SECRETS


def without_secrets(seen: _S) -> _S:
    """The same with `(secret)` for each secret in it, and then without the bytes that it came as."""
    if isinstance(seen, AmiPacket):
        return cast(_S, _packet(seen))
    if isinstance(seen, AppSaid):
        said, details = without_secrets(seen.said) if seen.said else None, _headers(seen.details)
        is_clean = said is seen.said and details is seen.details
        return seen if is_clean else cast(_S, replace(seen, said=said, details=details, odd=b""))
    if isinstance(seen, AriRequest | AriAnswer | AriEvent):
        return cast(_S, _with_body(seen))
    return seen


@lru_cache(4096)
def _are_clean(names: tuple[str, ...]) -> bool:
    """Whether headers of these names, of which there are few sets, can hold no secret."""
    return not any(is_secret(name) or name.lower() == "key" or name.startswith(_LINES) for name in names)


def _packet(packet: AmiPacket) -> AmiPacket:
    if _are_clean(tuple(packet.values)):
        return packet
    hidden = "key" if packet.get("Action") == "Login" else ""
    headers = tuple(
        (name, _MASK) if is_secret(name) or name.lower() == hidden else _config_line(packet, name, value)
        for name, value in packet.headers
    )
    return packet if headers == packet.headers else AmiPacket(packet.at, headers)


def _config_line(packet: AmiPacket, name: str, value: str) -> tuple[str, str]:
    """A line `secret=x` of a file or `password : x` of a listing; a value, whose option another header names."""
    if name == "JSON":
        body, _ = read_body(value.encode())
        clean = json_without_secrets(body)
        return name, value if clean == body else msgspec.json.encode(clean).decode()
    if name.startswith("Value-"):
        return name, _MASK if is_secret(packet.get(name.replace("Value-", "Var-"))) else value
    option = _OPTION.match(value) if name.startswith(_LINES) else None
    return name, f"{option[0]}{_MASK}" if option and is_secret(option[1]) else value


def _with_body(seen: AriRequest | AriAnswer | AriEvent) -> Seen:
    changed: dict[str, object] = {}
    for name in ("headers", "query"):
        before: Headers = getattr(seen, name, ())
        if (after := _headers(before)) is not before:
            changed[name] = after
    if "query" in changed:
        changed["target"] = ""
    if (body := json_without_secrets(seen.body)) != seen.body:
        changed |= {"body": body, "odd": b""}
    return replace(seen, **changed) if changed else seen


def _headers(headers: Headers) -> Headers:
    if not any(is_secret(name) for name, _ in headers):
        return headers
    return tuple((name, _MASK if is_secret(name) else value) for name, value in headers)


def json_without_secrets(body: Json) -> Json:
    """JSON, in which `{"attribute": "password", "value": ...}` is a secret as well; or a text with JSON in it."""
    if isinstance(body, str):
        return _IN_TEXT.sub(lambda pair: f'{pair[1]}"{_MASK}"' if is_secret(pair[2]) else pair[0], body)
    if isinstance(body, dict):
        names_one = is_secret(str(body.get("attribute", "")))
        hidden = {name for name in body if is_secret(name) or (names_one and name == "value")}
        return {name: _MASK if name in hidden else json_without_secrets(part) for name, part in body.items()}
    return [json_without_secrets(part) for part in body] if isinstance(body, list) else body
