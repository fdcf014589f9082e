"""The plugin and the run behind it, with trios that are not booted (`fake_trio`)."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

import harness.plugin.player  # once for all runs inside of this process
from harness.stages.kept import read_kept
from tests.stages.test_sign import keys

HERE = Path(__file__).parent
SUITES = HERE.parent / "suites"

SITE = """\
name = "tiny"
[old]
release = "debian:bullseye"
config = "old"
[candidate]
release = "debian:sid"
config = "candidate"
"""
SAME = "ivr/sales-menu same slow\nivr/night same\nqueue/support same\n"


class Lab:
    """A folder with the suites and a site."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.site = pytester.mkdir("site")
        pytester.makeconftest(
            f"""
            import signal
            import sys
            signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
            sys.path.insert(0, {str(HERE)!r})
            import fake_trio
            import pytest

            patch = pytest.MonkeyPatch()
            patch.setattr("harness.stages.run.sweep", lambda: None)
            patch.setattr("harness.stages.run.prepare_releases", fake_trio.prepare_releases)
            patch.setattr("harness.stages.run.on_trio", fake_trio.on_trio)
            patch.setattr("harness.stages.collect.CHECKS", fake_trio.CHECKS)

            def pytest_unconfigure(config):
                patch.undo()
            """
        )
        pytester.makeini("[pytest]\naddopts = --strict-markers -p no:cacheprovider -p no:hypothesispytest\n")
        for name in ("dialplan/test_scenarios.py", "preflight/test_preflight.py"):
            target = pytester.path / "suites" / name
            target.parent.mkdir(parents=True)
            target.write_text((SUITES / name).read_text())

    def play(self, table: str, *args: str, subprocess: bool = False, waiver: str = "") -> pytest.RunResult:
        """`table` and `waiver` as `prepare` takes them."""
        self.prepare(table, waiver=waiver)
        run = self.pytester.runpytest_subprocess if subprocess else self.pytester.runpytest
        return run(*(args or ("suites",)), "--site", "site")

    def prepare(self, table: str, *, waiver: str = "") -> None:
        """`table` has lines `id outcome [tag]`. A waiver is for the scenarios that are waived, or those named."""
        rows = [line.split() for line in table.splitlines()]
        (self.site / "scenarios.txt").write_text(table)
        (self.site / "site.toml").write_text(SITE)
        for side in ("old", "candidate"):
            (self.site / side).mkdir(exist_ok=True)
            (self.site / side / "extensions.conf").touch()
        for name, group in groupby(sorted(rows), key=lambda row: row[0].partition("/")[0]):
            if not name.endswith(".py"):
                names = ((row[0].partition("/")[2], ", ".join(row[2:])) for row in group)
                entries = [f"{{name: {id_}, tags: [{tags}], steps: [{{call: 1@in}}]}}" for id_, tags in names]
                scenarios = "".join(f"- {entry}\n" for entry in entries)
                (self.site / f"{name}.yaml").write_text(f"scenarios:\n{scenarios}")
        waived = [waiver] if waiver else [row[0] for row in rows if row[1] == "waived"]
        entries = "".join(f"- {{reason: planned, rule: application-*, scenario: {id_}}}\n" for id_ in waived)
        (self.site / "waivers.yaml").write_text(f"waivers:\n{entries}" if entries else "waivers: []\n")

    @property
    def batches(self) -> list[list[str]]:
        notes = self.site / "batches.txt"
        return [line.split() for line in notes.read_text().splitlines()] if notes.exists() else []

    @property
    def report(self) -> dict[str, object]:
        return json.loads((self.pytester.path / "report" / "report.json").read_text())


@pytest.fixture
def lab(pytester: pytest.Pytester) -> Lab:
    return Lab(pytester)


def test_promote_is_exit_0_and_ends_with_the_verdict(lab: Lab) -> None:
    result = lab.play(SAME)
    result.assert_outcomes(passed=4)
    assert result.ret == 0
    assert result.outlines[-2].startswith("PROMOTE: ")
    assert lab.report["verdict"] == "promote"


def test_everything_selected_is_one_batch(lab: Lab) -> None:
    lab.play(SAME)
    assert lab.batches == [["ivr/night", "ivr/sales-menu", "preflight/modules", "queue/support"]]


def test_k_plays_what_it_selects(lab: Lab) -> None:
    result = lab.play(SAME, "suites", "-k", "sales-menu")
    result.assert_outcomes(passed=1, deselected=3)
    assert lab.batches == [["ivr/sales-menu"]]
    result.stdout.fnmatch_lines(
        ["PARTIAL: nothing found in 1 scenario speaks against it; 3 of the site's 4 scenarios and checks*"]
    )


def test_tags_are_markers(lab: Lab) -> None:
    result = lab.play(SAME, "suites", "-m", "slow")
    result.assert_outcomes(passed=1, deselected=3)
    assert lab.batches == [["ivr/sales-menu"]]


