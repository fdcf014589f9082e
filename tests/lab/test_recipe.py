"""The name of an image follows from all that it is made of, and from nothing else."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from harness.errors import ImageError
from harness.lab.engine.mirror import Mirror
from harness.lab.images.recipe import SUITES, OwnImage, recipe_for
from harness.model.packaged import packaged

MIRROR = Mirror()


def tag(spec: str, *packages: str, mirror: Mirror = MIRROR, own: OwnImage | None = None) -> str:
    return recipe_for(spec, packages, mirror, own=own).tag


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
        tag("image:mine:1", own=OwnImage("sha256:1")),
        tag("image:mine:1", "jq", own=OwnImage("sha256:1")),
        tag("image:mine:1", "jq", own=OwnImage("sha256:1", "pbx")),
        tag("image:mine:1", "jq", own=OwnImage("sha256:2")),
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


def test_the_context_holds_all_files() -> None:
    recipe = recipe_for("debian:sid", (), MIRROR)
    with tarfile.open(fileobj=recipe.context()) as tar:
        assert sorted(tar.getnames()) == sorted(recipe.files)


def test_an_image_of_the_users_own_is_used_as_it_is() -> None:
    recipe = recipe_for("image:pbx:local", (), MIRROR, own=OwnImage("sha256:1", "pbx"))
    assert (recipe.tag, recipe.files) == ("pbx:local", {})


def test_packages_are_laid_over_it_and_its_user_stays() -> None:
    recipe = recipe_for("image:pbx:local", ["jq"], MIRROR, own=OwnImage("sha256:1", "pbx"))
    assert recipe.base == "sha256:1"
    assert recipe.files["Dockerfile"].endswith(b"\nUSER pbx\n")


def test_packages_of_ones_own_lie_beside_the_suites(tmp_path: Path) -> None:
    deb = tmp_path / "asterisk_22.11_amd64.deb"
    deb.write_bytes(b"!<arch>\ndebian-binary   and so on")
    for path in (tmp_path, deb):
        recipe = recipe_for(f"deb:{path}@debian:sid", (), MIRROR)
        assert recipe.files[deb.name] == deb.read_bytes()
        assert recipe.files.keys() - {deb.name} == recipe_for("debian:sid", (), MIRROR).files.keys()


@pytest.mark.parametrize("content", [None, b"", b"a text"])
def test_what_is_no_package_is_one_clear_error(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "asterisk.deb").write_bytes(content)
    with pytest.raises(ImageError, match="is no Debian package, and no folder with some"):
        recipe_for(f"deb:{tmp_path}@debian:sid", (), MIRROR)


@pytest.mark.parametrize(
    "spec", ["debian:sidd", "sid", "debian:", "image:", "", "docker:debian", "deb:", "deb:/debs", "deb:/debs@sid"]
)
def test_an_unknown_release_is_one_clear_error(spec: str) -> None:
    with pytest.raises(ImageError, match=r"is no release.*Known are debian:bullseye, .*image:REF"):
        recipe_for(spec, (), MIRROR)


def test_a_typing_error_gets_a_hint() -> None:
    with pytest.raises(ImageError, match=r"Did you mean debian:sid\?"):
        recipe_for("debian:sidd", (), MIRROR)


def test_the_build_files_are_found() -> None:
    assert (packaged("containers") / "debian" / "Dockerfile").is_file()
