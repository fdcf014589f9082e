"""However much there is to tell, a person gets the first of it, and the number of what is not told."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.facts.release import ReleaseFacts, tiny_release
from harness.judge.merging import merged
from harness.judge.research.release_changes import compare_releases
from harness.model import Finding, Outcome, Place, Report, Severity, Verdict
from harness.report import release_lines, release_markdown, render, to_markdown, to_text
from harness.report.text import listed, wrap

sys.path.insert(0, str(Path(__file__).parent))
import samples


def reported(*findings: Finding, **facts: object) -> Report:
    return replace(samples.promote(), findings=findings, **facts)


def many(number: int, severity: Severity = Severity.BREAKING, **facts: object) -> tuple[Finding, ...]:
    return tuple(
        replace(samples.MACRO, severity=severity, title=f"thing {n}", scenario="s", fingerprint=f"f{n}", **facts)
        for n in range(number)
    )


@pytest.mark.parametrize(("number", "rest"), [(25, ""), (26, "And 1 more cause that hold:"), (28, "And 3 more")])
def test_twenty_five_findings_are_told_in_full(number: int, rest: str) -> None:
    text = to_text(reported(*many(number)))
    assert text.count("BREAKING  thing") == 25
    assert rest in text
    assert ("more cause" in text) is bool(rest)
    assert all(f"thing {n} " in text or f"thing {n}\n" in text for n in range(number))


@pytest.mark.parametrize(
    ("severity", "title"), [(Severity.ADDITIVE, "Additive"), (Severity.INFO, "For information")]
)
def test_of_what_is_harmless_twelve_are_told(severity: Severity, title: str) -> None:
    for number, rest in ((12, 0), (13, 1), (20, 8)):
        lines = to_text(reported(*many(number, severity))).splitlines()
        assert f"{title} ({number})" in lines
        assert sum(line.startswith("  thing") for line in lines) == 12
        assert (f"  and {rest} more in report.json" in lines) is bool(rest)


@pytest.mark.parametrize(
    ("number", "more"), [(20, ""), (21, "and 1 more cause in report.json"), (23, "and 3 more")]
)
def test_a_table_has_twenty_rows(number: int, more: str) -> None:
    text = to_markdown(reported(*many(number)))
    assert text.count("| breaking |") == 20
    assert more in text
    assert ("in report.json" in text) is bool(more)


def test_a_problem_is_told_in_a_summary_by_its_first_line() -> None:
    lines = to_markdown(reported(problems=("no <boot>\nlog",))).splitlines()
    assert r"- **no \<boot\>**" in lines


def test_fingerprints_are_told_up_to_three() -> None:
    for number in (3, 4):
        alike = [replace(samples.MACRO, scenario=f"s/{n}", fingerprint=f"f{n}") for n in range(number)]
        text = to_text(replace(reported(), findings=merged(alike)))
        assert ("waive by   f0, f1, f2\n" in text) is (number == 3)
        assert ("waive by   rule:" in text) is (number == 4)


def test_evidence_of_a_problem_is_its_end() -> None:
    problem = "\n".join(["it ended", *(f"log {n}" for n in range(30))])
    lines = to_text(reported(verdict=Verdict.INCONCLUSIVE, problems=(problem, ""))).splitlines()
    assert "  it ended" in lines
    assert [line.strip() for line in lines if line.startswith("    log")] == [f"log {n}" for n in range(10, 30)]


def test_results_of_one_problem_are_told_together_and_by_their_first() -> None:
    plain = samples.hold().results[0]
    results = tuple(
        replace(plain, id=name, outcome=Outcome.NOT_COMPARED, findings=(), problem=problem, where=where)
        for name, problem, where in (
            ("c", "x", None),
            ("a", "y", Place("a.yaml", 2)),
            ("b", "x", None),
            ("d", "", None),
        )
    )
    lines = to_text(replace(samples.hold(), results=results)).splitlines()
    assert [line for line in lines if line.startswith("  not compared")] == [
        "  not compared: a (a.yaml:2): y",
        "  not compared: c, b: x",
        "  not compared: d",
    ]


def test_a_finding_tells_all_that_is_known_of_it() -> None:
    full = replace(
        samples.MACRO,
        places=(Place("extensions.conf", 42), Place("b.conf", 1)),
        covered="by ivr/night",
        notes=("UPGRADE.txt says so", "and so"),
        candidate="x" * 300,
        consequences=(replace(samples.MACRO, title="one", consequences=(), link="at the same place"),),
        subject="caller",
    )
    lines = [line.text for line in render(reported(full), full=True)]
    assert "  where      extensions.conf:42" in lines
    assert "  also at    b.conf:1" in lines
    assert "  covered    by ivr/night" in lines
    assert "  differs    caller" in lines
    assert [line for line in lines if line.startswith("  note")] == [
        "  note       UPGRADE.txt says so",
        "  note       and so",
    ]
    assert "  follows    one (at the same place)" in lines
    assert "(300 characters)" in " ".join(lines)
    bare = [
        line.text for line in render(reported(replace(samples.MACRO, old="", candidate="", where=None)), full=True)
    ]
    assert not any(line.startswith(("  where", "  also at", "  covered", "  note")) for line in bare)
    assert not any("(nothing)" in line for line in bare)
    one_place = [line.text for line in render(reported(replace(full, places=full.places[:1])), full=True)]
    assert not any("also at" in line for line in one_place)


def release(**sections: object) -> ReleaseFacts:
    return tiny_release({name.replace("_", " "): items for name, items in sections.items()})


def named(number: int, prefix: str = "x") -> dict[str, dict[str, str]]:
    return {f"{prefix}{n:02}": {} for n in range(number)}


@pytest.mark.parametrize(
    ("kind", "number", "told"),
    [("application", 40, ""), ("application", 41, "and 1 more"), ("application", 45, "and 5 more")],
)
def test_of_what_is_gone_forty_are_told(kind: str, number: int, told: str) -> None:
    text = release_markdown(compare_releases(release(**{kind: named(number)}), release()))
    assert ("more" in text) is bool(told)
    assert told in text


def test_of_what_changed_ten_and_of_what_is_new_eight_are_told() -> None:
    old = release(codec={name: {"type": "a"} for name in named(11)})
    new = release(codec={name: {"type": "b"} for name in named(11)}, technology=named(9, "y"))
    lines = [line.text for line in release_lines(compare_releases(old, new))]
    assert "  codecs (11)" in lines
    assert sum(": type a -> b" in line for line in lines) == 10
    assert "    and 1 more" in lines
    assert "  channel technologies (9): y00, y01, y02, y03, y04, y05, y06, y07, and 1 more" in lines
    assert (
        sum(
            "type a" in line
            for line in (one.text for one in release_lines(compare_releases(old, new), every=True))
        )
        == 11
    )


def test_what_the_old_build_left_out_is_not_missed() -> None:
    difference = compare_releases(release(left_out=named(2)), release())
    assert not any("Gone" in line.text for line in release_lines(difference))


def test_commands_that_begin_alike_stand_together_from_four_on() -> None:
    for number, told in ((3, "sip 00, sip 01, sip 02"), (4, "sip ... (4)")):
        difference = compare_releases(release(CLI_command=named(number, "sip ")), release())
        assert f"  CLI commands ({number}): {told}" in [line.text for line in release_lines(difference)]


def test_an_operation_is_told_without_its_nickname_and_parts_with_their_whole() -> None:
    old = release(
        ARI_operation={"GET /x (x.get)": {}},
        ARI_model={"Channel": {}, "Peer": {}},
        ARI_field={"Channel.id": {}, "Channel.name": {}, "Peer.id": {}},
    )
    new = release(ARI_model={"Channel": {}, "Peer": {}})
    lines = [line.text for line in release_lines(compare_releases(old, new))]
    assert "  ARI operations (1): GET /x" in lines
    assert "  fields of ARI models (3): Channel: id, name; Peer: id" in lines
    text = release_markdown(compare_releases(old, release()))
    assert "| ARI operations | 1 |  |  |" in text


@pytest.mark.parametrize(
    ("number", "most", "text"),
    [(0, 2, ""), (2, 2, "0, 1"), (3, 2, "0, 1, 2"), (4, 2, "0, 1 and 2 more"), (7, 6, "0, 1, 2, 3, 4, 5, 6")],
)
def test_a_list_leaves_out_more_than_one(number: int, most: int, text: str) -> None:
    assert listed(map(str, range(number)), most=most) == text


def test_a_paragraph_hangs_below_its_label() -> None:
    lines = wrap("word " * 40, indent="  ", label="label: ")
    assert lines[0].startswith("  label: word")
    assert all(line.startswith(" " * 9 + "word") for line in lines[1:])
    assert wrap("word " * 40, label="x ", hang=4)[1].startswith("    word")
    assert max(map(len, lines)) <= 100
    assert wrap("", indent="  ", label="label: ") == ["  label:"]
