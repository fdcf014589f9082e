"""The name of an image follows from all that it is made of, and from nothing else."""

from __future__ import annotations

import tarfile

import pytest

from harness.errors import ImageError
from harness.lab.engine.mirror import Mirror
from harness.lab.images.recipe import SUITES, recipe_for
from harness.model.packaged import packaged

MIRROR = Mirror()


def tag(spec: str, *packages: str, mirror: Mirror = MIRROR, base_id: str = "") -> str:
    return recipe_for(spec, packages, mirror, base_id=base_id).tag


def test_the_same_recipe_has_the_same_name() -> None:
    assert tag("debian:sid", "php-cli", "jq") == tag("debian:sid", "jq", "php-cli", "jq")


def test_whatever_differs_gives_another_name() -> None:
    names = [
        tag("debian:sid"),
        tag("debian:sid", "jq"),
        tag("debian:sid", mirror=Mirror("http://mirror.example/debian")),
        tag("debian:experimental"),
        tag("debian:bullseye"),
        tag("debian:bullseye-updates"),
        tag("image:mine:1", base_id="sha256:1"),
        tag("image:mine:1", base_id="sha256:2"),
    ]
    assert len(set(names)) == len(names)


def test_bullseye_alone_has_no_security_updates() -> None:
    assert b"security" not in recipe_for("debian:bullseye", (), MIRROR).files["sources.list"]
    assert b"bullseye-security" in recipe_for("debian:bullseye-updates", (), MIRROR).files["sources.list"]


def test_asterisk_alone_comes_from_experimental() -> None:
    recipe = recipe_for("debian:experimental", (), MIRROR)
    assert recipe.base == "sid"
    assert b"Package: asterisk asterisk-*\nPin: release a=experimental" in recipe.files["preferences"]


@pytest.mark.parametrize("suite", SUITES)
def test_old_time_zones_are_left_to_be_missed(suite: str) -> None:
    packages = recipe_for(f"debian:{suite}", (), MIRROR).packages
    assert "tzdata" in packages
    assert "tzdata-legacy" not in packages


def test_the_site_names_where_voicemail_is_stored() -> None:
    def voicemail(spec: str, *packages: str) -> list[str]:
        return [name for name in recipe_for(spec, packages, MIRROR).packages if "voicemail" in name]

    assert voicemail("debian:bullseye", "jq") == ["asterisk-voicemail"]
    assert voicemail("debian:bullseye", "asterisk-voicemail-odbcstorage") == ["asterisk-voicemail-odbcstorage"]
    assert voicemail("debian:sid", "asterisk-voicemail-odbcstorage") == []  # asterisk-modules has them all


def test_the_context_holds_all_that_the_dockerfile_copies() -> None:
    recipe = recipe_for("debian:sid", (), MIRROR)
    with tarfile.open(fileobj=recipe.context()) as tar:
        assert sorted(tar.getnames()) == sorted(recipe.files)
    copied = {
        word
        for line in recipe.files["Dockerfile"].decode().splitlines()
        if line.startswith("COPY")
        for word in line.split()[1:-1]
    }
    assert copied <= set(recipe.files)


@pytest.mark.parametrize("spec", ["debian:sidd", "sid", "debian:", "image:", "", "docker:debian"])
def test_an_unknown_release_is_one_clear_error(spec: str) -> None:
    with pytest.raises(ImageError, match=r"is no release.*Known are debian:bullseye, .*image:REF"):
        recipe_for(spec, (), MIRROR)


def test_a_typing_error_gets_a_hint() -> None:
    with pytest.raises(ImageError, match=r"Did you mean debian:sid\?"):
        recipe_for("debian:sidd", (), MIRROR)


def test_the_build_files_are_found() -> None:
    assert (packaged("containers") / "debian" / "Dockerfile").is_file()
