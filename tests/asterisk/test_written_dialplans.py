"""AEL and Lua are read as text: contexts, what can be called in them, and what they include."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.asterisk.conf import Config
from harness.asterisk.dialplan.ael import ael_contexts
from harness.asterisk.dialplan.lua import lua_contexts
from harness.asterisk.dialplan.written import WrittenContext

AEL = """\
// context comment { 1 => NoOp(); }
globals { A=1; };
macro std(ext) { Dial(SIP/${ext}); };
abstract context inside {
    includes { features; night|17:00-08:00|mon-fri|*|*; }
    ignorepat => 9;
    regexten _1XX => { if (${X} > 1) { Set(A=b); } else { NoOp("}"); } };
    hint(SIP/600) 600 => Answer();
    /* 700 => NoOp(); */
    s => { switch (${X}) { case 1: NoOp(); break; default: Hangup(); } }
    601 => jump 600@inside;
}
context features { *97 => VoiceMailMain(); };
"""

LUA = """\
function dial(context, extension) local x = { y = 1 }; for i = 1, 2 do app.noop(i) end end
extensions = {
   inside = {
      ["600"] = function(context, extension)
         if extension == "1" then app.dial("SIP/1") else z = 2 end
         x = 5
      end;
      -- ["601"] = dial;
      ["_1XX"] = dial, h = dial;
      include = { "features", 'outside' };
   };
   ["from-trunk"] = { ["_X."] = dial; };
}
extensions.late = { ["1"] = dial }
hints = { inside = { ["600"] = "SIP/600" } }
"""


def test_ael(tmp_path: Path) -> None:
    (tmp_path / "extensions.ael").write_text(AEL)
    assert ael_contexts(Config(tmp_path), "extensions.ael") == (
        WrittenContext("inside", ("_1XX", "600", "s", "601"), ("features", "night")),
        WrittenContext("features", ("*97",), ()),
    )


def test_ael_with_includes(tmp_path: Path) -> None:
    (tmp_path / "extensions.ael").write_text('#include "more/*.ael"\n#include "extensions.ael"\n')
    (tmp_path / "more").mkdir()
    (tmp_path / "more/a.ael").write_text("context a { 1 => Answer(); };")
    assert ael_contexts(Config(tmp_path), "extensions.ael") == (WrittenContext("a", ("1",), ()),)


def test_lua() -> None:
    assert lua_contexts(LUA) == (
        WrittenContext("inside", ("600", "_1XX", "h"), ("features", "outside")),
        WrittenContext("from-trunk", ("_X.",), ()),
        WrittenContext("late", ("1",), ()),
    )


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="contex {}();=>\"/*#\n-[]'.,include", max_size=300))
def test_whatever_stands_there_it_ends(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "extensions.ael").write_text(text)
    ael_contexts(Config(folder), "extensions.ael")
    lua_contexts("extensions = {" + text)
