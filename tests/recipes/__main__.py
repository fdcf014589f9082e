"""`make prove-ci`: the shell steps of docs/ci.md's recipes, run in clean containers on a small site.

Steps of others (`uses:`) are not run: a job finds the folder as checkout and download would leave it. What a
recipe keeps or shows (artifacts, JUnit) has to be there in the end. A recipe with a cache is run once more, with
what the first run left. Exit code 1 where a step fails.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.recipes.machine import Machine, build_clean, machine
from tests.recipes.reading import Job, Step, read_recipes

_ROOT = Path(__file__).parents[2]
_PAGE = _ROOT / "docs" / "ci.md"
_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")
_IF_THERE = re.compile(r"hashFiles\('([^']+)'\) && '([^']+)'")
_WIDTH = 100
_SITE = {
    "site.toml": 'name = "small"\n[old]\nrelease = "debian:bullseye"\nconfig = "etc"\n'
    '[candidate]\nrelease = "debian:sid"\nconfig = "etc"\n',
    "calls.yaml": "scenarios:\n"
    + "".join(f"- {{name: to-{n}, steps: [{{call: {n}@in}}, {{wait: ended}}]}}\n" for n in range(600, 606)),
    "etc/extensions.conf": "[in]\nexten => _60X,1,Answer()\n same => n,Wait(1)\n same => n,Hangup()\n",
    "etc/modules.conf": "[modules]\nautoload = yes\n",
}


class Prover:
    """Runs jobs one after the other, and counts the steps that failed."""

    def __init__(self, top: Path) -> None:
        self.failed = 0
        self._top = top
        self._stack = ExitStack()
        self._machine: Machine | None = None

    def close(self) -> None:
        """End the last machine."""
        self._stack.close()

    def run(self, job: Job) -> None:
        """All parts of a job, each on its machine, and what has to be there then."""
        for part in job.parts or (0,):
            if job.is_whole:
                self._begin(self._top / job.system, has_python=job.has_python)
            self._run_part(job, part)

    def _begin(self, folder: Path, *, has_python: bool) -> None:
        """A machine with a checkout of the site."""
        self._stack.close()
        for name, text in _SITE.items():
            path = folder / "site" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self._machine = self._stack.enter_context(machine(folder, self._top / "wheels", has_python=has_python))

    def _run_part(self, job: Job, part: int) -> None:
        assert self._machine is not None, f"{job.name} has no job that it could be a part of"
        folder, went_well = self._machine.folder, True
        had_cache = bool(job.cache) and (folder / job.cache).exists()
        print(f"\n{job.name}{f' ({part})' if part else ''}{f', with {job.cache}' if had_cache else ''}")
        for step in job.steps:
            if _applies(step, went_well=went_well, had_cache=had_cache):
                went_well &= self._run_step(self._machine, step, part)
        for name in job.files:
            if not (folder / self._meant(name, folder, part)).exists():
                self.failed += 1
                print(f"  FAILED   {name} is not there")

    def _run_step(self, machine: Machine, step: Step, part: int) -> bool:
        """Whether the job can go on."""
        command = self._meant(step.command, machine.folder, part)
        environment = {key: self._meant(value, machine.folder, part) for key, value in step.environment.items()}
        began = time.monotonic()
        code, printed = machine.run(command, environment)
        lines = printed.strip().splitlines()
        state = "ok" if not code else "may fail" if step.may_fail else "FAILED"
        told = lines if state == "FAILED" else [line[:_WIDTH] for line in lines[-1:]]
        print(f"  {state:8} {time.monotonic() - began:5.1f} s  {' '.join(command.split())}")
        print("".join(f"           | {line}\n" for line in told), end="", flush=True)
        self.failed += state == "FAILED"
        return state != "FAILED"

    def _meant(self, text: str, folder: Path, part: int) -> str:
        """A text with GitHub's expressions evaluated. Raises ValueError for one that nobody knows here."""

        def value(found: re.Match[str]) -> str:
            if found[1] == "matrix.part":
                return str(part)
            if found[1] == "secrets.SIGN_KEY":
                return (self._top / "key.pem").read_text().rstrip("\n")
            if there := _IF_THERE.fullmatch(found[1]):
                return there[2] if (folder / there[1]).exists() else ""
            raise ValueError(f"tests/recipes does not know what {found[0]} is")

        return _EXPRESSION.sub(value, text)


def _applies(step: Step, *, went_well: bool, had_cache: bool) -> bool:
    match step.condition.partition("outputs.cache-hit")[2] or step.condition:
        case "":
            return went_well
        case "always()":
            return True
        case " == 'true'":
            return went_well and had_cache
        case " != 'true'":
            return went_well and not had_cache
    raise ValueError(f"tests/recipes does not know when {step.condition!r} is")


def _prepare(top: Path) -> None:
    """A key, and all packages of the harness as files: no job needs an index."""
    pip = (sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(top / "wheels"))
    subprocess.run((*pip, "--require-hashes", "-r", str(_ROOT / "requirements-run.lock")), check=True)
    subprocess.run((*pip, "--no-build-isolation", str(_ROOT)), check=True)
    subprocess.run(("openssl", "genpkey", "-algorithm", "ed25519", "-out", str(top / "key.pem")), check=True)
    build_clean()


def _jobs() -> Iterator[Job]:
    """What goes on where a job ended comes right behind the jobs of its system."""
    jobs = tuple(read_recipes(_PAGE))
    for system in dict.fromkeys(job.system for job in jobs):
        own = [job for job in jobs if job.system == system]
        yield from sorted(own, key=lambda job: not job.is_whole)
        yield from (job for job in own if job.cache)


def main() -> int:
    """Run all, tell what happened."""
    with tempfile.TemporaryDirectory(prefix="asterisk-recipes-") as name:
        _prepare(Path(name))
        prover = Prover(Path(name))
        try:
            for job in _jobs():
                prover.run(job)
        finally:
            prover.close()
    print(f"\n{prover.failed} failed" if prover.failed else "\nall recipes run")
    return 1 if prover.failed else 0


if __name__ == "__main__":
    sys.exit(main())
