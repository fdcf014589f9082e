"""Which configuration files Asterisk opens, by the modules that run: facts about Asterisk.

Sources: the sources of 16.28 and 22.10, where they name their files.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from harness.asterisk.modules import file_of

__all__ = ["is_read"]

_CORE = frozenset(
    f"{name}.conf"
    for name in """
    acl asterisk ccss cdr cel cli cli_permissions codecs dnsmgr dsp enum extconfig features http indications logger
    manager modules sorcery stasis udptl users
    """.split()
)
"""Those of Asterisk itself, whatever is loaded."""

_READERS: Mapping[str, tuple[str, ...]] = {
    "adsi.conf": ("app_adsiprog", "res_adsi"),
    "aeap.conf": ("res_aeap",),
    "agents.conf": ("app_agent_pool",),
    "chan_dahdi.conf": ("chan_dahdi",),
    "chan_mobile.conf": ("chan_mobile",),
    "cli_aliases.conf": ("res_clialiases",),
    "dundi.conf": ("pbx_dundi",),
    "extensions.conf": ("pbx_config",),
    "geolocation.conf": ("res_geolocation",),
    "hep.conf": ("res_hep",),
    "iaxprov.conf": ("chan_iax2",),
    "phoneprov.conf": ("res_phoneprov",),
    "pjproject.conf": ("res_pjproject",),
    "pjsip_notify.conf": ("res_pjsip_notify",),
    "pjsip_wizard.conf": ("res_pjsip_config_wizard",),
    "prometheus.conf": ("res_prometheus",),
    "queuerules.conf": ("app_queue",),
    "res_ldap.conf": ("res_config_ldap",),
    "res_pgsql.conf": ("res_config_pgsql",),
    "resolver_unbound.conf": ("res_resolver_unbound",),
    "say.conf": ("app_playback",),
    "sip_notify.conf": ("chan_sip",),
    "sla.conf": ("app_sla", "app_meetme"),
    "smdi.conf": ("res_smdi",),
    "statsd.conf": ("res_statsd",),
    "stir_shaken.conf": ("res_stir_shaken",),
    "voicemail.conf": ("app_voicemail", "app_voicemail_odbc", "app_voicemail_imap", "app_directory"),
    "websocket_client.conf": ("res_websocket_client",),
    "xmpp.conf": ("res_xmpp",),
}
"""File → the modules that open it, where it is not called as they are."""


def is_read(file: str, modules: Collection[str]) -> bool:
    """Whether Asterisk opens a file of its configuration folder by itself, with these modules loaded.

    What another file includes is opened with that.
    """
    return file in _CORE or file in _read_by(frozenset(modules))


@lru_cache(maxsize=16)
def _read_by(modules: frozenset[str]) -> frozenset[str]:
    """The files that these modules open."""
    named = (file for file, readers in _READERS.items() if not modules.isdisjoint(readers))
    return frozenset(named) | frozenset(map(file_of, modules))
