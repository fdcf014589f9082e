"""docs/site.md says what the schemas say, and its examples are right."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from textwrap import dedent

from harness.judge.rules import RULES
from harness.play import load_scenarios
from harness.site import App, Limits, Ready, load_site
from harness.site.reading.schema import load_schema

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "site.md").read_text()
PROGRAMS = (DOCS / "programs.md").read_text()
SIDES = """\
name = "Tiny"
old = {release = "debian:bullseye", config = "old"}
candidate = {release = "debian:sid", config = "candidate"}
"""
MakeSite = Callable[..., Path]


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def rows() -> dict[str, list[str]]:
    cells = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| `")]
    return {name: [cell.strip() for cell in row[1:]] for row in cells for name in re.findall(r"`([^`]+)`", row[0])}


def test_the_examples_are_a_site(make_site: MakeSite) -> None:
    files = {"data/astdb.sqlite3": "", "apps/orders/orders.py": "", "waivers.yaml": example("yaml")}
    base = {"data/pbx.sql.gz": "", "old/res_odbc.conf": "[pbx]\ndsn = asterisk-connector\n"}
    site = load_site(make_site(example("toml"), **files, **base))
    assert site.packages == ("php-cli",)
    assert len(site.waivers) == 2


def test_every_key_is_in_the_page() -> None:
    schema = load_schema("harness.site.reading", "site.schema.json")
    kinds = schema["$defs"]
    sides = {name: list(kinds[f"{name}_side"]["properties"]) for name in ("old", "candidate")}
    side = [f"{name}.{key}" for name, keys in sides.items() for key in keys if key != "build"]
    side += [f"{name}.build.{key}" for name in sides for key in kinds["build"]["properties"]]
    tables = [f"{name}.{key}" for name in ("data", "limits") for key in schema["properties"][name]["properties"]]
    plain = [
        key
        for key, value in schema["properties"].items()
        if value.get("type") in ("string", "array") and key not in ("app", "database", "module")
    ]
    app = schema["$defs"]["app"]["properties"]
    apps = [f"app.{key}" for key in app if key != "ready"]
    databases = [f"database.{key}" for key in schema["$defs"]["database"]["properties"]]
    modules = [f"module.{key}" for key in schema["$defs"]["module"]["properties"]]
    ready = [f"app.ready.{key}" for key in app["ready"]["properties"]]
    waivers = list(load_schema("harness.site.reading", "waivers.schema.json")["$defs"]["waiver"]["properties"])
    assert sorted(rows()) == sorted(
        [*side, *tables, *plain, *apps, *databases, *modules, *ready, *waivers, "severity.RULE"]
    )


def test_the_defaults_of_an_app_are_those_of_the_page() -> None:
    told = rows()
    assert told["app.ready.seconds"][-1] == f"{Ready().seconds:g}"
    assert told["app.stop_seconds"][-1] == f"{App('x', ()).stop_seconds:g}"


def test_the_limits_are_those_of_the_page() -> None:
    told = {key: float(cells[-1]) for key, cells in rows().items() if key.startswith("limits.")}
    assert told == {f"limits.{key}": value for key, value in asdict(Limits()).items()}


def test_the_examples_of_the_page_on_programs_are_a_site(make_site: MakeSite) -> None:
    scripts, app = (dedent(text) for text in re.findall(r"```toml\n(.*?)```", PROGRAMS, re.DOTALL))
    scenario = dedent(re.findall(r"```yaml\n(.*?)```", PROGRAMS, re.DOTALL)[0])
    phones = "".join(
        f"[{n}]\ntype=endpoint\nauth={n}\naors={n}\n[{n}]\ntype=auth\nauth_type=userpass\nusername={n}\npassword=x\n"
        f"[{n}]\ntype=aor\nmax_contacts=1\n"
        for n in (101, 102)
    )
    files = {"old/pjsip.conf": phones, "data/agi-bin/x": "", "apps/board/board.py": "", "desks.yaml": scenario}
    top, data = scripts.split("[data]")
    site = load_site(make_site(top + SIDES + "[data]" + data + app, **files))
    assert [app.name for app in site.apps] == ["board"]
    assert [found.uses for found in load_scenarios(site)] == [{"app/board", "phone/101", "phone/102"}]


def test_every_rule_of_the_page_on_programs_is_one() -> None:
    told = set(re.findall(r"`(app-[a-z-]+)`", PROGRAMS))
    assert told == {rule.id for rule in RULES if rule.id.startswith("app-")} - {
        "app-recovered",
        "app-told-less",
        "app-path-changed",
    }
