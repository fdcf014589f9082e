"""Modules that are Asterisk's own, of any release since 1.8: a candidate brings its own build of them.

All others come from somebody else, and have to be built for the candidate as well. Sources: the module lists and
menuselect options of 16.28 and 22.10, and UPGRADE notes for what went before.
"""

from __future__ import annotations

__all__ = ["is_own"]


def is_own(module: str) -> bool:
    """Whether `app_dial` (or `app_dial.so`) comes with Asterisk. Codecs that are sold or downloaded do not."""
    name = module.removesuffix(".so").lower()
    return name in _OWN or name.startswith("test_")


_OWN = frozenset(
    """
    app_addon_sql_mysql app_adsiprog app_agent_pool app_alarmreceiver app_amd app_attended_transfer
    app_audiosocket app_authenticate app_blind_transfer app_bridgeaddchan app_bridgewait app_broadcast app_cdr
    app_celgenuserevent app_chanisavail app_channelredirect app_chanspy app_confbridge app_controlplayback
    app_curl app_cut app_dahdibarge app_dahdiras app_dahdiscan app_datetime app_db app_dial app_dictate
    app_directed_pickup app_directory app_disa app_dtmfstore app_dumpchan app_echo app_enumlookup app_eval
    app_exec app_externalivr app_fax app_festival app_flash app_followme app_forkcdr app_getcpeid
    app_groupcount app_hasnewvoicemail app_ices app_if app_image app_intercom app_ivrdemo app_jack
    app_lookupblacklist app_lookupcidname app_macro app_math app_md5 app_meetme app_mf app_milliwatt
    app_minivm app_mixmonitor app_morsecode app_mp3 app_mysql app_nbscat app_originate app_osplookup app_page
    app_parkandannounce app_playback app_playtones app_privacy app_qcall app_queue app_random app_read
    app_readexten app_readfile app_realtime app_receivefax app_record app_reload app_rpt app_saycounted
    app_saycountpl app_sayunixtime app_senddtmf app_sendfax app_sendtext app_setcallerid app_setcdruserfield
    app_setcidname app_setcidnum app_setrdnis app_settransfercapability app_sf app_signal app_skel app_sla
    app_sms app_softhangup app_speech_utils app_stack app_stasis app_stasis_broadcast app_statsd
    app_stream_echo app_system app_talkdetect app_test app_transfer app_url app_userevent app_verbose
    app_voicemail app_voicemail_imap app_voicemail_odbc app_waitforcond app_waitforring app_waitforsilence
    app_waituntil app_while app_zapateller bridge_builtin_features bridge_builtin_interval_features
    bridge_holding bridge_multiplexed bridge_native_rtp bridge_simple bridge_softmix cdr_adaptive_odbc
    cdr_addon_mysql cdr_beanstalkd cdr_csv cdr_custom cdr_manager cdr_mysql cdr_odbc cdr_pgsql cdr_radius
    cdr_sqlite cdr_sqlite3_custom cdr_syslog cdr_tds cel_beanstalkd cel_custom cel_manager cel_odbc cel_pgsql
    cel_radius cel_sqlite3_custom cel_tds chan_agent chan_alsa chan_audiosocket chan_bridge chan_bridge_media
    chan_console chan_dahdi chan_features chan_gtalk chan_h323 chan_iax2 chan_jingle chan_local chan_mgcp
    chan_misdn chan_mobile chan_motif chan_multicast_rtp chan_nbs chan_ooh323 chan_oss chan_phone chan_pjsip
    chan_rtp chan_simpleusb chan_sip chan_skinny chan_unistim chan_usbradio chan_vpb chan_websocket chan_zap
    codec_a_mu codec_adpcm codec_alaw codec_amr codec_codec2 codec_dahdi codec_g722 codec_g726 codec_gsm
    codec_ilbc codec_lpc10 codec_opus_open_source codec_resample codec_speex codec_ulaw codec_zap format_g719
    format_g723 format_g726 format_g729 format_gsm format_h263 format_h264 format_ilbc format_jpeg format_mp3
    format_ogg_opus_open_source format_ogg_speex format_ogg_vorbis format_pcm format_siren14 format_siren7
    format_sln format_vox format_vp8 format_wav format_wav_gsm func_aes func_audiohookinherit func_base64
    func_blacklist func_callcompletion func_callerid func_cdr func_channel func_config func_curl func_cut
    func_db func_devstate func_dialgroup func_dialplan func_enum func_env func_evalexten func_export
    func_extstate func_frame_drop func_frame_trace func_global func_groupcount func_hangupcause
    func_holdintercept func_iconv func_jitterbuffer func_json func_lock func_logic func_math func_md5
    func_module func_odbc func_periodic_hook func_pitchshift func_pjsip_aor func_pjsip_contact
    func_pjsip_endpoint func_presencestate func_rand func_realtime func_sayfiles func_scramble func_sha1
    func_shell func_sorcery func_speex func_sprintf func_srv func_strings func_sysinfo func_talkdetect
    func_timeout func_uri func_uuid func_version func_vmcount func_volume pbx_ael pbx_config pbx_dundi
    pbx_functions pbx_gtkconsole pbx_kdeconsole pbx_loopback pbx_lua pbx_realtime pbx_spool res_adsi res_aeap
    res_ael_share res_agi res_ais res_ari res_ari_applications res_ari_asterisk res_ari_bridges
    res_ari_channels res_ari_device_states res_ari_endpoints res_ari_events res_ari_mailboxes res_ari_model
    res_ari_playbacks res_ari_recordings res_ari_sounds res_audiosocket res_calendar res_calendar_caldav
    res_calendar_ews res_calendar_exchange res_calendar_icalendar res_cdrel_custom res_chan_stats
    res_clialiases res_cliexec res_clioriginate res_config_curl res_config_ldap res_config_mysql
    res_config_odbc res_config_pgsql res_config_sqlite res_config_sqlite3 res_convert res_corosync res_crypto
    res_curl res_endpoint_stats res_fax res_fax_spandsp res_features res_format_attr_amr res_format_attr_celt
    res_format_attr_g729 res_format_attr_h263 res_format_attr_h264 res_format_attr_ilbc res_format_attr_opus
    res_format_attr_silk res_format_attr_siren14 res_format_attr_siren7 res_format_attr_vp8 res_geolocation
    res_hep res_hep_pjsip res_hep_rtcp res_http_media_cache res_http_post res_http_websocket res_indications
    res_jabber res_limit res_manager_devicestate res_manager_presencestate res_monitor res_musiconhold
    res_mutestream res_mwi_devstate res_mwi_external res_mwi_external_ami res_odbc res_odbc_transaction
    res_parking res_phoneprov res_pjproject res_pjsip res_pjsip_acl res_pjsip_aoc
    res_pjsip_authenticator_digest res_pjsip_caller_id res_pjsip_config_wizard
    res_pjsip_dialog_info_body_generator res_pjsip_diversion res_pjsip_dlg_options res_pjsip_dtmf_info
    res_pjsip_empty_info res_pjsip_endpoint_identifier_anonymous res_pjsip_endpoint_identifier_constant
    res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user res_pjsip_exten_state
    res_pjsip_geolocation res_pjsip_header_funcs res_pjsip_history res_pjsip_keepalive res_pjsip_log_forwarder
    res_pjsip_logger res_pjsip_maintenance res_pjsip_messaging res_pjsip_multihomed res_pjsip_mwi
    res_pjsip_mwi_body_generator res_pjsip_nat res_pjsip_notify res_pjsip_one_touch_record_info
    res_pjsip_outbound_authenticator_digest res_pjsip_outbound_publish res_pjsip_outbound_registration
    res_pjsip_path res_pjsip_phoneprov_provider res_pjsip_pidf_body_generator
    res_pjsip_pidf_digium_body_supplement res_pjsip_pidf_eyebeam_body_supplement res_pjsip_publish_asterisk
    res_pjsip_pubsub res_pjsip_refer res_pjsip_registrar res_pjsip_rfc3326 res_pjsip_rfc3329 res_pjsip_sdp_rtp
    res_pjsip_send_to_voicemail res_pjsip_session res_pjsip_sips_contact res_pjsip_stir_shaken res_pjsip_t38
    res_pjsip_transport_management res_pjsip_transport_websocket res_pjsip_xpidf_body_generator res_pktccops
    res_prometheus res_realtime res_remb_modifier res_resolver_unbound res_rtp_asterisk res_rtp_multicast
    res_sdp_crypto_dtls res_sdp_translator_pjmedia res_security_log res_smdi res_snmp res_sorcery_astdb
    res_sorcery_config res_sorcery_memory res_sorcery_memory_cache res_sorcery_realtime res_speech
    res_speech_aeap res_srtp res_stasis res_stasis_answer res_stasis_broadcast res_stasis_device_state
    res_stasis_mailbox res_stasis_playback res_stasis_recording res_stasis_snoop res_stasis_test res_statsd
    res_stir_shaken res_stun_monitor res_timing_dahdi res_timing_kqueue res_timing_pthread res_timing_timerfd
    res_tonedetect res_websocket_client res_xmpp
    """.split()
)
