"""A language that the candidate says in English is named wherever the site sets it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.asterisk.conf import Config
from harness.asterisk.dialplan.show import Dialplan, parse_dialplan
from harness.asterisk.languages import old_languages
from harness.facts.release import tiny_release
from harness.judge.research.language_changes import language_changes
from harness.site.reading.site_files import SiteFiles

PROGRAM = b"""x\0mx is not a standard language code.  Please switch to using es_MX instead.
\0tw is a standard language code for Twi, not Taiwanese.  Please switch to using zh_TW instead.\n\0y"""
OLD = replace(tiny_release(), old_languages=old_languages(PROGRAM))


def dialplan(*applications: str) -> Dialplan:
    lines = (f"  '{n}' =>        1. {text}  [extensions.conf:{n}]\n" for n, text in enumerate(applications, 1))
    return parse_dialplan("[ Context 'in' created by 'pbx_config' ]\n" + "".join(lines))


def told(plan: Dialplan | None = None, files: dict[str, str] | None = None, script: str = "") -> dict[str, str]:
    config = Config(texts=files or {})
    site = SiteFiles({name: config.file(name) for name in files or {}}, "etc/")
    changes = language_changes(OLD, tiny_release(), site, plan or Dialplan(), {"x.py": script})
    return {change.name: " ".join(map(str, change.places)) for change in changes}


def test_a_program_says_which_codes_it_knows_and_what_to_use_instead() -> None:
    assert OLD.old_languages == {"mx": "es_MX", "tw": "zh_TW"}
    (change,) = language_changes(OLD, tiny_release(), SiteFiles(), dialplan("Set(CHANNEL(language)=mx)"), {})
    assert (change.old, change.new) == ("said as es_MX", "said as English")


@pytest.mark.parametrize(
    "application",
    [
        "Set(CHANNEL(language)=mx)",
        'Set(CHANNEL(language)="MX")',
        "MSet(a=1,CHANNEL(language)=mx_f)",
        "Set(LANGUAGE()=mx)",
    ],
)
def test_it_is_named_where_a_channel_gets_it(application: str) -> None:
    assert told(dialplan(application)) == {"mx": "extensions.conf:1"}


def test_it_is_named_where_a_variable_gets_it() -> None:
    assert told(dialplan("Set(__lang=mx)", "Set(CHANNEL(language)=${lang})")) == {"mx": "extensions.conf:1"}


@pytest.mark.parametrize(
    "application",
    ["Set(CHANNEL(language)=es_MX)", "Set(country=mx)", "NoOp(mx)", "Set(CHANNEL(language)=${lang})"],
)
def test_other_words_are_no_languages(application: str) -> None:
    assert told(dialplan(application)) == {}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("sip.conf", "[general]\nlanguage=mx\n"),
        ("pjsip.conf", "[101]\nlanguage = mx\n"),
        ("pjsip.conf", "[101]\nset_var = CHANNEL(language)=mx\n"),
        ("iax.conf", "[general]\nlanguage=mx\n"),
        ("chan_dahdi.conf", "[channels]\nlanguage=mx\n"),
        ("asterisk.conf", "[options]\ndefaultlanguage = mx\n"),
        ("voicemail.conf", "[default]\n201 => 1234,Nora,,,tz=x|language=mx\n"),
    ],
)
def test_it_is_named_in_each_file_that_sets_one(file: str, text: str) -> None:
    assert told(files={file: text}) == {"mx": f"etc/{file}:2"}


def test_a_file_that_sets_no_language_may_have_the_word() -> None:
    assert (
        told(files={"sip.conf": "[mx]\nhost=mx\nsetvar=country=mx\n", "queues.conf": "[q]\nlanguage=mx\n"}) == {}
    )


@pytest.mark.parametrize(
    "script", ["SET VARIABLE CHANNEL(language) mx", 'agi.set_variable("CHANNEL(language)", "mx")']
)
def test_a_script_sets_it_too(script: str) -> None:
    assert told(script=f"\n{script}\n") == {"mx": "agi-bin/x.py:2"}


def test_a_candidate_that_knows_the_code_as_well_loses_nothing() -> None:
    assert language_changes(OLD, OLD, SiteFiles(), dialplan("Set(CHANNEL(language)=mx)"), {}) == ()
