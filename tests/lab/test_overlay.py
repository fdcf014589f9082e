"""The overlay adds what the harness needs to any shape of a site's files, and lists it."""

from __future__ import annotations

import pytest

from harness.asterisk.conf import Config
from harness.lab.images.release import Release
from harness.lab.instance.overlay import Access, Overlaid, lay_over

RELEASE = Release("debian:sid", "tag", "sha256:1", "22.10.1")
ACCESS = Access("upgrade-harness", "s3cr3t")


def overlaid(**files: str) -> Overlaid:
    return lay_over(
        {name.replace("_conf", ".conf"): text.encode() for name, text in files.items()}, RELEASE, ACCESS
    )


def in_force(result: Overlaid, file: str, section: str) -> dict[str, str]:
    return {option.name: option.value for option in Config(texts=result.files).file(file).options(section)}


def text(result: Overlaid, file: str) -> str:
    return result.files[file].decode()


def test_a_missing_file_is_made_with_a_section_of_its_own() -> None:
    result = overlaid()
    assert text(result, "manager.conf").startswith("[general]\nenabled = yes\n")
    assert "(+)" not in text(result, "manager.conf")


@pytest.mark.parametrize(
    "before",
    [
        "[general]\nenabled=no\n",
        "[General]\nenabled=no",
        "  [general] ; ours\nenabled => no\n",
        "[general](base)\nenabled=no\n[x]\n",
        ";-- all\nthat --;[general]\n",
    ],
)
def test_a_section_that_is_there_is_added_to(before: str) -> None:
    result = overlaid(manager_conf=before)
    assert "[general](+)" in text(result, "manager.conf")
    assert in_force(result, "manager.conf", "general")["enabled"] == "yes"


@pytest.mark.parametrize(
    "before", ["[general](!)\nenabled=no\n", "; [general]\n", ";--\n[general]\n--;\n", "[generals]\n"]
)
def test_what_only_looks_like_the_section_is_not_added_to(before: str) -> None:
    result = overlaid(manager_conf=before)
    assert "[general](+)" not in text(result, "manager.conf")


@pytest.mark.parametrize(
    "include", ["sub/general.conf", '"sub/general.conf"', "</etc/asterisk/sub/general.conf>", "sub/*.conf"]
)
def test_a_section_in_an_included_file_is_added_to(include: str) -> None:
    files = {"manager.conf": f"#include {include}\n".encode(), "sub/general.conf": b"[general]\nenabled=no\n"}
    result = lay_over(files, RELEASE, ACCESS)
    assert "[general](+)" in text(result, "manager.conf")
    assert result.files["sub/general.conf"] == files["sub/general.conf"]


def test_files_that_include_each_other_end() -> None:
    result = overlaid(manager_conf="#include manager.conf\n[general]\n")
    assert "[general](+)" in text(result, "manager.conf")


def test_the_secret_is_in_the_files_and_not_in_the_report() -> None:
    result = overlaid(ari_conf="[general]\nenabled=yes\n", modules_conf="[modules]\nautoload=yes\n")
    assert "s3cr3t" in text(result, "manager.conf")
    assert "s3cr3t" in text(result, "ari.conf")
    assert "s3cr3t" not in repr(result.lines)


def test_every_added_line_is_listed_with_a_reason() -> None:
    result = overlaid(manager_conf="[general]\nenabled=no\n")
    added = text(result, "manager.conf").replace("s3cr3t", "***").splitlines()[2:]
    listed = [line.text for line in result.lines if line.file == "manager.conf"]
    assert [line for line in added if line] == listed
    assert all(line.why for line in result.lines)


def test_the_given_files_stay_as_they_are() -> None:
    files = {"manager.conf": b"[general]\n"}
    lay_over(files, RELEASE, ACCESS)
    assert files == {"manager.conf": b"[general]\n"}


def test_bytes_that_are_no_text_survive() -> None:
    before = b"[general]\nname=caf\xe9 \x85 \xff\n"
    result = lay_over({"manager.conf": before}, RELEASE, ACCESS)
    assert result.files["manager.conf"].startswith(before)


def test_directories_are_the_releases_and_options_the_sites() -> None:
    result = overlaid(
        asterisk_conf="[directories](!)\nastmoddir => /old\n[options]\nverbose=3\nrunuser=asterisk\n"
    )
    assert in_force(result, "asterisk.conf", "directories") == dict(RELEASE.directories)
    assert in_force(result, "asterisk.conf", "options") == {"verbose": "3"}
    assert any(line.text == "; runuser=asterisk" for line in result.lines)


def test_ari_is_left_alone_where_the_site_has_none() -> None:
    result = overlaid(modules_conf="[modules]\nautoload=yes\n")
    assert not result.ari
    assert "ari.conf" not in result.files
    assert "http.conf" not in result.files


@pytest.mark.parametrize(
    ("modules", "uses"),
    [
        ("autoload=yes", True),
        ("autoload=no", False),
        ("autoload=no\nload=res_ari.so", True),
        ("autoload=no\nload=res_ari", True),
        ("autoload=no\nrequire => res_ari.so", True),
        ("autoload=yes\nnoload=res_ari.so", False),
    ],
)
def test_ari_is_used_when_its_module_is_loaded(modules: str, uses: bool) -> None:
    result = overlaid(ari_conf="[general]\nenabled=no\n", modules_conf=f"[modules]\n{modules}\n")
    assert result.ari is uses
    assert ("http.conf" in result.files) is uses