def test_one_test_by_its_node_id(lab: Lab) -> None:
    result = lab.play(SAME, "suites/dialplan/test_scenarios.py::test_scenario[ivr/night]")
    result.assert_outcomes(passed=1)
    assert lab.batches == [["ivr/night"]]


def test_a_difference_fails_its_test_shortly(lab: Lab) -> None:
    result = lab.play("ivr/a differs\nivr/b waived\nivr/c unstable-on-old\n")
    result.assert_outcomes(passed=3, failed=1)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "differs: 1 breaking finding (a.yaml:3)",
            "  breaking: Macro() is gone at extensions.conf:12",
            "    old:       Macro(hello)",
            "    candidate: (nothing)",
            "    advice:    use Gosub()",
            "FAILED *test_scenario?ivr/a?*",
        ]
    )
    result.stdout.no_fnmatch_line("*harness/plugin/*")
    assert result.outlines[-2] == "HOLD: 1 breaking cause in 1 of 3 scenarios"


@pytest.mark.parametrize(
    ("outcome", "says", "verdict", "code"),
    [
        ("not-compared", "not compared: phone 101*", "inconclusive", 6),
        ("failed", "failed on the old release as well*phone 101*", "hold", 1),
    ],
)
def test_what_proves_nothing_fails_and_says_which(
    lab: Lab, outcome: str, says: str, verdict: str, code: int
) -> None:
    result = lab.play(f"ivr/a {outcome}\n")
    result.assert_outcomes(passed=1, failed=1)
    assert result.ret == code
    result.stdout.fnmatch_lines([says])
    assert lab.report["verdict"] == verdict


def test_what_has_no_result_was_not_compared(lab: Lab) -> None:
    result = lab.play("ivr/a same\nivr/b lost\n")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["not compared: was not played", "INCONCLUSIVE: 1 scenario could not be compared"])


def test_x_stops_at_the_first_failure_after_one_batch(lab: Lab) -> None:
    result = lab.play("ivr/a differs\nivr/b differs\n", "suites", "-x")
    result.assert_outcomes(failed=1)
    assert len(lab.batches) == 1
    assert len(lab.report["scenarios"]) == 3  # type: ignore[arg-type]


def test_lf_plays_what_failed(lab: Lab) -> None:
    lab.pytester.makeini("[pytest]\naddopts = -p no:hypothesispytest\n")
    lab.play("ivr/a differs\nivr/b same\n")
    result = lab.play("ivr/a same\nivr/b same\n", "suites", "--lf")
    result.assert_outcomes(passed=1)
    assert lab.batches[1] == ["ivr/a"]


def test_collect_only_plays_nothing_and_writes_nothing(lab: Lab) -> None:
    result = lab.play(SAME, "suites", "--collect-only", "-q")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["suites/dialplan/test_scenarios.py::test_scenario?ivr/sales-menu?"])
    result.stdout.fnmatch_lines(["suites/preflight/test_preflight.py::test_check?modules?"])
    assert not lab.batches
    assert not (lab.pytester.path / "report").exists()


@pytest.mark.parametrize("quiet", ["-v", "-q"])
def test_progress_stands_on_lines_of_its_own(lab: Lab, quiet: str) -> None:
    lab.pytester.makepyfile(test_before="def test_ordinary(): pass")
    result = lab.play(SAME, "test_before.py", "suites", quiet)
    result.stdout.fnmatch_lines(["harness: boots old, again, candidate"])


def test_junit_keeps_outcome_and_fingerprints(lab: Lab) -> None:
    lab.play("ivr/a differs\n", "suites", "--junitxml", "junit.xml")
    tree = ET.parse(lab.pytester.path / "junit.xml")
    kept = {(p.get("name"), p.get("value")) for p in tree.iter("property")}
    assert {("outcome", "differs"), ("fingerprints", "f-ivr/a")} <= kept


def test_a_python_scenario_file_is_the_same_scenario(lab: Lab) -> None:
    (lab.site / "test_menu.py").write_text(
        "import pytest\n\n\n@pytest.mark.slow\nasync def test_sales(asterisk):\n    assert 0\n\n\n"
        "def test_plain():\n    pass\n"
    )
    table = "test_menu.py/test_sales same slow\nivr/b same\n"
    result = lab.play(table, "site/test_menu.py")
    result.assert_outcomes(passed=2)
    assert lab.batches == [["test_menu.py/test_sales"]]
    lab.play(table, "site/test_menu.py", "-m", "slow").assert_outcomes(passed=1, deselected=1)


