"""What modules bring and read, of those that are not named after it: facts about Asterisk.

Sources: the modules' own documentation in 16.28, and UPGRADE notes of 17 to 22.
"""

from __future__ import annotations

__all__ = ["BRINGS", "CHANNELS", "FILES", "REPLACED"]

BRINGS = {
    "app_macro": ("Macro", "MacroExclusive", "MacroExit", "MacroIf"),
    "res_monitor": ("Monitor", "StopMonitor", "ChangeMonitor", "PauseMonitor", "UnpauseMonitor"),
    "app_ices": ("ICES",),
    "app_image": ("SendImage",),
    "app_nbscat": ("NBScat",),
    "app_url": ("SendURL",),
    "chan_sip": (
        "SIPAddHeader", "SIPRemoveHeader", "SIPDtmfMode", "SIPSendCustomINFO",
        "SIPPEER", "SIPCHANINFO", "SIP_HEADER", "SIP_HEADERS", "CHECKSIPDOMAIN",
    ),
    "app_stack": ("Gosub", "GosubIf", "Return", "StackPop", "LOCAL", "LOCAL_PEEK", "STACK_PEEK"),
    "app_voicemail": ("VoiceMail", "VoiceMailMain", "VMAuthenticate", "VM_INFO", "MAILBOX_EXISTS"),
    "app_queue": ("Queue", "AddQueueMember", "RemoveQueueMember", "PauseQueueMember", "QUEUE_MEMBER"),
    "app_confbridge": ("ConfBridge", "ConfKick", "CONFBRIDGE", "CONFBRIDGE_INFO"),
    "res_parking": ("Park", "ParkedCall", "ParkAndAnnounce"),
    "res_agi": ("AGI", "EAGI", "DeadAGI"),
    "app_cdr": ("NoCDR", "ResetCDR"),
}  # fmt: skip
"""Module → applications and functions that it brings. Others are found by name: app_dial brings Dial."""

CHANNELS = {
    "chan_sip": "SIP",
    "chan_pjsip": "PJSIP",
    "chan_iax2": "IAX2",
    "chan_dahdi": "DAHDI",
    "chan_skinny": "Skinny",
    "chan_mgcp": "MGCP",
    "chan_alsa": "Console",
    "chan_oss": "Console",
    "chan_console": "Console",
    "chan_motif": "Motif",
    "chan_mobile": "Mobile",
    "chan_unistim": "USTM",
    "chan_ooh323": "OOH323",
}
"""Module → channel technology."""

FILES = {
    "res_ari": "ari.conf",
    "res_pjsip": "pjsip.conf",
    "chan_pjsip": "pjsip.conf",
    "app_queue": "queues.conf",
    "pbx_config": "extensions.conf",
    "pbx_ael": "extensions.ael",
    "pbx_lua": "extensions.lua",
    "res_musiconhold": "musiconhold.conf",
    "res_rtp_asterisk": "rtp.conf",
    "app_voicemail": "voicemail.conf",
    "cdr_csv": "cdr.conf",
    "chan_iax2": "iax.conf",
    "res_calendar": "calendar.conf",
}
"""Module → the configuration file that makes it do something; others read the file of their own name."""

REPLACED = {
    "chan_sip": "chan_pjsip",
    "app_macro": "app_stack",
    "res_monitor": "app_mixmonitor",
}
"""Module that is gone → the one that does its work now."""
