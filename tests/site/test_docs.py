"""docs/site.md says what the schemas say, and its examples are right."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from harness.site import App, Limits, Ready, load_site
from harness.site.schema import load_schema

PAGE = (Path(__file__).parents[2] / "docs" / "site.md").read_text()
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
    site = load_site(make_site(example("toml"), **files))
    assert site.packages == ("php-cli",)
    assert len(site.waivers) == 2


def test_every_key_is_in_the_page() -> None:
    schema = load_schema("harness.site", "site.schema.json")
    side = [f"{name}.{key}" for name in ("old", "candidate") for key in schema["$defs"]["side"]["properties"]]
    tables = [f"{name}.{key}" for name in ("data", "limits") for key in schema["properties"][name]["properties"]]
    plain = [
        key
        for key, value in schema["properties"].items()
        if value.get("type") in ("string", "array") and key != "app"
    ]
    app = schema["$defs"]["app"]["properties"]
    apps = [f"app.{key}" for key in app if key != "ready"]
    ready = [f"app.ready.{key}" for key in app["ready"]["properties"]]
    waivers = list(load_schema("harness.site", "waivers.schema.json")["$defs"]["waiver"]["properties"])
    assert sorted(rows()) == sorted([*side, *tables, *plain, *apps, *ready, *waivers, "severity.RULE"])


def test_the_defaults_of_an_app_are_those_of_the_page() -> None:
    told = rows()
    assert told["app.ready.seconds"][-1] == f"{Ready().seconds:g}"
    assert told["app.stop_seconds"][-1] == f"{App('x', ()).stop_seconds:g}"


def test_the_limits_are_those_of_the_page() -> None:
    told = {key: float(cells[-1]) for key, cells in rows().items() if key.startswith("limits.")}
    assert told == {f"limits.{key}": value for key, value in asdict(Limits()).items()}