CASES = """
import pytest

@pytest.mark.parametrize("digit, who", [
    (1, "sales"),
    pytest.param(2, "support", marks=pytest.mark.slow),
    pytest.param(3, "night", marks=pytest.mark.skip(reason="the museum is closed")),
    pytest.param(4, "a/b::c[<script>\\x1b[2J\\n]"),
])
async def test_menu(asterisk, digit, who): pass

@pytest.mark.slow
class TestQueue:
    async def test_sales(self, asterisk): pass

    def test_plain(self): pass
"""
HOSTILE = r"test_x.py/test_menu[4-a/b::c[<script>\x1b[2J\n]]"
OF_CASES = f"""\
test_x.py/test_menu[1-sales] same
test_x.py/test_menu[2-support] same slow
test_x.py/test_menu[3-night] same
{HOSTILE} same
test_x.py/TestQueue.test_sales same
"""


def write_cases(lab: Lab) -> None:
    lab.pytester.makeini("[pytest]\naddopts = --strict-markers -p no:hypothesispytest\nmarkers = slow\n")
    (lab.site / "test_x.py").write_text(CASES)


def test_cases_and_methods_are_scenarios_in_both_places(lab: Lab) -> None:
    write_cases(lab)
    lab.play(OF_CASES, "suites/dialplan", "site/test_x.py").assert_outcomes(passed=9, skipped=2)
    assert lab.batches == [
        sorted(
            [
                HOSTILE,
                *(
                    f"test_x.py/{it}"
                    for it in ("TestQueue.test_sales", "test_menu[1-sales]", "test_menu[2-support]")
                ),
            ]
        )
    ]
    for arguments, ids in (
        (("site", "-m", "slow"), ["test_x.py/TestQueue.test_sales", "test_x.py/test_menu[2-support]"]),
        (("suites", "-m", "slow"), ["test_x.py/TestQueue.test_sales", "test_x.py/test_menu[2-support]"]),
        (("site", "-k", "TestQueue"), ["test_x.py/TestQueue.test_sales"]),
        (("site", "-k", "1-sales"), ["test_x.py/test_menu[1-sales]"]),
        (("site/test_x.py::TestQueue::test_sales",), ["test_x.py/TestQueue.test_sales"]),
        (("site/test_x.py::test_menu[2-support]",), ["test_x.py/test_menu[2-support]"]),
        (
            ("suites/dialplan/test_scenarios.py::test_scenario[test_x.py/test_menu[1-sales]]",),
            ["test_x.py/test_menu[1-sales]"],
        ),
    ):
        assert lab.play(OF_CASES, *arguments).ret == 0
        assert lab.batches[-1] == ids


def test_lf_knows_cases(lab: Lab) -> None:
    write_cases(lab)
    lab.play(OF_CASES.replace("n]] same", "n]] differs"), "site").assert_outcomes(failed=1, passed=4, skipped=1)
    lab.play(OF_CASES, "site", "--lf").assert_outcomes(passed=1)
    assert lab.batches[-1] == [HOSTILE]


def test_hostile_cases_are_text_everywhere(lab: Lab) -> None:
    write_cases(lab)
    result = lab.play(
        OF_CASES.replace(" same", " differs"),
        "site",
        "suites",
        "--junitxml",
        "junit.xml",
        "-n",
        "2",
        subprocess=True,
    )
    assert result.ret == 1
    assert "\x1b[2J" not in result.stdout.str()
    ET.parse(lab.pytester.path / "junit.xml")
    report = lab.pytester.path / "report"
    assert HOSTILE in {one["id"] for one in lab.report["scenarios"]}  # type: ignore[attr-defined]
    assert "<script>\\x1b" not in (report / "index.html").read_text()
    traces = list((report / "traces").iterdir())
    assert {path.parent for path in traces} == {report / "traces"}
    assert all(path.is_file() for path in traces)
    assert len(read_kept(report).scenarios) == 4 + 1


@pytest.mark.parametrize("ends", ["pass", "raise SystemExit(3)"])
def test_what_scenarios_share_ends_with_the_run(lab: Lab, ends: str) -> None:
    (lab.site / "conftest.py").write_text(
        "import pathlib, pytest\n\n@pytest.fixture(scope='session')\ndef server():\n"
        "    log = pathlib.Path(__file__).with_name('log.txt')\n"
        f"    log.write_text('began')\n    yield log\n    log.write_text('ended')\n    {ends}\n"
    )
    (lab.site / "test_x.py").write_text(
        "async def test_a(asterisk, server): assert server.read_text() == 'began'\n"
        "async def test_b(asterisk, server): assert server.read_text() == 'began'\n"
    )
    result = lab.play("test_x.py/test_a plays\ntest_x.py/test_b plays\n")
    result.assert_outcomes(passed=3)
    assert (lab.site / "log.txt").read_text() == "ended"
    wrong = [] if ends == "pass" else ["the end of a fixture of test_x.py raised SystemExit: 3"]
    assert (lab.report["problems"], lab.report["verdict"]) == (wrong, "inconclusive" if wrong else "promote")


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_test_takes_as_long_as_its_scenario(lab: Lab, workers: tuple[str, ...]) -> None:
    arguments = ("--durations", "0", "-vv", "--junitxml", "junit.xml", *workers)
    result = lab.play("ivr/a same\nivr/b differs\n", "suites", *arguments, subprocess=bool(workers))
    result.stdout.fnmatch_lines_random([f"61.25s call *ivr/{name}?" for name in "ab"])
    cases = {case.get("name"): float(case.get("time", 0)) for case in ET.parse("junit.xml").iter("testcase")}
    assert {round(cases[f"test_scenario[ivr/{name}]"]) for name in "ab"} == {61}
    assert cases["test_check[modules]"] < 61


