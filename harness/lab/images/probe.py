"""What an image is, found out without a layer over it and without a shell in it; once for each image."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from docker.errors import APIError
from testcontainers.core.docker_client import DockerClient

from harness.asterisk.conf import Config
from harness.errors import ImageError
from harness.lab.housekeeping import cache
from harness.lab.images.asking import Answers, Program, ask_asterisk
from harness.lab.images.inside import Inside, look_inside
from harness.lab.images.recipe import Recipe
from harness.lab.images.release import Release
from harness.lab.images.tools import PROGRAMS, lacking
from harness.lab.images.users import user_of

__all__ = ["probe"]

_FORM = 3
_REMARK = "/usr/share/asterisk-upgrade-harness/remark"
_PYTHON = "python3"
_NAME = "asterisk"
_PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/asterisk/sbin", "/usr/bin", "/usr/local/bin")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_VERSION = re.compile(r"(\d+(?:\.\d+)+(?:-rc\d+)?)")
# The program has the path of its own asterisk.conf in it, which no command of it tells.
_CONFIG_FILE = re.compile(rb"\0(/[\x20-\x7e]+)/asterisk\.conf\0")


def probe(client: DockerClient, recipe: Recipe) -> Release:
    """The release in an image that is there. ImageError when there is no Asterisk in it that starts."""
    attributes: Mapping[str, Any] = client.client.images.get(recipe.tag).attrs
    digest = str(attributes["Id"])
    facts = cache.load("releases", digest, dict[str, str], form=_FORM)
    if facts is None:
        facts = _look(client, recipe, attributes.get("Config") or {})
        cache.store("releases", digest, facts, form=_FORM)
    return Release(
        spec=recipe.spec,
        image=recipe.tag,
        digest=digest,
        version=facts["version"],
        binary=facts["binary"],
        uid=int(facts["uid"]),
        gid=int(facts["gid"]),
        directories={name: path for name, path in facts.items() if name.startswith("ast")},
        faketime=facts["faketime"],
        python=facts["python"],
        path=facts["path"],
        lacks=tuple(facts["lacks"].split()),
        remark=facts["remark"],
        packages=recipe.packages,
    )


def _look(client: DockerClient, recipe: Recipe, config: Mapping[str, Any]) -> dict[str, str]:
    """All facts of an image as texts. `config` is what the image says of itself, as the engine has it."""
    try:
        with look_inside(client, recipe.tag) as image:
            return _facts(client, recipe, config, image)
    except APIError as problem:
        raise ImageError(f"{recipe.spec}: cannot be looked into: {problem.explanation}") from problem
    except ImageError as problem:
        raise _about(recipe, problem) from problem


def _facts(client: DockerClient, recipe: Recipe, config: Mapping[str, Any], image: Inside) -> dict[str, str]:
    environment = dict(each.partition("=")[::2] for each in config.get("Env") or ())
    path = environment.get("PATH") or _PATH
    binary = _binary(image, config, path)
    passwd, group = (image.read(f"/etc/{name}").decode(errors="replace") for name in ("passwd", "group"))
    user = user_of(config.get("User") or "", passwd, group)
    etc, own = _configuration(image, binary)
    answers = ask_asterisk(client, Program(recipe.tag, binary, user, etc, own), (*PROGRAMS, _PYTHON))
    if not (version := _VERSION.search(answers.banner)):
        raise ImageError(f"its Asterisk calls itself {answers.banner!r}, which is no version")
    if user[0] == 0:
        user = _owner(image, answers)
    programs = {posixpath.basename(each): each for each in answers.programs}
    return {
        "version": version[1],
        "binary": binary,
        "uid": str(user[0]),
        "gid": str(user[1]),
        "path": path,
        "python": programs.get(_PYTHON, ""),
        "faketime": next((each for each in answers.programs if "faketime" in each), ""),
        "lacks": " ".join(lacking(answers.programs)),
        "remark": image.read(_REMARK).decode(errors="replace").strip(),
        **answers.directories,
    }


def _binary(image: Inside, config: Mapping[str, Any], path: str) -> str:
    """Where Asterisk's program is: what the image starts, if that is it, else the usual places."""
    started = [*(config.get("Entrypoint") or ()), *(config.get("Cmd") or ())]
    named = [each for each in started if each.startswith("/") and posixpath.basename(each) == _NAME]
    folders = dict.fromkeys((*path.split(":"), *_PLACES))
    for each in (*named, *(f"{folder}/{_NAME}" for folder in folders if folder.startswith("/"))):
        if image.has(each):
            return str(each)
    raise ImageError("there is no asterisk program in that image")


def _configuration(image: Inside, binary: str) -> tuple[str, Mapping[str, str]]:
    """The folder of its configuration, and the [directories] that its own asterisk.conf has in force."""
    found = _CONFIG_FILE.search(image.read(binary))
    etc = found[1].decode() if found else "/etc/asterisk"
    conf = Config(texts={"asterisk.conf": image.read(f"{etc}/asterisk.conf")}).file("asterisk.conf")
    sections = (section for section in conf.usable if section.name.lower() == "directories")
    own = {option.name.lower(): option.value for section in sections for option in section.options}
    return own.get("astetcdir", etc), own


def _owner(image: Inside, answers: Answers) -> tuple[int, int]:
    """Whom its folders are meant for, where the image is started as root: Asterisk becomes that user itself."""
    for name in ("astvarlibdir", "astspooldir"):
        if owner := image.owner(answers.directories[name]):
            # Podman gives out all files as root's.
            return owner if any(owner) else answers.owners.get(name, owner)
    return 0, 0


def _about(recipe: Recipe, problem: ImageError) -> ImageError:
    error = ImageError(f"{recipe.spec}: {problem}")
    for note in getattr(problem, "__notes__", ()):
        error.add_note(note)
    return error
