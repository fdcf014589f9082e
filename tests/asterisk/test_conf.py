"""The configuration format, as Asterisk 16.28 and 22.10 were seen to read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.asterisk.conf import Conf, Config, is_true
from harness.asterisk.conf.comments import Comments, code_lines
from harness.model import Place

MakeConfig = Callable[..., Config]


@pytest.fixture
def conf(make_config: MakeConfig) -> Callable[..., Conf]:
    """Reads a.conf, whose text is given; further files by name."""

    def read(text: str | bytes, **files: str | bytes) -> Conf:
        return make_config(**{"a.conf": text, **files}).file("a.conf")

    return read


def seen(conf: Conf) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for section in conf.sections:
        found.setdefault(section.name, []).extend(f"{o.name}={o.value}" for o in section.options)
    return found


def said(conf: Conf) -> list[str]:
    return [f"{problem.place}: {problem.text}" for problem in conf.problems]


def test_options_keep_their_place_and_arrow(conf: Callable[..., Conf]) -> None:
    section = conf("; head\n[one]\n a = 1 ; why\n\nexten => 600,1,Answer()\n").sections[0]
    assert section.place == Place("a.conf", 2)
    assert [(o.name, o.value, o.place.line, o.arrow) for o in section.options] == [
        ("a", "1", 3, False),
        ("exten", "600,1,Answer()", 5, True),
    ]


def test_an_empty_or_missing_file_has_nothing(make_config: MakeConfig) -> None:
    config = make_config(**{"a.conf": ""})
    assert config.file("a.conf") == Conf() == config.file("b.conf")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a;b", ["a"]),
        ("a\\;b", ["a;b"]),
        ("a\\;b;c\\;d", ["a;b"]),
        (";-- x --;b", ["b"]),
        ("a;-- x --;b", ["ab"]),
        (";-- x\nhidden\n--; b\nc", ["b", "c"]),
        (";-- 1 ;-- 2 --; still --; out", ["out"]),
        (";---- no block\nb", ["b"]),
        ("; a ;-- no block\nb", ["b"]),
        ("text --; more\nlost", ["text --; more"]),
        ("--;\nlost ;-- x\nback", ["--;", "back"]),
        ("a\r\nb\x0bc\n", ["a", "b\x0bc"]),
        ("a\0b", ["a"]),
    ],
)
def test_comments_are_taken_away(text: str, code: list[str]) -> None:
    assert [line for _, line in code_lines(text, Comments())] == code


def test_a_comment_without_end_is_said_where_it_begins(conf: Callable[..., Conf]) -> None:
    assert said(conf("[a]\n;-- from here\nb=1\n")) == [
        "a.conf:2: the comment that begins here with ;-- has no end (--;)"
    ]


def test_a_comment_that_only_ends_is_said(conf: Callable[..., Conf]) -> None:
    found = conf("[a]\nb=1 --;\nc=1\n")
    assert any("Asterisk skips what follows" in line and line.startswith("a.conf:2") for line in said(found))
    assert "c=1" not in seen(found)["a"]


def test_sections_inherit_what_their_parents_have_so_far(conf: Callable[..., Conf]) -> None:
    found = conf("[t](!)\na=1\n[u](T)\nb=2\n[v](t,u)\na=3\n")
    assert seen(found)["v"] == ["a=1", "a=1", "b=2", "a=3"]
    assert [section.name for section in found.usable] == ["u", "v"]
    assert found.sections[2].get("A") == "3"
    assert found.sections[2].values("a") == ("1", "1", "3")
    assert found.sections[2].options[0].place.line == 2


@pytest.mark.parametrize("flags", ["(!)", "(!,t)", "(,t,)", "( ! , t )", "()"])
def test_of_what_follows_a_name_only_names_are_inherited(conf: Callable[..., Conf], flags: str) -> None:
    found = conf(f"[t](!)\na=1\n[x]{flags}\nb=2\n")
    assert said(found) == []
    assert seen(found)["x"] == (["a=1", "b=2"] if "t" in flags else ["b=2"])
    assert found.sections[1].template is ("!" in flags)


def test_an_addition_may_inherit_as_well(conf: Callable[..., Conf]) -> None:
    found = conf("[t](!)\na=1\n[x]\n[x](+,t)\nb=2\n[t](+templates=include)\nc=3\n")
    assert said(found) == []
    assert seen(found) == {"t": ["a=1", "c=3"], "x": ["a=1", "b=2"]}


def test_additions_go_to_the_first_section_that_is_no_template(conf: Callable[..., Conf]) -> None:
    found = conf("[x](!)\n[x]\na=1\n[x]\na=2\n[x](+)\nb=3\n")
    assert [[o.value for o in section.options] for section in found.sections] == [[], ["1", "3"], ["2"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[a\n", "a.conf:1: a section's name is not ended with ]"),
        ("[a](b\n", "a.conf:1: what follows [a] is not ended with )"),
        ("\n[a](b)\n", "a.conf:2: [a] inherits from [b], which is not there"),
        ("[a](+)\n", "a.conf:1: [a](+) adds to a section that is not there"),
        ("a=1\n", "a.conf:1: 'a=1' stands before any [section]"),
        ("[a]\n#include b.conf\n", "a.conf:2: #include b.conf: there is no such file"),
    ],
)
def test_what_makes_asterisk_refuse_a_file_is_fatal(conf: Callable[..., Conf], text: str, words: str) -> None:
    found = conf(text)
    assert said(found) == [words]
    assert found.problems[0].fatal


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[a]\nb\n", "a.conf:2: no = in 'b'"),
        ("[a]\n=b\n", "a.conf:2: no name before the = in '=b'"),
        ("[a]\n# include b\n", "a.conf:2: Asterisk knows no directive '# include b'"),
        ("[a]\n#include\n", "a.conf:2: #include names no file"),
        ("[a]\n#exec /bin/rm x\n", "a.conf:2: #exec /bin/rm x is not run here: what it would write is not known"),
        (b"[a]\nb=\xff\n", "a.conf:2: this is not UTF-8 text"),
        (b"[a]\nb=1\0\n", "a.conf:2: a NUL byte: Asterisk skips the rest of the line"),
        ("[a] (t)\n", "a.conf:1: Asterisk does not read the (…) after [a]: nothing may stand between"),
    ],
)
def test_other_problems_have_their_place(conf: Callable[..., Conf], text: str | bytes, words: str) -> None:
    found = conf(text)
    assert said(found) == [words]
    assert not found.problems[0].fatal


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(13, "Permission denied"), "Permission denied"),
        (OSError("gone"), "gone"),
        (ValueError("odd"), "odd"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem_and_says_why(
    make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fails(_: Path) -> bytes:
        raise error

    config = make_config(**{"a.conf": "[a]\n"})
    monkeypatch.setattr(Path, "read_bytes", fails)
    found = config.file("a.conf")
    assert found.sections == ()
    assert said(found) == [f"a.conf: cannot be read: {words}"]


def test_plus_equals_appends(conf: Callable[..., Conf]) -> None:
    assert conf("[a]\nb=1\nb += 2\n").sections[0].get("b") == "12"


def test_an_included_file_goes_on_in_the_section_and_gives_it_back(conf: Callable[..., Conf]) -> None:
    found = conf("[one]\na=1\n#include sub.conf\nb=2\n", **{"sub.conf": "s=1\n[two]\nt=1\n"})
    assert seen(found) == {"one": ["a=1", "s=1", "b=2"], "two": ["t=1"]}
    assert found.sections[0].options[1].place == Place("sub.conf", 1)


@pytest.mark.parametrize(
    "directive",
    [
        "#include d/1.conf",
        '#include "d/1.conf"',
        "#include <d/1.conf>",
        "#INCLUDE d/*.conf",
        "#tryinclude /etc/asterisk/d/1.conf",
        "#include d/{1,2}.conf",
    ],
)
def test_includes_are_found(conf: Callable[..., Conf], directive: str) -> None:
    assert seen(conf(f"[a]\n{directive}\n", **{"d/1.conf": "b=1\n"})) == {"a": ["b=1"]}


def test_files_of_one_include_go_on_where_the_last_one_ended(conf: Callable[..., Conf]) -> None:
    found = conf("[a]\n#include d/*.conf\nz=1\n", **{"d/1.conf": "[b]\n", "d/2.conf": "y=1\n"})
    assert seen(found) == {"a": ["z=1"], "b": ["y=1"]}


def test_an_include_begins_in_the_section_that_was_opened_last(conf: Callable[..., Conf]) -> None:
    files = {"b.conf": "[b]\n", "c.conf": "c=1\n"}
    assert seen(conf("[a]\n#include b.conf\nx=1\n#include c.conf\ny=1\n", **files)) == {
        "a": ["x=1", "y=1"],
        "b": ["c=1"],
    }


def test_globs_are_in_order_and_a_missing_tryinclude_is_fine(conf: Callable[..., Conf]) -> None:
    found = conf(
        "[a]\n#include d/*.conf\n#tryinclude none.conf\n",
        **{"d/2.conf": "b=2", "d/1.conf": "b=1", "d/.3.conf": "b=3"},
    )
    assert seen(found) == {"a": ["b=1", "b=2"]}
    assert not found.problems


@pytest.mark.parametrize("target", ["../x.conf", "/etc/passwd", "/etc/asterisk/../x.conf", "//etc//passwd"])
def test_includes_never_lead_out(conf: Callable[..., Conf], tmp_path: Path, target: str) -> None:
    (tmp_path / "x.conf").write_text("[secret]\n")
    found = conf(f"#include {target}\n")
    assert not found.sections
    assert "leads out of the configuration folder" in said(found)[0]


def test_the_folder_may_have_a_name_of_its_own_on_the_machine(make_config: MakeConfig) -> None:
    config = make_config(
        **{
            "asterisk.conf": "[directories](!)\nastetcdir => /opt/pbx/etc\n",
            "a.conf": "#include /opt/pbx/etc/b.conf\n",
            "b.conf": "[b]\n",
        }
    )
    assert [section.name for section in config.file("a.conf").sections] == ["b"]
    assert not config.file("a.conf").problems


def test_circles_are_said_once_each(conf: Callable[..., Conf]) -> None:
    found = conf("#include b.conf\n[a]\n", **{"b.conf": "#include a.conf\n[b]\n"})
    assert said(found) == ["b.conf:1: #include a.conf goes in a circle"]
    assert list(seen(found)) == ["b", "a"]


def test_deep_includes_stop_as_in_asterisk(conf: Callable[..., Conf]) -> None:
    files = {f"{n}.conf": f"[s{n}]\n#include {n + 1}.conf\n" for n in range(30)}
    found = conf("#include 0.conf\n", **files)
    assert len(found.sections) == 9
    assert "nested too deeply" in said(found)[0]


def test_work_is_bounded_however_files_include_each_other(conf: Callable[..., Conf]) -> None:
    files = {f"{n}.conf": f"#include {n + 1}.conf\n" * 9 for n in range(9)} | {"9.conf": ""}
    assert any("too much" in line for line in said(conf("#include 0.conf\n", **files)))


def test_work_is_bounded_however_sections_inherit(conf: Callable[..., Conf]) -> None:
    text = "[s0](!)\na=1\n" + "".join(f"[s{n + 1}](s{n},s{n})\n" for n in range(60))
    assert any("too much" in line for line in said(conf(text)))


def test_appending_is_bounded(conf: Callable[..., Conf]) -> None:
    assert any("too much" in line for line in said(conf("[a]\n" + f"b+={'x' * 1000}\n" * 2000)))


_WORDS = st.text(alphabet="abcX_-./ \t$%&()é\u2028", min_size=1, max_size=12)
_JUNK = st.lists(
    st.sampled_from(["[a]", "[a](!)", "[b](a)", "(+)", "[", "]", ";", ";--", "--;", "\\;", "=", "=>", "+=", "\n"])
    | st.sampled_from(
        ["#include a.conf", "#include *", "#tryinclude {a,b", "#exec x", "x=1", "\0", "\ufeff", "\r"]
    )
    | st.text(max_size=5),
    max_size=60,
).map("".join)
_QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_QUICK
@given(text=_JUNK)
def test_anything_can_be_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.conf").write_bytes(text.encode("utf-8", "surrogatepass"))
    found = Config(tmp_path).file("a.conf")
    lines = text.count("\n") + 1
    assert all(1 <= option.place.line <= lines for section in found.sections for option in section.options)
    assert all(problem.place.line <= lines for problem in found.problems)


@_QUICK
@given(junk=st.binary(max_size=400))
def test_any_bytes_can_be_read(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "a.conf").write_bytes(junk)
    Config(tmp_path).file("a.conf")


_INCLUDING = st.lists(
    st.sampled_from(
        ["[s]", "[S](+)", "[t](!)", "[u](t,s)", "a = 1", "A += 2", "b => 3", ";-- ", "--;", "#include *.conf",
         "#include d/?.conf", "#tryinclude {b,c}.conf", "#include ../x.conf", "#include b.conf", "#exec x"]
    ),
    max_size=12,
)  # fmt: skip


@_QUICK
@given(files=st.dictionaries(st.sampled_from(["a.conf", "b.conf", "d/c.conf", "d/.h.conf"]), _INCLUDING))
def test_files_in_memory_read_as_files_in_a_folder(tmp_path: Path, files: dict[str, list[str]]) -> None:
    with TemporaryDirectory(dir=tmp_path) as folder:
        for name, lines in files.items():
            (Path(folder) / name).parent.mkdir(exist_ok=True)
            (Path(folder) / name).write_text("\n".join(lines))
        found = Config(Path(folder)).file("a.conf")
        assert Config(texts={name: "\n".join(lines) for name, lines in files.items()}).file("a.conf") == found


def test_texts_stand_for_files_and_may_be_more_than_there_are(make_config: MakeConfig) -> None:
    folder = make_config(**{"a.conf": "#include *.inc\n", "b.inc": "[b]\n"}).folder
    changed = Config(folder, {"b.inc": b"[x]\n", "c.inc": b"[c]\n"}).file("a.conf")
    assert [section.name for section in changed.sections] == ["x", "c"]


@pytest.mark.parametrize(("value", "true"), [("yes", True), (" On ", True), ("1", True), ("no", False)])
def test_what_asterisk_takes_for_yes(value: str, true: bool) -> None:
    assert is_true(value) is true


def test_the_last_value_in_the_sections_of_a_name_counts(conf: Callable[..., Conf]) -> None:
    found = conf("[General]\na = 1\n[x](!)\na = 9\n[general]\nA = 2\n")
    assert (found.get("general", "a"), found.get("x", "a"), found.get("general", "b", "?")) == ("2", "", "?")


@_QUICK
@given(
    pairs=st.lists(st.tuples(st.from_regex(re.compile(r"[a-z_]{1,8}"), fullmatch=True), _WORDS), max_size=20),
    comment=_WORDS,
)
def test_what_is_written_is_read_whatever_the_comments(
    tmp_path: Path, pairs: list[tuple[str, str]], comment: str
) -> None:
    lines = [f"{name} = {value} ; {comment}" for name, value in pairs]
    plain = "\n".join(["[s]", *lines])
    (tmp_path / "a.conf").write_text(plain)
    blocks = "\n".join(["[s]", *(f";-- {comment}\n--;\n{line}" for line in lines)])
    (tmp_path / "b.conf").write_text(blocks)
    wanted = [f"{name}={value.strip(' ' + chr(9)).removeprefix('>').strip(' ' + chr(9))}" for name, value in pairs]
    for name in ("a.conf", "b.conf"):
        assert seen(Config(tmp_path).file(name)) == {"s": wanted}