def test_what_is_expected_to_fail_is_told_as_pytest_tells_it(lab: Lab) -> None:
    (lab.site / "test_x.py").write_text(
        "import pytest\n\n@pytest.mark.xfail(reason='known')\nclass TestMenu:\n"
        + "".join(f"    async def test_{name}(self, asterisk): pass\n" for name in "abc")
    )
    names = [f"test_x.py/TestMenu.test_{name}" for name in "abc"]
    table = "{} fails\n{} passes\n{} differs\n".format(*names)
    for where in ("site", "suites/dialplan"):
        result = lab.play(table, where)
        result.assert_outcomes(xfailed=1, xpassed=1, failed=1)
        assert (result.ret, lab.report["verdict"]) == (1, "hold")
    result = lab.play(table.replace("differs", "same"), "suites", "-rx")
    result.assert_outcomes(xfailed=1, xpassed=1, passed=2)
    assert (result.ret, lab.report["verdict"]) == (0, "promote")
    result.stdout.fnmatch_lines(["XFAIL *fails as expected: nobody answers", "PROMOTE: * (1 failing as expected)"])


@pytest.mark.parametrize(
    ("arguments", "ini", "mark", "strict"),
    [
        ((), "", "", False),
        ((), "xfail_strict = true", "", True),
        ((), "xfail_strict = true", "strict=False", False),
        ((), "", "strict=True", True),
        (("--runxfail",), "", "strict=True", None),
    ],
)
def test_xfail_is_as_pytest_is_told(
    lab: Lab, arguments: tuple[str, ...], ini: str, mark: str, strict: bool | None
) -> None:
    lab.pytester.makeini(f"[pytest]\naddopts = -p no:hypothesispytest\n{ini}\n")
    (lab.site / "test_x.py").write_text(
        f"import pytest\n\n@pytest.mark.xfail({mark})\nasync def test_a(asterisk): pass\n"
    )
    lab.prepare("test_x.py/test_a same\n")
    known = Kept()
    lab.pytester.inline_run("suites", "--site", "site", *arguments, plugins=[known])
    (scenario,) = known.player.collected.scenarios
    assert (scenario.xfail and scenario.xfail.strict) == strict


class Kept:
    """A plugin that keeps the player of a run."""

    player: harness.plugin.player.Player

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.player = session.config.pluginmanager.get_plugin("harness-player")  # type: ignore[assignment]


def test_a_site_error_is_a_usage_error(lab: Lab) -> None:
    result = lab.pytester.runpytest("suites", "--site", "site")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["ERROR: *site: there is no site.toml in it; `harness init NEW *"])


def test_a_configuration_folder_may_be_one_of_the_site(lab: Lab) -> None:
    lab.play("a/one same", "suites", "--candidate-config", "old")
    assert (lab.site / "settings.txt").read_text() == "old"


def test_no_site_says_what_to_do(lab: Lab) -> None:
    result = lab.pytester.runpytest("suites")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["ERROR: these tests play a site: name it*--site scenarios/demo*"])


def test_a_scenario_file_without_a_site_says_what_to_do(lab: Lab) -> None:
    lab.pytester.makepyfile(test_menu="async def test_sales(asterisk): pass")
    result = lab.pytester.runpytest("test_menu.py")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*a scenario needs its site: pytest FILE --site DIR*"])


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("site/ivr.yaml",), "`pytest suites/ --site site -k ivr/` plays what is in it"),
        (("site/ivr.yaml::night", "--site", "site"), "`pytest suites/ --site site -k ivr/` plays what is in it"),
        (("site/site.toml",), "`pytest suites/ --site site` plays what is in it"),
    ],
)
def test_what_names_nothing_to_play_says_what_does(lab: Lab, arguments: tuple[str, ...], meant: str) -> None:
    lab.play(SAME, "suites", "--collect-only")
    lab.pytester.makepyfile(test_foreign="def test_of_somebody_else(): pass")
    result = lab.pytester.runpytest(*arguments)
    assert result.ret == 4
    assert meant in result.stderr.str()
    assert not lab.batches