def test_modules_that_the_harness_needs_are_loaded_without_autoload() -> None:
    result = overlaid(
        modules_conf="[modules]\nautoload=no\nload=cdr_manager.so\n", cel_conf="[general]\nenable=yes\n"
    )
    lines = Config(texts=result.files).file("modules.conf").options("modules")
    loads = [option.value for option in lines if option.name == "load"]
    assert loads == ["cdr_manager.so", "app_playback.so", "app_senddtmf.so", "format_sln.so", "cel_manager.so"]


def test_autoload_needs_no_load_lines_but_no_noload_either() -> None:
    result = overlaid(modules_conf="[modules]\nautoload=yes\nnoload => cdr_manager.so\nnoload=chan_sip.so\n")
    assert (
        text(result, "modules.conf") == "[modules]\nautoload=yes\n; noload => cdr_manager.so\nnoload=chan_sip.so\n"
    )


def test_lines_keep_their_numbers() -> None:
    before = "[modules]\nautoload=yes\nnoload = cdr_manager.so\nnoload = app_x.so\n"
    result = overlaid(modules_conf=before)
    assert text(result, "modules.conf").splitlines()[3] == "noload = app_x.so"


def test_cel_is_not_switched_on_for_a_site_without() -> None:
    assert "cel.conf" not in overlaid().files
    result = overlaid(cel_conf="[general]\nenable=yes\nevents=HANGUP\n")
    assert in_force(result, "cel.conf", "general") == {"enable": "yes", "events": "HANGUP"}
    assert in_force(result, "cel.conf", "manager") == {"enabled": "yes"}


def test_call_records_do_not_wait_for_a_batch() -> None:
    assert "batch = no" not in text(overlaid(cdr_conf="[general]\nenable=yes\n"), "cdr.conf")
    assert "batch = no" in text(overlaid(cdr_conf="[general]\nbatch=yes\n"), "cdr.conf")


def test_the_address_of_a_router_is_nobody_s_in_the_lab() -> None:
    transport = "[udp]\ntype=transport\nexternal_media_address=203.0.113.5\nlocal_net=10.0.0.0/8\n"
    files = {
        "pjsip.conf": b"#include pjsip.transports.conf\n[101]\ntype=endpoint\nMedia_Address=203.0.113.5\n",
        "pjsip.transports.conf": transport.encode(),
        "sip.conf": b"[general]\nexternaddr = 203.0.113.5:5060\nlocalnet = 10.0.0.0/8\n",
    }
    result = lay_over(files, RELEASE, ACCESS)
    assert "; external_media_address" in text(result, "pjsip.transports.conf")
    assert in_force(result, "pjsip.conf", "udp") == {"type": "transport", "local_net": "10.0.0.0/8"}
    assert in_force(result, "pjsip.conf", "101") == {"type": "endpoint"}
    assert in_force(result, "sip.conf", "general") == {"localnet": "10.0.0.0/8"}


def test_the_harnesss_contexts_are_included_at_the_end() -> None:
    result = overlaid(extensions_conf="[x]\nexten => 1,1,NoOp\n")
    assert text(result, "extensions.conf").endswith("#include harness-extensions.conf\n")
    assert "[harness-leg]" in text(result, "harness-extensions.conf")


def test_laying_over_twice_gives_the_same() -> None:
    assert overlaid(manager_conf="[general]\n") == overlaid(manager_conf="[general]\n")


def test_after_an_include_a_file_goes_on_in_its_own_section() -> None:
    files: dict[str, bytes | str] = {
        "a.conf": b"[general]\n#include b.conf\nx = 1\n#include c.conf\n",
        "b.conf": b"y = 2\n[other]\nz = 3\n",
        "c.conf": b"w = 4\n",
    }
    sections = Config(texts=files).file("a.conf").sections
    found = [(section.name, option.name) for section in sections for option in section.options]
    assert found == [("general", "y"), ("general", "x"), ("other", "z"), ("other", "w")]


@pytest.mark.parametrize(("option", "prefix"), [("", ""), ("prefix = pbx", "/pbx"), ("prefix =", "")])
def test_the_prefix_of_the_web_server_is_known(option: str, prefix: str) -> None:
    result = overlaid(ari_conf="[general]\n", http_conf=f"[general]\nenabled = no\n{option}\n")
    assert result.prefix == prefix


@pytest.mark.parametrize(
    ("option", "ours"),
    [
        ("", True),
        ("mailcmd = /usr/sbin/sendmail -t", True),
        ("mailcmd = /usr/sbin/sendmail-mailbox", True),
        ("mailcmd = /usr/local/bin/to-ticket", False),
    ],
)
def test_mails_are_kept_where_the_site_has_no_command_of_its_own_for_them(option: str, ours: bool) -> None:
    result = overlaid(voicemail_conf=f"[general]\nformat = wav\n{option}\n")
    assert ("harness-mail" in in_force(result, "voicemail.conf", "general").get("mailcmd", "")) is ours
    assert "voicemail.conf" not in overlaid().files
