"""The phones of a site, its trunks and the hosts it talks to, as its SIP configuration names them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network

from harness.asterisk.conf import Conf, Config, Section, is_true
from harness.site.model import Phone

__all__ = ["hosts_of", "phones_of", "trunks_of"]

_PLAIN_AUTHS = frozenset({"", "userpass", "digest"})
_HOST_NAME = re.compile(
    r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?"
)
_NOT_HOSTS = frozenset({"", "dynamic", "localhost", "static", "none"})
_HOST_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "pjsip.conf": ("contact", "server_uri", "outbound_proxy", "match"),
    "pjsip_wizard.conf": (
        "remote_hosts",
        "outbound_proxy",
        "aor/contact",
        "endpoint/outbound_proxy",
        "identify/match",
    ),
    "sip.conf": ("host", "outboundproxy", "register"),
    "iax.conf": ("host", "register"),
}
_SIP_GENERAL = frozenset({"general", "authentication"})


def phones_of(config: Config) -> tuple[Phone, ...]:
    """Endpoints that log in with user name and password and say where they are, sorted by name."""
    found = {phone.name: phone for phone in (*_sip(config), *_pjsip(config), *_wizard(config))}
    return tuple(found[name] for name in sorted(found))


def trunks_of(config: Config) -> tuple[str, ...]:
    """Endpoints that are called at an address of their own and log in nowhere here, sorted by name."""
    phones = {phone.name for phone in phones_of(config)}
    objects = _objects(config.file("pjsip.conf"))
    names = {
        name
        for name, endpoint in objects.get("endpoint", {}).items()
        if any(aor.get("contact") for aor in _sections(endpoint, "aors", objects.get("aor", {})))
    }
    names |= {section.name for section in _wizards(config) if section.get("remote_hosts")}
    names |= {peer.name for peer in _peers(config) if peer.get("host") not in ("", "dynamic")}
    return tuple(sorted(names - phones))


def hosts_of(config: Config) -> tuple[str, ...]:
    """Host names (no addresses) of providers and other systems that the site's trunks lead to."""
    names: dict[str, None] = {}
    for file, options in _HOST_OPTIONS.items():
        for section in config.file(file).usable:
            values = (value for name in options for value in section.values(name))
            names.update((host, None) for value in values for host in _hosts(value))
    return tuple(names)


def _hosts(value: str) -> Iterator[str]:
    for part in value.split(","):
        uri = part.strip().strip("<>").partition("?")[0].partition(";")[0]
        uri = re.sub(r"^(sips?|udp|tcp|tls):(//)?", "", uri, flags=re.IGNORECASE)
        host = uri.rpartition("@")[2].partition("/")[0].partition(":")[0].lower().rstrip(".")
        if _HOST_NAME.fullmatch(host) and host not in _NOT_HOSTS and not _is_address(part):
            yield host


def _is_address(value: str) -> bool:
    """Whether it leads to an IP address or a network, with or without anything around it."""
    bare = re.sub(r"^.*@|^[a-z]+:(//)?", "", value.strip().strip("<>"), flags=re.IGNORECASE)
    for candidate in (bare, bare.partition(";")[0].partition("?")[0].partition(":")[0]):
        try:
            ip_network(candidate, strict=False)
        except ValueError:
            continue
        return True
    return bare.startswith("[")


def _pjsip(config: Config) -> Iterator[Phone]:
    objects = _objects(config.file("pjsip.conf"))
    for name, endpoint in objects.get("endpoint", {}).items():
        aors = _sections(endpoint, "aors", objects.get("aor", {}))
        if not any(_is_dynamic(aor) for aor in aors):
            continue
        for auth in _sections(endpoint, "auth", objects.get("auth", {})):
            if auth.get("password") and auth.get("auth_type").lower() in _PLAIN_AUTHS:
                username = auth.get("username", name)
                yield Phone(name, username, auth.get("password"))
                break


def _is_dynamic(aor: Section) -> bool:
    """Whether phones can register: `max_contacts` is 0 unless it is set."""
    most = aor.get("max_contacts", "0")
    return most.isdecimal() and int(most[:9]) > 0 and not aor.get("contact")


def _objects(conf: Conf) -> dict[str, dict[str, Section]]:
    """Sections by their type and name: an endpoint and its aor may share a name."""
    found: dict[str, dict[str, Section]] = {}
    for section in conf.usable:
        found.setdefault(section.get("type").lower(), {}).setdefault(section.name, section)
    return found


def _sections(section: Section, option: str, among: Mapping[str, Section]) -> list[Section]:
    names = [name.strip() for name in section.get(option).split(",")]
    return [among[name] for name in names if name in among]


def _wizards(config: Config) -> Iterator[Section]:
    for section in config.file("pjsip_wizard.conf").usable:
        if section.get("type").lower() == "wizard":
            yield section


def _wizard(config: Config) -> Iterator[Phone]:
    for section in _wizards(config):
        secret = section.get("inbound_auth/password")
        if secret and is_true(section.get("accepts_registrations")):
            username = section.get("inbound_auth/username", section.name)
            yield Phone(section.name, username, secret)


def _peers(config: Config) -> Iterator[Section]:
    for section in config.file("sip.conf").usable:
        if section.name.lower() not in _SIP_GENERAL and section.get("type").lower() in ("friend", "peer"):
            yield section


def _sip(config: Config) -> Iterator[Phone]:
    """chan_sip wants a peer's own name as user name; `defaultuser` is for calls to it."""
    for peer in _peers(config):
        if peer.get("host").lower() == "dynamic" and peer.get("secret"):
            yield Phone(peer.name, peer.name, peer.get("secret"))
