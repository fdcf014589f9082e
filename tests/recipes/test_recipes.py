"""What is read of the page of recipes is all that they run."""

from __future__ import annotations

from pathlib import Path

from tests.recipes.reading import read_recipes

PAGE = Path(__file__).parents[2] / "docs" / "ci.md"


def test_every_command_of_a_recipe_is_run() -> None:
    jobs = tuple(read_recipes(PAGE))
    read = [line.split() for job in jobs for step in job.steps for line in step.command.splitlines()]
    blocks = PAGE.read_text(encoding="utf-8").split("```")[1::2]
    named = sum(block.count("harness ") for block in blocks if block.startswith(("yaml", "groovy")))
    assert sum("harness" in words or ".venv/bin/harness" in words for words in read) == named
    assert {job.system for job in jobs} == {"GitHub", "GitLab", "Jenkins"}


def test_jobs_are_as_their_systems_have_them() -> None:
    jobs = {(job.system, job.name): job for job in read_recipes(PAGE)}
    gitlab = jobs["GitLab", "GitLab CI, upgrade"]
    assert gitlab.files == ("out", "out/junit.xml", "out/codequality.json")
    assert [step.condition for step in gitlab.steps] == ["", "", "", "always()"]
    assert jobs["GitHub", "GitHub Actions, play"].parts == (1, 2, 3)
    assert not jobs["Jenkins", "Jenkins"].has_python
    images = jobs["GitHub", "Images that are built once"]
    assert (images.cache, images.is_whole) == ("images.tar", False)
