"""What a person reads of a rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli import main
from harness.judge import RULE_IDS
from harness.report.explaining import every_rule, explained, rules_page

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_every_rule_that_a_site_may_name_is_explained() -> None:
    assert every_rule().keys() == RULE_IDS
    for rule in every_rule().values():
        words = "\n".join(line.text for line in explained(rule))
        assert words.startswith(f"{rule.id} ({rule.severity})\n  finds      ")
        assert all(field in words for field in ("\n  why        ", "\n  do         "))
        assert "{" not in "".join((rule.why, *words.splitlines()[1:2]))
        assert "{{" not in words  # no format string: it would be seen as it is written


def test_the_documentation_has_the_rules_of_today() -> None:
    """Written anew by `python -c "from harness.report.explaining import *; print(rules_page(), end='')"`."""
    assert PAGE.read_text(encoding="utf-8") == rules_page()


def test_an_example_shows_what_each_release_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "application-missing", "endpoint-missing"]) == 0
    said = capsys.readouterr().out
    assert (
        "  old        (nothing)\n  candidate  Level: WARNING\n             Message: No application 'Macro'" in said
    )
    assert "  old        endpoint 101\n  candidate  (nothing)\n" in said


def test_a_pattern_names_several_and_none_names_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "asterisk-*"]) == 0
    assert capsys.readouterr().out.count("(breaking)") == 3
    assert main(["explain"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(RULE_IDS)


def test_a_rule_that_there_is_not_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "application-mising"]) == 2
    assert (
        "there is no rule 'application-mising'; did you mean \"application-missing\"?" in capsys.readouterr().err
    )
    assert main(["explain", "xyzzy"]) == 2
    assert capsys.readouterr().err == "harness: there is no rule 'xyzzy'; `harness explain` lists them\n"