def test_a_site_alone_means_all_of_it_and_nothing_else_that_lies_there(lab: Lab) -> None:
    lab.prepare(SAME)
    lab.pytester.makepyfile(test_foreign="def test_of_somebody_else(): assert 0")
    for arguments, passed in (((), 4), (("-k", "night"), 1)):
        result = lab.pytester.runpytest("--site", "site", *arguments)
        assert (result.ret, result.parseoutcomes()["passed"]) == (0, passed)
    result = lab.pytester.runpytest_subprocess("--site", "site", "-n", "2")
    assert (result.ret, result.parseoutcomes()["passed"]) == (0, 4)


def test_the_command_is_pytest_with_the_suites(lab: Lab) -> None:
    lab.prepare("ivr/night differs\n")
    harness = (sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())")
    result = lab.pytester.run(*harness, "run", "site", "--report", "out", "-v")
    assert result.ret == 1
    assert (lab.pytester.path / "out" / "report.json").is_file()
    result = lab.pytester.run(*harness, "run", "nowhere")
    assert result.ret == 2
    result.stderr.fnmatch_lines(
        ["harness: nowhere: there is no such folder; `harness init nowhere --config /etc/asterisk` makes one"]
    )


def test_yaml_of_others_is_theirs(pytester: pytest.Pytester) -> None:
    pytester.makefile(".yaml", test_x="a: 1")
    pytester.makeconftest(
        """
        import pytest

        class File(pytest.File):
            def collect(self):
                yield Item.from_parent(self, name="one")

        class Item(pytest.Item):
            def runtest(self): pass

        def pytest_collect_file(file_path, parent):
            return File.from_parent(parent, path=file_path) if file_path.suffix == ".yaml" else None
        """
    )
    pytester.runpytest("test_x.yaml").assert_outcomes(passed=1)


def test_a_site_cannot_end_the_run_as_if_all_were_well(lab: Lab) -> None:
    (lab.site / "test_ends.py").write_text("import os\nos._exit(0)\n")
    result = lab.play(SAME, "suites", subprocess=True)
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*test_ends.py:2: cannot be imported: ProcessExit: os._exit() would end*"])


def test_a_missing_engine_is_one_clear_error(lab: Lab) -> None:
    (lab.site / "broken.txt").write_text("engine")
    result = lab.play(SAME)
    assert result.ret == 4
    assert result.stderr.lines.count("ERROR: no container engine answers") == 1
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_broken_lab_is_inconclusive(lab: Lab) -> None:
    (lab.site / "broken.txt").write_text("lab")
    result = lab.play(SAME)
    assert result.ret == 6
    result.stdout.fnmatch_lines(["INCONCLUSIVE: 3 scenarios and 1 check could not be compared"])
    assert lab.report["problems"] == ["no container engine answers"]


def test_an_interrupt_is_told_in_pytests_way(lab: Lab) -> None:
    (lab.site / "broken.txt").write_text("interrupt")
    result = lab.play(SAME, "suites", subprocess=True)
    assert result.ret == 2
    result.stdout.fnmatch_lines(["!!*KeyboardInterrupt*!!"])
    kept = read_kept(lab.pytester.path / "report")
    ids = ["ivr/night", "ivr/sales-menu", "queue/support", "log/no-call"]
    assert [scenario.id for scenario in kept.scenarios] == ids
    assert not (lab.pytester.path / "report" / "report.json").exists()


@pytest.fixture
def heard() -> Iterator[None]:
    """Signals do what they do, also where this run ignores some: in the background, by `nohup`."""
    before = {one: signal.signal(one, signal.SIG_DFL) for one in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)}
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize(
    "how", ["build SIGHUP", "build SIGINT", "play SIGINT", "play SIGTERM", "play SIGHUP", "block SIGTERM"]
)
def test_a_signal_ends_a_run_with_the_report_of_what_is_done(lab: Lab, how: str) -> None:
    lab.play(SAME)
    (lab.site / "broken.txt").write_text(how)
    result = lab.play(SAME, subprocess=True)
    name = how.split()[-1]
    assert result.ret == 2
    assert (lab.report["verdict"], lab.report["interrupted"]) == ("inconclusive", name)
    assert lab.report["problems"] == [f"the run was interrupted ({name})"]
    assert lab.report["counts"]["outcomes"]["not-compared"] == 4  # type: ignore[index]
    result.stdout.fnmatch_lines(
        [f"INCONCLUSIVE: interrupted ({name}), 3 scenarios and 1 check could not be compared"]
    )
    result.stderr.no_fnmatch_line("*Traceback*")


def test_a_signal_after_all_was_played_is_told_as_well(lab: Lab) -> None:
    lab.pytester.makepyfile(test_z="import os, signal\ndef test_z(): os.kill(os.getpid(), signal.SIGTERM)")
    result = lab.play(SAME, "suites", "test_z.py", subprocess=True)
    assert result.ret == 2
    assert (lab.report["verdict"], lab.report["interrupted"]) == ("inconclusive", "SIGTERM")
    assert lab.report["counts"]["outcomes"]["same"] == 4  # type: ignore[index]


