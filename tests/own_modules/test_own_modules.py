"""Modules of a site's own, built from source for each release, loaded and compared; what the compiler refuses."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from harness.asterisk.api_changes import STRUCTURES, became_of, changed_structures
from harness.asterisk.compiler import compile_errors
from harness.cli.images import images_of
from harness.errors import SiteError
from harness.facts.failed_build import FailedBuild
from harness.lab import Release, prepare
from harness.lab.engine.client import connected
from harness.lab.engine.mirror import Mirror, find_mirror
from harness.lab.images.build import is_there
from harness.lab.images.builder import builder_recipe
from harness.lab.images.counted import apart
from harness.lab.images.own_modules import build_module, limited
from harness.model import Finding, Outcome, Place, Report
from harness.site import OwnModule, load_site
from harness.stages.collect import Settings, collect
from harness.stages.run import run

HERE = Path(__file__).parent
OLD, CANDIDATE = "debian:bullseye", "debian:sid"
SITE = """\
name = "With modules"
[old]
release = "debian:bullseye"
config = "old"
[candidate]
release = "debian:sid"
config = "old"
[[module]]
source = "modules/app_hello"
[[module]]
source = "modules/app_recorder"
build = "make CFLAGS='-DWITH_MONITOR -fPIC -D_GNU_SOURCE'"
"""
DIALPLAN = """\
[in]
exten => 600,1,Answer()
 same => n,Hello(${HELLO_WORD()})
 same => n,Verbose(it says ${HELLO})
 same => n,Hangup()
"""
SCENARIO = """\
scenarios:
  - name: hello
    steps:
      - call: 600@in
      - wait: ended
    expect:
      - variable: {HELLO: world}
