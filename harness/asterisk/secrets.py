"""What is never kept: passwords and keys, on whatever surface they pass. One list for all of them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeVar, cast

import msgspec
from msgspec.structs import replace

from harness.asterisk.ari import read_body
from harness.model import (
    AgiLine,
    AmiPacket,
    AppSaid,
    AriAnswer,
    AriEvent,
    AriRequest,
    Headers,
    Json,
    LogLine,
    Seen,
    Step,
)

__all__ = ["is_secret", "json_without_secrets", "line_without_secrets", "without_secrets"]

_SECRETS = frozenset(
    "secret password passwd api_key authorization proxy-authorization cookie set-cookie authsecret vmsecret "
    "remotesecret md5secret md5cred md5_cred md5-cred oauth_secret refresh_token".split()
)
_MASK = "(secret)"
# Of a configuration: in answers to GetConfig, GetConfigJSON and Command, and in UpdateConfig.
_LINES = ("Line-", "Value-", "Output", "JSON")
_IN_TEXT = re.compile(r'("([\w-]+)"\s*:\s*)"(?:[^"\\]|\\.)*"')
_OPTION = re.compile(r"\s*([\w./-]+)\s*(?:=>?|:)\s*")
_MAILBOX = re.compile(r"(\d+\s*=>?\s*)[^,]+(?=,)")  # of voicemail.conf: the first column is what the owner types
_NAMED = re.compile(r"(?:^|[._/\s-])(?:secret|password|passwd)$")
# In a line of the log, of AGI or of a dialplan: `PASSWORD=x`, `secret: x`, `SET VARIABLE PASSWORD "x"`.
_IN_LINE = re.compile(
    r"""(\b[\w./-]*(?:secret|password|passwd)\)?(?:"?\s*(?:=>?|:)\s*"?|"?\s+"))([^\s"',;()]+)""", re.IGNORECASE
)

_WITH_TEXT = frozenset({"AppData", "Variable", "ChanVariable"})
_S = TypeVar("_S", bound=Seen)


@lru_cache(4096)
def is_secret(name: str) -> bool:
    """Whether what has this name (a header, a key, an option, a parameter) is nobody's business."""
    said = name.strip().lower()
    return said.rpartition(".")[2] in _SECRETS or bool(_NAMED.search(said))


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
    if isinstance(seen, LogLine):
        message = _text(seen.message)
        return seen if message == seen.message else cast(_S, replace(seen, message=message, odd=b""))
    if isinstance(seen, AgiLine):
        line = _text(seen.line)
        return seen if line == seen.line else cast(_S, replace(seen, line=line, odd=b""))
    if isinstance(seen, Step):
        details = _details(seen.details)
        return seen if details == seen.details else cast(_S, replace(seen, details=details))
    return seen


def line_without_secrets(line: str) -> str:
    """A line of a file or of the log without the values of what is secret by its name."""
    return _text(line)


def _text(text: str) -> str:
    """A line without the values of what is secret by its name."""
    return _IN_LINE.sub(rf"\1{_MASK}", text) if _may_tell(text) else text


def _may_tell(text: str) -> bool:
    said = text.lower()
    return "secret" in said or "passw" in said


def _details(details: Headers) -> Headers:
    """Of a step: a name with its value, a line of the command, or the text that it sent."""
    return tuple((name, _MASK if is_secret(name) else _text(value)) for name, value in details)


@lru_cache(4096)
def _are_clean(names: tuple[str, ...]) -> bool:
    """Whether headers of these names, of which there are few sets, can hold no secret."""
    return not any(is_secret(name) or name.lower() == "key" or name.startswith(_LINES) for name in names)


def _packet(packet: AmiPacket) -> AmiPacket:
    names = tuple(packet.values)
    if _are_clean(names) and not (_have_text(names) and _tells_one(packet)):
        return packet
    hidden = "key" if packet.get("Action") == "Login" else ""
    headers = tuple(
        (name, _MASK) if is_secret(name) or name.lower() == hidden else _header(packet, name, value)
        for name, value in packet.headers
    )
    return packet if headers == packet.headers else AmiPacket(packet.at, headers)


@lru_cache(4096)
def _have_text(names: tuple[str, ...]) -> bool:
    """Whether one of these headers is a text in which a secret may be told by its name."""
    return not _WITH_TEXT.isdisjoint(names)


def _tells_one(packet: AmiPacket) -> bool:
    """Whether a variable, or what an application is given, is secret by its name."""
    told = [(name, value) for name, value in packet.headers if name in _WITH_TEXT]
    return any(_text(value) != value or (name == "Variable" and is_secret(value)) for name, value in told)


def _header(packet: AmiPacket, name: str, value: str) -> tuple[str, str]:
    """A value whose name another header has, the arguments of an application, or a line of a file."""
    if (name == "Value" and is_secret(packet.get("Variable"))) or (name == "Val" and is_secret(packet.get("Key"))):
        return name, _MASK
    if name in _WITH_TEXT:
        return name, _text(value)
    return _config_line(packet, name, value)


def _config_line(packet: AmiPacket, name: str, value: str) -> tuple[str, str]:
    """A line `secret=x` of a file or `password : x` of a listing; a value, whose option another header names."""
    if name == "JSON":
        body, _ = read_body(value.encode())
        clean = json_without_secrets(body)
        return name, value if clean == body else msgspec.json.encode(clean).decode()
    if name.startswith("Value-"):
        return name, _MASK if is_secret(packet.get(name.replace("Value-", "Var-"))) else value
    if name.startswith("Line-") and _MAILBOX.match(value):
        return name, _MAILBOX.sub(rf"\1{_MASK}", value, count=1)
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