def test_a_signal_while_the_site_is_read_leaves_no_older_verdict(lab: Lab) -> None:
    lab.play(SAME)
    (lab.site / "test_menu.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n")
    assert lab.play(SAME, subprocess=True).ret == 2
    assert kept_verdict(lab) == "none"


def test_a_signal_that_somebody_ignores_stays_ignored(lab: Lab) -> None:
    """As `nohup` asks for."""
    (lab.site / "broken.txt").write_text("play SIGHUP")
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert lab.play(SAME).ret == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_report_that_cannot_be_written_is_told(lab: Lab) -> None:
    (lab.site / "broken.txt").write_text("folder")
    result = lab.play(SAME)
    assert result.ret == 6
    result.stdout.fnmatch_lines(["ERROR: the report could not be written: *", "INCONCLUSIVE: *"])


def test_a_new_run_replaces_the_traces_of_the_last(lab: Lab) -> None:
    lab.play(SAME)
    lab.play(SAME, "suites", "-k", "night")
    kept = [path.name for path in (lab.pytester.path / "report" / "traces").iterdir()]
    assert kept == ["ivr__night.old.jsonl"]


def kept_verdict(lab: Lab) -> str:
    """What `report.json` says, and nothing where there is none."""
    return str(lab.report["verdict"]) if (lab.pytester.path / "report" / "report.json").exists() else "none"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("suites", "-k", "nothing-of-this-name"), 5), (("suites", "--candidate-config", "gone"), 4), (("."), 4)],
)
def test_a_run_that_plays_nothing_leaves_no_verdict_of_an_earlier_one(
    lab: Lab, arguments: tuple[str, ...], code: int
) -> None:
    lab.pytester.makepyfile(other_file="")
    lab.play(SAME)
    assert kept_verdict(lab) == "promote"
    lab.pytester.makepyfile(test_foreign="def test_ordinary(): pass")
    arguments = ("test_foreign.py",) if arguments == "." else arguments
    assert lab.play(SAME, *arguments).ret == code
    assert kept_verdict(lab) == "none"


def test_who_only_lists_keeps_the_report(lab: Lab) -> None:
    lab.play(SAME)
    for option in ("--collect-only", "--fixtures"):
        lab.play(SAME, "suites", option)
        assert kept_verdict(lab) == "promote"


def test_a_run_that_is_killed_leaves_no_verdict_of_an_earlier_one(lab: Lab) -> None:
    lab.play(SAME)
    (lab.site / "broken.txt").write_text("die")
    assert lab.play(SAME, subprocess=True).ret == 7
    assert kept_verdict(lab) == "none"


def test_tests_of_others_alone_say_how_to_play_the_site(lab: Lab) -> None:
    lab.pytester.makepyfile(test_foreign="def test_ordinary(): pass")
    result = lab.play(SAME, "test_foreign.py")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["ERROR: none of the 1 selected test plays the site: name the suites*"])


def test_a_test_of_others_that_fails_is_pytests_1(lab: Lab) -> None:
    lab.pytester.makepyfile(test_foreign="def test_ordinary(): assert 0")
    assert lab.play("ivr/a not-compared\n", "test_foreign.py", "suites").ret == 1
    assert lab.play(SAME, "test_foreign.py", "suites").ret == 1
    assert lab.report["verdict"] == "promote"


@pytest.mark.parametrize(
    ("mark", "outcome", "verdict", "code"),
    [
        ("skip(reason='the museum is closed')", "skipped", "promote", 0),
        ("skipif(True, reason='the museum is closed')", "skipped", "promote", 0),
        ("skipif(False, reason='the museum is closed')", "same", "promote", 0),
        ("skip", "not-compared", "inconclusive", 6),
    ],
)
def test_a_mark_skips_a_scenario_if_it_says_why(
    lab: Lab, mark: str, outcome: str, verdict: str, code: int
) -> None:
    (lab.site / "test_menu.py").write_text(
        f"import pytest\n\n@pytest.mark.{mark}\nasync def test_sales(asterisk):\n    pass\n"
    )
    result = lab.play("test_menu.py/test_sales same\nivr/b same\n", "suites", "site/test_menu.py")
    assert result.ret == code
    is_played = outcome == "same"
    assert ("test_menu.py/test_sales" in lab.batches[0]) == is_played
    result.assert_outcomes(passed=4 if is_played else 2, skipped=0 if is_played else 2)
    assert lab.report["verdict"] == verdict
    assert lab.report["counts"]["outcomes"][outcome] >= 1  # type: ignore[index]
    if outcome == "skipped":
        result.stdout.fnmatch_lines(
            ["  skipped: test_menu.py/test_sales: the museum is closed", "PROMOTE: *1 skipped)"]
        )


