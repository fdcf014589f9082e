"""Applications and functions with their arguments, as dialplans call them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.asterisk.dialplan.arguments import Span, read_options, split, sure_split
from harness.asterisk.dialplan.invocations import application_invocations, function_invocations, invocations_in
from harness.asterisk.dialplan.show import Dialplan, Priority
from harness.model import Place


def dialplan(*applications: str) -> Dialplan:
    lines = {str(n): Priority(text, Place("extensions.conf", n)) for n, text in enumerate(applications, 1)}
    return Dialplan({"in": {"s": lines}})


def applications(text: str) -> list[tuple[str, str]]:
    return [(call.name, call.arguments) for call in application_invocations(dialplan(text))]


def functions(text: str) -> list[tuple[str, str]]:
    return [(call.name, call.arguments) for call in function_invocations(dialplan(text))]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ("",)),
        ("a", ("a",)),
        ("PJSIP/101&PJSIP/102,20,tTm", ("PJSIP/101&PJSIP/102", "20", "tTm")),
        ("a,,b,", ("a", "", "b", "")),
        ("${CUT(X,-,1)},b", ("${CUT(X,-,1)}", "b")),
        ("$[${A} + 1],b", ("$[${A} + 1]", "b")),
        ('"a,b",c', ('"a,b"', "c")),
        (r"a\,b,c", (r"a\,b", "c")),
        ("U(sub^a,b),c", ("U(sub^a,b)", "c")),
        ("{a,b}", ("{a", "b}")),
        ("a),b", ("a)", "b")),
        ("(a,b", ("(a,b",)),
    ],
)
def test_arguments_are_parted_as_asterisk_does(text: str, parts: tuple[str, ...]) -> None:
    assert tuple(part.text for part in split(text)) == parts


@given(st.text(alphabet='ab,?${}()[]"\\', max_size=60), st.sampled_from(",?"))
def test_nothing_of_the_arguments_is_lost(text: str, separator: str) -> None:
    parts = split(text, separator, base=7)
    assert separator.join(part.text for part in parts) == text
    assert all(text[part.start - 7 : part.end - 7] == part.text for part in parts)
    assert sure_split(text, separator, base=7) in (parts, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tTm", ("t", "T", "m", "tTm")),
        ("tM(screen^${CALLERID(num)})", ("t", "M", "tM")),
        ("${OPTS}g", ("g",)),
        ("$[1 + ${A}]k", ("k",)),
        ("M(a(b)c)d", ("M", "d", "Md")),
        ("skip", ("s", "k", "i", "p", "skip")),
        ("${never", ()),
        ("a)b", ("a", "b", "ab")),
    ],
)
def test_options_are_letters_and_words(text: str, words: tuple[str, ...]) -> None:
    assert read_options(Span(0, len(text), text)).words == words


def test_what_exec_runs_is_called_too() -> None:
    assert applications("ExecIf($[1 = ${A:1}]?Dial(PJSIP/1,,M(x:y)):Exec(Hangup(16)))") == [
        ("ExecIf", "$[1 = ${A:1}]?Dial(PJSIP/1,,M(x:y)):Exec(Hangup(16))"),
        ("Dial", "PJSIP/1,,M(x:y)"),
        ("Exec", "Hangup(16)"),
        ("Hangup", "16"),
    ]


def test_a_call_knows_its_line() -> None:
    assert [call.place for call in application_invocations(dialplan("Answer()", "Hangup()"))] == [
        Place("extensions.conf", 1),
        Place("extensions.conf", 2),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("NoOp(${CUT(DB_KEYS(a),-,1)})", [("CUT", "DB_KEYS(a),-,1")]),
        ("NoOp(${IF($[${DB(a/${CALLERID(num)})}=1]?x:y)})", ["IF", "DB", "CALLERID"]),
        ("Set(CHANNEL(language)=en)", [("CHANNEL", "language")]),
        ("MSet(A=1,DB(a/b)=2)", [("DB", "a/b")]),
        ("ExecIf($[1]?Set(FEATUREMAP(automon)=*1))", [("FEATUREMAP", "automon")]),
        ("NoOp(FEATUREMAP(automon)=1)", []),
        ("NoOp(${DB(a", [("DB", "a")]),
    ],
)
def test_functions_are_read_and_written(text: str, found: list[object]) -> None:
    names = functions(text)
    assert [call if isinstance(want, tuple) else call[0] for call, want in zip(names, found, strict=True)] == found


@given(st.text(alphabet='AB,?:${}()[]"=\\ ', max_size=80))
def test_whatever_a_dialplan_holds_is_read(text: str) -> None:
    for written in (text, f"Set({text})", f"ExecIf({text}"):
        tuple(application_invocations(dialplan(written)))
        tuple(function_invocations(dialplan(written)))
        read_options(Span(0, len(written), written))


@pytest.mark.parametrize(
    "text", ["${A(" * 40_000, "ExecIf(1?" * 40_000 + ")" * 40_000, "(" * 200_000, "a" * 200_000]
)
def test_what_is_nested_without_end_ends(text: str) -> None:
    assert len(tuple(application_invocations(dialplan(text)))) < 100
    tuple(function_invocations(dialplan(text)))
    split(text)
    read_options(Span(0, len(text), text))


@given(st.text(alphabet="abM(){}[]$^ ", max_size=30), st.integers(0, 9))
def test_an_option_stands_where_it_says(text: str, base: int) -> None:
    for letter in read_options(Span(base, base + len(text), text)).letters:
        assert text[letter.column - base] == letter.name
        if letter.inner:
            assert text[letter.inner.start - base : letter.inner.end - base] == letter.inner.text
            assert text[letter.column - base + 1] == "("


@pytest.mark.parametrize(
    ("text", "known"),
    [("tM(a(b))", True), ("", True), ("t${X}", False), ("$[1]", False), ("M(a", False), ("M(${X})", True)],
)
def test_options_are_known_where_all_of_them_stand_there(text: str, known: bool) -> None:
    assert read_options(Span(0, len(text), text)).known is known


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a,b", ["a", "b"]),
        ("(a,b", None),
        ("a),b", None),
        ('"a,b', None),
        ("${a,b", None),
        ("[a,b", None),
        ("a],b", None),
        (r"\(a,b", [r"\(a", "b"]),
        ("${A}},b", ["${A}}", "b"]),
        ("(),b", ["()", "b"]),
        ("((a),b),c", ["((a),b)", "c"]),
        ("[()],(b),", ["[()]", "(b)", ""]),
        ("([)],b", ["([)]", "b"]),
        ('"(",b', None),
    ],
)
def test_what_does_not_close_is_not_split_for_sure(text: str, parts: list[str] | None) -> None:
    found = sure_split(text)
    assert (found if found is None else [part.text for part in found]) == parts


def test_of_many_arguments_the_last_has_the_rest() -> None:
    assert [part.text for part in split("a?b?c", "?", most=2)] == ["a", "b?c"]


def test_branches_are_told_apart_for_sure_only_where_all_closes() -> None:
    for text, sure in (("ExecIf(1?A(x):B)", ("A(x)", "B")), ("ExecIf(1?A(x:B)", ())):
        call = next(invocations_in(text))
        assert tuple(branch.text for branch in call.branches(sure=True)) == sure
        assert [branch.text for branch in call.branches()] == (["A(x)", "B"] if sure else ["A(x:B"])
    assert next(invocations_in("ExecIf")).branches() == ()
    assert next(invocations_in("ExecIf(1)")).branches() == ()


def test_an_argument_is_counted_from_one() -> None:
    call = next(invocations_in("Dial(PJSIP/1,,t)", base=10))
    assert [span and (span.text, span.start) for span in map(call.part, range(-1, 5))] == [
        None,
        None,
        ("PJSIP/1", 15),
        ("", 23),
        ("t", 24),
        None,
    ]
    assert next(invocations_in("Dial")).part(1) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Answer", ("Answer", 7, 13, 13, None)),
        ("  Answer()", ("Answer", 9, 15, 17, "")),
        ("Dial (a(b)c) rest", ("Dial", 7, 11, 19, "a(b)c")),
    ],
)
def test_an_application_knows_its_columns(text: str, found: tuple[object, ...]) -> None:
    (call,) = invocations_in(text, base=7)
    inner = call.inner.text if call.inner else None
    assert (call.name, call.start, call.name_end, call.end, inner) == found


@pytest.mark.parametrize("text", ["", "(a)", "Dial(a", "Dial)a(", "Dial a", "?Dial(a)"])
def test_what_is_no_application_is_none(text: str) -> None:
    assert [*invocations_in(text)] == []


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("tM(x^y)g", [("t", 10, None), ("M", 11, ("x^y", 13, 16)), ("g", 17, None)]),
        ("M()T", [("M", 10, ("", 12, 12)), ("T", 13, None)]),
        ("${X}t$[1]m", [("t", 14, None), ("m", 19, None)]),
        ("M(a", [("M", 10, ("a", 12, 13))]),
        ("$t", [("t", 11, None)]),
        ("a)b", [("a", 10, None), ("b", 12, None)]),
    ],
)
def test_options_have_their_columns_and_what_is_in_their_parentheses(text: str, letters: list[object]) -> None:
    found = read_options(Span(10, 10 + len(text), text)).letters
    assert [
        (one.name, one.column, one.inner and (one.inner.text, one.inner.start, one.inner.end)) for one in found
    ] == letters


def test_no_argument_has_no_options_and_they_are_known() -> None:
    assert read_options(None).known
    assert read_options(None).letters == ()
    assert not read_options(Span(0, 2, "$t")).known


@pytest.mark.parametrize(
    ("most", "parts"),
    [(0, ["a", "b", "c"]), (1, ["a,b,c"]), (2, ["a", "b,c"]), (3, ["a", "b", "c"]), (9, ["a", "b", "c"])],
)
def test_there_are_no_more_arguments_than_are_asked_for(most: int, parts: list[str]) -> None:
    found = split("a,b,c", base=5, most=most)
    assert [part.text for part in found] == parts
    assert (found[0].start, found[0].end) == (5, 5 + len(parts[0]))
    assert found == sure_split("a,b,c", base=5, most=most)


@pytest.mark.parametrize(
    ("application", "runs"),
    [
        ("Dial(PJSIP/1,,M(x))", ["Macro"]),
        ("Dial(PJSIP/1,,U(x))", ["Gosub"]),
        ("Dial(PJSIP/1,,t)", []),
        ("Queue(q,,,,,,m)", ["Macro"]),
        ("Queue(q,,,,,,sub^1)", ["Gosub"]),
        ("Queue(q,,,,,, )", []),
    ],
)
def test_what_options_and_arguments_run_is_told_by_the_contexts(application: str, runs: list[str]) -> None:
    (call,) = invocations_in(application)
    assert [*call.run_unwritten({"macro-m", "sub"})] == runs
