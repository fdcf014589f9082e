"""What became of Asterisk's C interface, for modules that are not its own, from 16.28 to 22.10.

Measured on amd64 with both releases' headers (Debian's asterisk-dev 16.28.0~dfsg-0+deb11u4 and
22.10.1+dfsg+~cs6.17.60671434-1): the names that the headers declare, and `sizeof` of each public structure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["STRUCTURES", "became_of", "changed_structures"]

STRUCTURES: Mapping[str, tuple[int, int]] = {
    "ast_bridge": (288, 336),
    "ast_bridge_config": (144, 152),
    "ast_bridge_snapshot": (144, 152),
    "ast_cdr": (1472, 1600),
    "ast_cel_event_record": (184, 192),
    "ast_channel_snapshot": (312, 88),
    "ast_channel_tech": (280, 288),
    "ast_codec": (80, 88),
    "ast_custom_function": (160, 176),
    "ast_featuremap_config": (96, 88),
    "ast_features_xfer_config": (136, 144),
    "ast_geoloc_eprofile": (152, 176),
    "ast_geoloc_profile": (112, 168),
    "ast_mwi_state": (80, 88),
    "ast_rtp_codecs": (128, 144),
    "ast_rtp_instance_stats": (368, 448),
    "ast_rtp_payload_type": (40, 48),
    "ast_tcptls_session_args": (536, 544),
    "ast_translator": (368, 384),
    "ast_vm_recording_data": (136, 128),
    "ast_websocket_client_options": (32, 56),
    "ast_xml_doc_item": (128, 144),
    "manager_action": (160, 176),
}
"""Public structures whose size changed: bytes in 16.28 and in 22.10."""
_FROM, _TO = "16", "22"
# Those that a module gives to Asterisk, which writes into them.
_GIVEN = ("ast_custom_function", "manager_action", "ast_channel_tech", "ast_codec", "ast_translator")

_MACRO = "Macro went with app_macro in Asterisk 21: run a Gosub instead (asterisk/app.h, ast_app_exec_sub)"
_MONITOR = "res_monitor went in Asterisk 21: record with MixMonitor (asterisk/mixmonitor.h)"
_SNAPSHOTS = (
    "channels and bridges are no longer in a cache of Stasis: ask ast_channel_snapshot_get_latest or "
    "ast_bridge_get_snapshot_by_uniqueid, and listen to ast_channel_topic or ast_bridge_topic"
)
_SHAKEN = (
    "res_stir_shaken was written anew: its functions have other names and arguments (asterisk/res_stir_shaken.h)"
)
_GONE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b(?:{names})\b"), what)
    for names, what in (
        (r"asterisk/monitor\.h|ast_monitor_\w+|ast_channel_monitor\w*", _MONITOR),
        (r"asterisk/pktccops\.h|ast_pktccops_\w+", "res_pktccops went in Asterisk 21 and has no successor"),
        (r"ast_app_(?:exec|run)_macro|ast_channel_(?:macro\w+|(?:connected_line|redirecting)_macro)", _MACRO),
        (r"ast_context_(?:un)?lockmacro|ast_[gs]et_cc_callback_macro", _MACRO),
        (r"ast_(?:bridge|channel)_(?:cache|events_all|topic_cached|topic_all_cached)", _SNAPSHOTS),
        (r"ast_bridge_snapshot_get_latest|ast_publish_channel_state", _SNAPSHOTS),
        (r"ast_stir_shaken_\w+", _SHAKEN),
        (
            r"ao2_(?:t_)?container_alloc(?:_options)?",
            "say which kind of container: ao2_container_alloc_hash, _list or _rbtree (asterisk/astobj2.h)",
        ),
        (
            r"ast_sip_threadpool(?:_queue_size)?",
            "PJSIP's pool of threads is no longer handed out: use ast_sip_push_task",
        ),
        (r"ast_(?:un)?register_verbose", "a listener of verbose messages cannot be registered any more"),
        (r"ast_ari_websocket_session_\w+", "ARI's WebSockets have an interface of their own in Asterisk 22"),
        (r"ast_channel_name_set|ast_format_set", "no module may set this any more"),
        (r"ASTERISK_FILE_VERSION", "ASTERISK_FILE_VERSION went in Asterisk 14: take the line out"),
        (
            "incompatible[ -]pointer[ -]types?",
            "compilers from gcc 14 on refuse what older ones warned of: mend the type (mostly a callback's)",
        ),
    )
)


def became_of(complaint: str) -> str:
    """What became of the thing that a compiler's complaint names; empty where that is not known."""
    return next((what for names, what in _GONE if names.search(complaint)), "")


def changed_structures(from_: str, to: str) -> str:
    """The structures that changed between two series, in words, those first that modules give to Asterisk.

    Empty for a pair of series that was not measured.
    """
    if {from_, to} != {_FROM, _TO}:
        return ""
    sizes = (f"{name} ({STRUCTURES[name][0]} bytes in {_FROM}, {STRUCTURES[name][1]} in {_TO})" for name in _GIVEN)
    return f"{len(STRUCTURES)} public structures changed their size: {', '.join(sizes)} and others"