def test_a_scenario_that_skips_itself_is_a_skipped_test(lab: Lab) -> None:
    result = lab.play("ivr/a skipped\nivr/b same\n")
    result.assert_outcomes(passed=2, skipped=1)
    assert (result.ret, lab.report["verdict"]) == (0, "promote")


def test_a_foreign_report_is_not_overwritten(lab: Lab) -> None:
    lab.pytester.mkdir("report").joinpath("report.json").write_text('{"mine": 1}')
    result = lab.play(SAME)
    assert result.ret == 4
    result.stderr.fnmatch_lines(["ERROR: *report.json was not written by the harness*"])


def test_the_plugin_does_nothing_to_other_tests(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing_heavy_is_imported():
            heavy = ["docker", "panoramisk", "ruamel", "testcontainers"]
            heavy += ["harness.stages", "harness.report", "harness.lab"]
            assert [name for name in heavy if name in sys.modules] == []
        """
    )
    result = pytester.runpytest_subprocess()
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*harness:*")
    assert not (pytester.path / "report").exists()


def test_shards_are_parts_that_together_are_the_whole(lab: Lab) -> None:
    table = "".join(f"ivr/s{number:02d} same\n" for number in range(6))
    played: list[str] = []
    for number in (1, 2, 3):
        result = lab.play(table, "suites", "--shard", f"{number}/3")
        assert result.ret == 0
        assert lab.report["verdict"] == "partial"
        played += lab.batches[-1]
    assert sorted(played) == [*(f"ivr/s{number:02d}" for number in range(6)), "preflight/modules"]
    assert lab.play(table, "suites", "--shard", "1/1").ret == 0
    assert lab.report["verdict"] == "promote"


@pytest.mark.parametrize("wrong", ["3/2", "0/2", "2", "a/b", "1/0", "-1/2"])
def test_a_shard_that_is_none_is_told(lab: Lab, wrong: str) -> None:
    result = lab.play(SAME, "suites", f"--shard={wrong}", subprocess=True)
    assert result.ret == 4
    result.stderr.fnmatch_lines([f"*{wrong!r} is no part of a whole: 2/5 is the second of five"])


def _with_seconds(lab: Lab, seconds: dict[str, float]) -> Path:
    """The report of a run of the whole, in which scenarios took so long."""
    path = lab.pytester.path / "last" / "report.json"
    path.parent.mkdir()
    told = lab.report
    for result in told["scenarios"]:  # type: ignore[attr-defined]
        result["seconds"] = seconds.get(result["id"], 0.0)
    path.write_text(json.dumps(told))
    return path


@pytest.mark.parametrize("as_folder", [True, False])
def test_shards_are_equally_long_by_the_times_of_the_last_run(lab: Lab, as_folder: bool) -> None:
    table = "".join(f"ivr/s{number:02d} same\n" for number in range(6))
    lab.play(table)
    last = _with_seconds(lab, {"ivr/s00": 1.0, "ivr/s01": 1.5, "ivr/s02": 8.0, "ivr/s03": 2.0, "ivr/s04": 3.0})
    lab.site.joinpath("batches.txt").unlink()
    for number in (1, 2, 3):
        times = str(last.parent if as_folder else last)
        lab.play(table, "suites", "--shard", f"{number}/3", "--shard-times", times)
    # The median is 2: that of s05, which has no time. What is asked at once is with the shortest part.
    assert lab.batches == [
        ["ivr/s02"],
        ["ivr/s01", "ivr/s04", "preflight/modules"],
        ["ivr/s00", "ivr/s03", "ivr/s05"],
    ]


def test_the_times_may_be_those_of_the_report_that_is_replaced(lab: Lab) -> None:
    lab.play(SAME)
    _with_seconds(lab, {"ivr/night": 9.0}).replace(lab.pytester.path / "report" / "report.json")
    assert lab.play(SAME, "suites", "--shard", "1/2", "--shard-times", "report").ret == 0


def test_times_that_cannot_be_used_are_told(lab: Lab) -> None:
    lab.play(SAME)
    _with_seconds(lab, {})
    result = lab.play(SAME, "suites", "--shard-times", "last", subprocess=True)
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*--shard-times divides what --shard K/N plays: give both"])
    for said, times in (
        ("No such file*", "gone"),
        ("*has no times of scenarios*", "last"),
        ("*", "site/site.toml"),
    ):
        result = lab.play(SAME, "suites", "--shard=1/2", "--shard-times", times, subprocess=True)
        assert result.ret == 4
        result.stderr.fnmatch_lines([f"*--shard-times: *{times}*{said}"])


def test_a_key_that_cannot_sign_is_told_before_anything_is_played(lab: Lab) -> None:
    lab.site.joinpath("key.pem").write_text("none")
    result = lab.play(SAME, "suites", "--sign-key", "site/key.pem", subprocess=True)
    assert result.ret == 4
    result.stderr.fnmatch_lines(["ERROR: *site/key.pem: no private key in PEM*"])
    assert not lab.batches


def test_a_run_that_cannot_be_signed_does_not_end_as_promoted(lab: Lab) -> None:
    key, _ = keys(lab.pytester.path)  # the lab's trio writes into the site, which is another one then
    result = lab.play(SAME, "suites", "--sign-key", key.name)
    assert result.ret == 4
    result.stdout.fnmatch_lines(["ERROR: the statement could not be signed: *report: the run cannot say which*"])
    assert lab.report["verdict"] == "promote"


# pytest-xdist


def test_workers_play_a_batch_each_and_make_one_report(lab: Lab) -> None:
    table = "".join(f"ivr/s{number:02d} {'differs' if number == 3 else 'same'}\n" for number in range(20))
    result = lab.play(table, "suites", "-n", "2", subprocess=True)
    result.assert_outcomes(passed=20, failed=1)
    assert result.ret == 1
    assert len(lab.batches) == 2
    assert sorted(name for batch in lab.batches for name in batch) == sorted(
        [*(f"ivr/s{n:02d}" for n in range(20)), "preflight/modules"]
    )
    assert len(lab.report["scenarios"]) == 21  # type: ignore[arg-type]
    assert result.outlines[-2] == "HOLD: 1 breaking cause in 1 of 20 scenarios"
    result.stdout.fnmatch_lines(["harness: gw?: boots old, again, candidate"])


def test_a_limit_for_each_test_is_none_for_the_batch_of_a_worker(lab: Lab) -> None:
    pytest.importorskip("pytest_timeout")
    (lab.site / "broken.txt").write_text("slow")
    result = lab.play(SAME, "suites", "-n", "2", "--timeout", "1", subprocess=True)
    result.assert_outcomes(passed=4)
    assert result.ret == 0
    assert lab.play(SAME, "suites", "--timeout", "1", subprocess=True).ret == 0


def test_workers_together_know_that_a_waiver_is_unused(lab: Lab) -> None:
    table = "".join(f"ivr/s{number:02d} same\n" for number in range(10))
    result = lab.play(table, "suites", "-n", "2", subprocess=True, waiver="ivr/w*")
    result.assert_outcomes(passed=11)
    assert result.ret == 1
    assert result.outlines[-2] == "HOLD: 1 cause to review"


def test_a_waiver_used_in_one_worker_is_used(lab: Lab) -> None:
    table = "ivr/w waived\n" + "".join(f"ivr/s{number:02d} same\n" for number in range(10))
    result = lab.play(table, "suites", "-n", "2", subprocess=True)
    result.assert_outcomes(passed=12)
    assert result.ret == 0
    assert result.outlines[-2].startswith("PROMOTE: ")


def test_workers_without_an_engine_end_in_one_error(lab: Lab) -> None:
    (lab.site / "broken.txt").write_text("engine")
    result = lab.play(SAME, "suites", "-n", "2", subprocess=True)
    assert result.ret == 4
    assert result.outlines.count("ERROR: no container engine answers") == 1
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_a_worker_that_dies_makes_the_run_inconclusive(lab: Lab) -> None:
    (lab.site / "broken.txt").write_text("die")
    result = lab.play(SAME, "suites", "-n", "2", "--max-worker-restart", "0", subprocess=True)
    assert result.ret == 6
    result.stdout.fnmatch_lines(["INCONCLUSIVE: *"])
    assert lab.report["verdict"] == "inconclusive"


def test_the_share_of_a_worker_is_the_same_everywhere() -> None:
    code = "from harness.plugin.workers import scope_of; print(scope_of('a::b[ü]', workers=7))"
    told = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(told) == 1


def test_workers_report_what_is_done_when_the_run_is_interrupted(lab: Lab) -> None:
    (lab.site / "broken.txt").write_text("wait")
    report = lab.pytester.path / "report"
    lab.prepare(SAME)
    command = (sys.executable, "-m", "pytest", "suites", "-n", "2", "--site", "site")
    child = lab.pytester.popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(lab.batches) < 2:
        assert child.poll() is None
        time.sleep(0.05)
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=60) == 2
    told = json.loads((report / "report.json").read_text())
    assert (told["verdict"], told["problems"]) == ("inconclusive", ["the run was interrupted (SIGTERM)"])
    assert told["counts"]["outcomes"]["not-compared"] == 4


def test_the_sites_name_cannot_move_the_cursor(lab: Lab) -> None:
    lab.prepare(SAME)
    toml = lab.site / "site.toml"
    toml.write_text(toml.read_text().replace('"tiny"', '"a\\u001b[2J\\u202eb"'))
    result = lab.pytester.runpytest("suites", "--site", "site")
    result.stdout.fnmatch_lines(["site: a*b (debian*"])
    assert not {"\x1b[2J", "\u202e"} & {part for part in ("\x1b[2J", "\u202e") if part in result.stdout.str()}