"""
MODULES_CONF = "[modules]\nautoload = yes\nload = app_hello.so\nload = app_recorder.so\n"


def make_site(folder: Path) -> Path:
    """app_recorder is the same source under another name, with what went with res_monitor."""
    site = folder / "site"
    for name in ("app_hello", "app_recorder"):
        shutil.copytree(HERE / "app_hello", site / "modules" / name)
    recorder = site / "modules/app_recorder"
    for old, text in ((path, path.read_text("utf-8")) for path in list(recorder.iterdir())):
        named = (
            text.replace("app_hello", "app_recorder")
            .replace('"Hello"', '"Recorder"')
            .replace("HELLO_", "RECORDER_")
        )
        old.unlink()
        (recorder / old.name.replace("app_hello", "app_recorder")).write_text(named, encoding="utf-8")
    (site / "old").mkdir()
    for file, text in (
        ("site.toml", SITE),
        ("scenarios.yaml", SCENARIO),
        ("old/extensions.conf", DIALPLAN),
        ("old/modules.conf", MODULES_CONF),
        ("old/manager.conf", "[general]\nenabled = yes\n"),
    ):
        (site / file).write_text(text, encoding="utf-8")
    return site


@pytest.fixture(scope="module")
def releases() -> dict[str, Release]:
    return prepare([OLD, CANDIDATE])


def built(
    release: Release, command: str, *, seconds: float = 120, disk_mb: int = 64, source: Path = HERE / "app_hello"
) -> object:
    module = OwnModule(source, command, seconds=seconds, line=7, disk_mb=disk_mb)
    with connected() as client:
        return build_module(client, module, source.parent, release, find_mirror(), lambda _: None)


@pytest.mark.engine
def test_what_is_built_for_each_is_loaded_and_compared_and_what_is_refused_is_a_finding(tmp_path: Path) -> None:
    report = played(make_site(tmp_path))
    assert not report.problems
    assert outcome(report, "scenarios/hello") is Outcome.SAME
    found = {finding.rule: finding for finding in findings(report, "preflight/modules")}
    assert "module-same-binary" not in found
    refused = found["module-not-compiled"]
    line = 1 + (HERE / "app_hello/app_hello.c").read_text("utf-8").partition('#include "asterisk/monitor.h"')[
        0
    ].count("\n")
    assert refused.where == Place("modules/app_recorder/app_recorder.c", line)
    assert refused.subject == "app_recorder"
    assert "asterisk/monitor.h: No such file or directory" in refused.title
    assert "MixMonitor" in refused.advice


def played(site: Path) -> Report:
    settings = Settings(site, report=site / "report")
    given = collect(settings)
    checks = frozenset({"preflight/modules", "preflight/log"})
    return run(given, settings, scenarios=frozenset({"scenarios/hello"}), checks=checks, progress=print)


def outcome(report: Report, id_: str) -> Outcome:
    result = report.result(id_)
    assert result is not None
    assert not result.problem
    return result.outcome


def findings(report: Report, check: str) -> tuple[Finding, ...]:
    result = report.result(check)
    assert result is not None
    return result.findings


@pytest.mark.engine
def test_images_in_which_modules_are_built_are_saved_with_those_of_the_site(tmp_path: Path) -> None:
    site = load_site(make_site(tmp_path))
    ready = prepare([OLD, CANDIDATE])
    saved = images_of(site)
    for release in ready.values():
        recipe = builder_recipe(release, (), find_mirror())
        assert recipe
        assert {release.image, recipe.tag} <= set(saved)
    with connected() as client:
        assert all(is_there(client, name) for name in saved)


@pytest.mark.engine
@pytest.mark.parametrize(
    ("command", "seconds", "words"),
    [
        ("sleep 60", 1, "took longer than 1 s (its `seconds`)"),
        ("head -c 99M /dev/zero > x; sleep 60", 60, "writes more than 64 MB (its `disk_mb`)"),
        ("f() { f | f & }; f; sleep 1; make", 60, "starts more than 256 processes"),
        ("tail /dev/zero", 60, "needs more than 1024 MB of memory"),
        ("getent hosts deb.debian.org || exit 7", 60, "ends with 7"),
        ("true", 60, "made no module"),
        ("ln -s /etc/passwd x.so; mkfifo y.so", 60, "made no module"),
        ("exec >&- 2>&-; exit 3", 60, "ends with 3"),
    ],
)
def test_a_build_that_goes_wrong_ends_in_words(
    releases: dict[str, Release], command: str, seconds: float, words: str
) -> None:
    failed = built(releases[OLD], command, seconds=seconds)
    assert isinstance(failed, FailedBuild)
    assert words in failed.why
    assert (failed.source, failed.line) == ("app_hello", 7)


def test_no_file_of_a_build_is_larger_than_it_may_be(tmp_path: Path) -> None:
    for size, fits in (("1M", True), ("900G", False)):
        command = ("sh", "-c", *limited(f"echo \"$0\" 'as it is'; truncate -s {size} made"))
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert apart(done.stdout)[0].startswith("sh as it is\n")
        assert (done.returncode == 0) is fits


@pytest.mark.engine
def test_a_build_that_needs_a_program_which_is_not_there_is_an_error_of_the_site(
    releases: dict[str, Release],
) -> None:
    words = f"site.toml:7: `no-such-tool -v` needs a program that {OLD} lacks .*no-such-tool: not found"
    with pytest.raises(SiteError, match=words):
        built(releases[OLD], "no-such-tool -v")


@pytest.mark.engine
def test_what_was_built_is_kept_until_the_source_changes(releases: dict[str, Release], tmp_path: Path) -> None:
    source = tmp_path / "app_hello"
    shutil.copytree(HERE / "app_hello", source)
    first = built(releases[OLD], "make", source=source)
    assert built(releases[OLD], "make", source=source) == first
    text = (source / "app_hello.c").read_text("utf-8")
    (source / "app_hello.c").write_text(text.replace('"world"', '"World"'), encoding="utf-8")
    assert built(releases[OLD], "make", source=source) != first


@pytest.mark.engine
def test_what_a_build_elsewhere_left_is_not_taken_for_done(releases: dict[str, Release], tmp_path: Path) -> None:
    source = tmp_path / "app_hello"
    shutil.copytree(HERE / "app_hello", source)
    (source / "app_hello.so").write_bytes(b"for another Asterisk")
    # Of a text of its own: what was built of the same text before would be taken.
    (source / "app_hello.c").write_text(
        (source / "app_hello.c").read_text("utf-8") + f"/* {tmp_path} */\n", "utf-8"
    )
    modules = built(releases[OLD], "make", source=source)
    assert isinstance(modules, dict)
    assert modules["app_hello.so"].startswith(b"\x7fELF")


@pytest.mark.engine
def test_a_source_that_production_s_release_refuses_is_an_error_of_the_site(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    (site / "modules/app_hello/app_hello.c").write_text("#error not today\n", encoding="utf-8")
    with pytest.raises(
        SiteError, match=r"site.toml:9: modules/app_hello cannot be built for the old release"
    ) as error:
        played(site)
    assert "not today" in "".join(error.value.__notes__)


def test_errors_are_read_with_file_and_line() -> None:
    printed = (
        "In file included from app_x.c:3:\n"
        "app_x.c:12:10: fatal error: asterisk/monitor.h: No such file or directory\r\n"
        "src/app y.c:7:3: error: implicit declaration of function 'ast_app_run_macro'\n"
        "app_x.c:9:1: warning: unused variable 'a'\n"
        "make: *** [Makefile:4: app_x.so] Error 1\n"
    )
    assert list(compile_errors(printed)) == [
        ("app_x.c", 12, "asterisk/monitor.h: No such file or directory"),
        ("src/app y.c", 7, "implicit declaration of function 'ast_app_run_macro'"),
    ]


@pytest.mark.parametrize(
    ("complaint", "words"),
    [
        ("asterisk/monitor.h: No such file or directory", "MixMonitor"),
        ("implicit declaration of function 'ast_app_run_macro'", "Gosub"),
        ("implicit declaration of function 'ast_channel_topic_cached'; did you mean 'x'?", "Stasis"),
        ("expected ';' before '}' token", ""),
        ("implicit declaration of function 'my_monitor'", ""),
    ],
)
def test_what_became_of_a_name_is_known_or_not(complaint: str, words: str) -> None:
    found = became_of(complaint)
    assert words in found
    assert bool(words) == bool(found)


def test_structures_are_named_for_the_pair_that_was_measured() -> None:
    assert all(old != new for old, new in STRUCTURES.values())
    assert "ast_custom_function (160 bytes in 16, 176 in 22)" in changed_structures("16", "22")
    assert changed_structures("22", "16") == changed_structures("16", "22")
    assert changed_structures("18", "22") == ""


def test_a_builder_is_of_its_release_and_packages() -> None:
    release = Release("debian:sid", "image:1", "sha256:1", "22.10.1")
    recipes = [
        builder_recipe(release, packages, Mirror()) for packages in ((), ("libcurl4-openssl-dev",), ("gcc",))
    ]
    assert [recipe.base if recipe else "" for recipe in recipes] == ["image:1"] * 3
    assert len({recipe.tag for recipe in recipes if recipe}) == 2
    assert builder_recipe(Release("image:mine", "image:2", "sha256:2", "20.1"), (), Mirror()) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('source = "modules/nowhere"', "there is no such folder"),
        ('source = "modules/app_hello"', "built already"),
        ('build = "make"', '"source" is missing'),
        ('source = "../elsewhere"', "leads out of the site"),
    ],
)
def test_a_module_that_cannot_be_built_is_told_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    site = make_site(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    with (site / "site.toml").open("a", encoding="utf-8") as file:
        file.write(f"[[module]]\n{text}\n")
    with pytest.raises(SiteError, match=r"site\.toml:1[34]") as error:
        load_site(site)
    assert words in str(error.value)
