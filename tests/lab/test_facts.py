"""What a release has is asked once for an image, whoever asks at once and whatever became of the cache."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.ask.release import load_facts
from harness.errors import LabError
from harness.lab import Release
from harness.lab.housekeeping import cache

CANDIDATE = "debian:sid"


@pytest.fixture
def own_cache(releases: Mapping[str, Release], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "asterisk-upgrade-harness" / "facts"


@pytest.mark.engine
def test_two_that_ask_at_once_ask_asterisk_once(releases: Mapping[str, Release], own_cache: Path) -> None:
    said: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: load_facts(releases[CANDIDATE], progress=said.append), range(2))
    assert one == other
    assert said == [f"debian:sid: asking Asterisk {releases[CANDIDATE].version} what it has"]
    assert [path.suffix for path in own_cache.iterdir()] == [".json"]


@pytest.mark.engine
def test_a_damaged_file_is_made_anew(releases: Mapping[str, Release], own_cache: Path) -> None:
    release = releases[CANDIDATE]
    first = load_facts(release)
    (file,) = own_cache.iterdir()
    whole = file.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b'{"schema": 1}', b"\xff\xfe"):
        file.write_bytes(damaged)
        said: list[str] = []
        assert load_facts(release, progress=said.append) == first
        assert len(said) == 1
        assert file.read_bytes() == whole
    assert load_facts(release, progress=pytest.fail) == first  # type: ignore[arg-type] # it is not to be called


FULL = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
from harness.lab.housekeeping import cache
cache.store("facts", "key", {"much": "x" * 100_000})
print(cache.load("facts", "key", dict[str, str]), os.listdir(cache.cache_folder() / "facts"))
"""


def test_on_a_full_disk_nothing_is_kept_and_nothing_breaks(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL],
        # What the limit cuts off must not be Python's own files.
        env={"XDG_CACHE_HOME": str(tmp_path), "PATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "None []\n"


def test_what_is_kept_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache.store("facts", "sha256:1", {"a": "é"})
    assert cache.load("facts", "sha256:1", dict[str, str]) == {"a": "é"}
    assert cache.load("facts", "sha256:2", dict[str, str]) is None


def test_what_is_kept_in_another_form_or_of_another_type_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache.store("facts", "key", {"a": "1"}, form=2)
    assert cache.load("facts", "key", dict[str, str], form=2) == {"a": "1"}
    assert cache.load("facts", "key", dict[str, str], form=3) is None
    assert cache.load("facts", "key", dict[str, int], form=2) is None
    for older in ("[]", "1", '{"a": "1"}', '{"form": 2}', "", "[" * 10_000):
        (tmp_path / "asterisk-upgrade-harness/facts/key.json").write_text(older)
        assert cache.load("facts", "key", dict[str, str], form=2) is None


def test_without_a_place_for_a_cache_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    cache.store("facts", "key", 1)
    with pytest.raises(LabError, match=r"cannot be written \(Not a directory\); XDG_CACHE_HOME"), cache.lock("x"):
        pass
