"""What took the place of what is gone: facts about Asterisk, each with the release and where it is told.

Sources: UPGRADE and CHANGES notes of the releases, and the module lists of 16.28 and 22.10.
"""

from __future__ import annotations

__all__ = ["ACTIONS", "APPLICATIONS", "FUNCTIONS", "KEYS", "TECHNOLOGIES"]

KEYS = {
    "automon": "automixmon does the same: in Dial and Queue, w and W become x and X.",
    "membermacro": "membermacro went in Asterisk 21: membergosub does the same (a context that ends in Return()).",
    "monitor-type": "monitor-type went in Asterisk 21: queues always record with MixMonitor.",
}
"""Keys of configuration files."""

_MACRO = (
    "Macro went with app_macro in Asterisk 21 (deprecated since 16). Use Gosub(context,s,1(args)) and Return(); "
    "MACRO_EXTEN and MACRO_CONTEXT become arguments or ${STACK_PEEK(...)}; Dial's M() becomes U()."
)
_MONITOR = (
    "Monitor went with res_monitor in Asterisk 21 (deprecated since 16). Monitor(wav,NAME,m) becomes "
    "MixMonitor(NAME.wav): the format is the file's ending, and what both sides say is mixed without m (apart: "
    "options r() and t()). StopMonitor becomes StopMixMonitor; AMI has actions of these names."
)
_SIP = "chan_sip went in Asterisk 21 (deprecated since 17). Move the peers to pjsip.conf and dial PJSIP/..."

APPLICATIONS = {
    "Macro": _MACRO,
    "MacroExclusive": _MACRO + " For the exclusion use the LOCK() function.",
    "MacroExit": _MACRO,
    "MacroIf": _MACRO + " GosubIf takes its place.",
    "Monitor": _MONITOR,
    "StopMonitor": _MONITOR,
    "ChangeMonitor": _MONITOR,
    "PauseMonitor": _MONITOR + " Use the MixMonitorMute action or start and stop.",
    "UnpauseMonitor": _MONITOR + " Use the MixMonitorMute action or start and stop.",
    "NoCDR": "NoCDR went in Asterisk 21. Use Set(CDR_PROP(disable)=1).",
    "ResetCDR": "ResetCDR keeps working; its option e went. Use CDR_PROP.",
    "SetAMAFlags": "SetAMAFlags went in Asterisk 21. Use Set(CHANNEL(amaflags)=...).",
    "ImportVar": "ImportVar went in Asterisk 21. Use Set(X=${IMPORT(channel,X)}).",
    "MailboxExists": "MailboxExists is gone. Use ${VM_INFO(mailbox,exists)}.",
    "SIPAddHeader": _SIP + " Use Set(PJSIP_HEADER(add,Name)=value) in a pre-dial handler.",
    "SIPRemoveHeader": _SIP + " Use Set(PJSIP_HEADER(remove,Name)=) in a pre-dial handler.",
    "SIPDtmfMode": _SIP + " Use Set(PJSIP_DTMF_MODE()=...).",
    "SIPSendCustomINFO": _SIP,
    "SendImage": "SendImage went with app_image; there is no replacement.",
    "SendURL": "SendURL went with app_url. Use SendText where the phone supports it.",
    "ICES": "ICES went with app_ices; stream through an external programme (EAGI or an external media channel).",
    "NBScat": "NBScat went with app_nbscat; play through MusicOnHold mode=custom.",
    "SetCallerPres": "Use Set(CALLERID(pres)=...).",
}

FUNCTIONS = {
    "CALLERPRES": "CALLERPRES is gone. Use CALLERID(name-pres), CALLERID(num-pres) or CALLERID(pres).",
    "MAILBOX_EXISTS": "MAILBOX_EXISTS is gone. Use ${VM_INFO(mailbox,exists)}.",
    "SIPPEER": _SIP + " Use PJSIP_ENDPOINT, PJSIP_AOR and PJSIP_CONTACT.",
    "SIPCHANINFO": _SIP + " Use CHANNEL(pjsip,...).",
    "SIP_HEADER": _SIP + " Use ${PJSIP_HEADER(read,Name)}.",
    "SIP_HEADERS": _SIP + " Use ${PJSIP_HEADERS(prefix)}.",
    "CHECKSIPDOMAIN": _SIP,
}

TECHNOLOGIES = {
    "SIP": _SIP,
    "Skinny": "chan_skinny went in Asterisk 21; there is no replacement.",
    "MGCP": "chan_mgcp went in Asterisk 21; there is no replacement.",
    "Console": "chan_alsa and chan_oss went in Asterisk 21; chan_console is still there.",
}

ACTIONS = {
    "ChangeMonitor": _MONITOR,
    "Monitor": _MONITOR,
    "PauseMonitor": _MONITOR + " MixMonitorMute takes the place of PauseMonitor.",
    "StopMonitor": _MONITOR,
    "UnpauseMonitor": _MONITOR + " MixMonitorMute takes the place of UnpauseMonitor.",
    "SIPnotify": _SIP + " PJSIPNotify takes its place.",
    "SIPpeers": _SIP + " PJSIPShowEndpoints takes its place.",
    "SIPpeerstatus": _SIP + " PJSIPShowContacts takes its place.",
    "SIPqualifypeer": _SIP + " PJSIPQualify takes its place.",
    "SIPshowpeer": _SIP + " PJSIPShowEndpoint takes its place.",
    "SIPshowregistry": _SIP + " PJSIPShowRegistrationsOutbound takes its place.",
}
