"""The phones of a site, and the hosts it talks to, as its SIP configuration names them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from harness.site.conf import Conf, Config, options_of
from harness.site.model import Phone

__all__ = ["hosts_of", "phones_of"]

_HOST = re.compile(r"sips?:(?:[^@;>]*@)?(?P<host>[A-Za-z][A-Za-z0-9.-]*\.[A-Za-z0-9-]+)")
_HOST_OPTIONS = frozenset(
    {"contact", "server_uri", "outbound_proxy", "remote_hosts", "client_uri", "match", "host"}
)


def phones_of(config: Config) -> tuple[Phone, ...]:
    """Endpoints that log in with user name and password and say where they are, sorted by name."""
    found = {phone.name: phone for phone in (*_sip(config.file("sip.conf")), *_pjsip(config), *_wizard(config))}
    return tuple(found[name] for name in sorted(found))


def hosts_of(config: Config) -> tuple[str, ...]:
    """Host names of providers and other systems that the site's trunks lead to."""
    names: dict[str, None] = {}
    for file in ("pjsip.conf", "pjsip_wizard.conf", "sip.conf", "iax.conf"):
        for section in config.file(file).sections:
            for option in section.options:
                if option.name.lower() not in _HOST_OPTIONS:
                    continue
                value = option.value if "sip:" in option.value else f"sip:{option.value}"
                names.update((match["host"], None) for match in _HOST.finditer(value))
    return tuple(names)


def _pjsip(config: Config) -> Iterator[Phone]:
    conf = config.file("pjsip.conf")
    by_type = _sections_by_type(conf)
    for name, endpoint in by_type.get("endpoint", {}).items():
        auth = by_type.get("auth", {}).get(endpoint.get("auth", ""))
        aor = by_type.get("aor", {}).get(endpoint.get("aors", "").partition(",")[0].strip())
        if auth and aor and "contact" not in aor and auth.get("password"):
            yield Phone(name, auth.get("username", name), auth["password"])


def _sections_by_type(conf: Conf) -> dict[str, dict[str, Mapping[str, str]]]:
    found: dict[str, dict[str, Mapping[str, str]]] = {}
    for section in conf.sections:
        if not section.template:
            options = options_of(conf.resolved(section))
            found.setdefault(options.get("type", ""), {})[section.name] = options
    return found


def _wizard(config: Config) -> Iterator[Phone]:
    conf = config.file("pjsip_wizard.conf")
    for section in conf.sections:
        options = options_of(conf.resolved(section))
        if section.template or options.get("type") != "wizard" or options.get("accepts_registrations") != "yes":
            continue
        secret = options.get("inbound_auth/password")
        if secret:
            yield Phone(section.name, options.get("inbound_auth/username", section.name), secret)


def _sip(conf: Conf) -> Iterator[Phone]:
    for section in conf.sections:
        options = options_of(conf.resolved(section))
        dynamic = options.get("host") == "dynamic" and options.get("type") in ("friend", "peer")
        if not section.template and dynamic and options.get("secret"):
            yield Phone(
                section.name, options.get("defaultuser", section.name), options["secret"], technology="SIP"
            )


def trunks_of(config: Config) -> tuple[str, ...]:
    """Endpoints that do not register here, sorted by name."""
    return ()
