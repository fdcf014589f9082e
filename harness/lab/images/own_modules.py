"""A site's own modules, built against a release's headers: without a network, and never for longer than is sane.

What is built is code of somebody else's: it runs as nobody, in a container of its own that is removed at the end.
Source, command and image say what comes out, so that is kept and not built again.
"""

from __future__ import annotations

import hashlib
import re
import tarfile
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from docker.errors import APIError, NotFound
from docker.types import LogConfig, Ulimit
from requests.exceptions import RequestException
from testcontainers.core.docker_client import DockerClient

from harness.asterisk.compiler import compile_errors
from harness.errors import LabError, SiteError
from harness.facts.failed_build import CompileError, FailedBuild
from harness.lab.engine.mirror import Mirror
from harness.lab.housekeeping.cache import cache_folder, lock
from harness.lab.housekeeping.owner import this_process
from harness.lab.housekeeping.progress import Progress
from harness.lab.images.build import build, is_there
from harness.lab.images.builder import builder_recipe
from harness.lab.images.release import Release
from harness.lab.instance.archive import Archive
from harness.site.reading.below import files_below

if TYPE_CHECKING:
    from docker.models.containers import Container

    from harness.site import OwnModule

__all__ = ["build_module", "module_folder"]

_FOLDER, _NOBODY = "/build", 65534
_MEMORY_MB, _PROCESSES, _LARGEST_MB, _DISK_MB = 1024, 256, 256, 2048
_LOOK_SECONDS = 5.0
_COMPILED = (".o", ".lo", ".so")
"""What a build elsewhere left: `make` would take it for done, whatever it was compiled against."""
_NAME = re.compile(r"[\w.+-]+\.so")
_NO_PROGRAM = 127  # of a shell
_NO_FORK = re.compile(r"[Cc]an(?:no|')t fork|fork: (?:retry: )?Resource temporarily unavailable|vfork: ")
_SAID = 12
Built = Mapping[str, bytes]
"""Modules by the name of their file."""


def build_module(
    client: DockerClient, module: OwnModule, root: Path, release: Release, mirror: Mirror, progress: Progress
) -> Built | FailedBuild:
    """Build one module for a release, or take what was built of the same source before.

    `root` is the site's folder. Raises ImageError where the image to build it in cannot be made, SiteError where
    that lacks a program, and LabError.
    """
    recipe = builder_recipe(release, module.packages, mirror)
    image = recipe.tag if recipe else release.image
    if recipe:
        with lock(recipe.tag):
            if not is_there(client, image):
                progress(f"{release.spec}: adding its headers and a compiler")
                build(client, recipe, release.image, progress)
    kept = cache_folder() / "modules" / _key(image, module)
    with lock(f"module-{kept.name}"):
        if not kept.is_dir():
            progress(f"{release.spec}: building {module.source.name}")
            built = _build(client, image, module, root, release.spec)
            if isinstance(built, FailedBuild):
                return built
            _keep(built, kept)
    return {path.name: path.read_bytes() for path in sorted(kept.iterdir())}


def module_folder(modules: Built) -> Path:
    """A folder with these modules and no others."""
    digest = hashlib.sha256(
        repr([(name, hashlib.sha256(modules[name]).digest()) for name in sorted(modules)]).encode()
    )
    folder = cache_folder() / "modules" / digest.hexdigest()
    with lock(f"module-{folder.name}"):
        if not folder.is_dir():
            _keep(modules, folder)
    return folder


def _key(image: str, module: OwnModule) -> str:
    digest = hashlib.sha256(repr((image, module.build, module.source.name)).encode())
    for name, path in files_below(module.source):
        if not name.endswith(_COMPILED):
            digest.update(repr((name, path.stat().st_mode & 0o111, path.read_bytes())).encode())
    return digest.hexdigest()


def _keep(modules: Built, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=folder.parent) as beside:
        made = Path(beside) / "made"
        made.mkdir()
        for name, content in modules.items():
            (made / name).write_bytes(content)
        made.rename(folder)


def _build(client: DockerClient, image: str, module: OwnModule, root: Path, spec: str) -> Built | FailedBuild:
    archive = Archive(_NOBODY, _NOBODY)
    archive.folder(_FOLDER)
    archive.tree(module.source, f"{_FOLDER}/{module.source.name}", without=_COMPILED)
    try:
        container = client.client.containers.create(
            image,
            [module.build],
            entrypoint=["sh", "-c"],
            user=f"{_NOBODY}:{_NOBODY}",
            working_dir=f"{_FOLDER}/{module.source.name}",
            environment={"LC_ALL": "C", "HOME": _FOLDER},
            init=True,
            network_mode="none",
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            mem_limit=f"{_MEMORY_MB}m",
            memswap_limit=f"{_MEMORY_MB}m",
            pids_limit=_PROCESSES,
            ulimits=[Ulimit(name="fsize", soft=_LARGEST_MB << 20, hard=_LARGEST_MB << 20)],
            log_config=LogConfig(type="json-file", config={"max-size": "8m"}),
            labels=this_process().labels(),
        )
        try:
            container.put_archive("/", archive.data())
            return _outcome(client, container, module, root, spec)
        finally:
            with suppress(NotFound):
                container.remove(force=True)
    except APIError as problem:
        raise LabError(f"{module.source}: the engine does not build it: {problem.explanation}") from problem


def _outcome(
    client: DockerClient, container: Container, module: OwnModule, root: Path, spec: str
) -> Built | FailedBuild:
    """Start it, wait, and take what it made."""
    container.start()
    code, why = _ended(client, container, module.seconds)
    printed = container.logs(tail=2_000).decode("utf-8", "replace")
    container.reload()
    if container.attrs["State"].get("OOMKilled"):
        why = f"needs more than {_MEMORY_MB} MB of memory"
    elif _NO_FORK.search(printed):
        why = f"starts more than {_PROCESSES} processes"
    modules = {} if why or code else _modules(container, f"{_FOLDER}/{module.source.name}")
    if modules:
        return modules
    if code == _NO_PROGRAM:
        said = (printed.splitlines() or [""])[-1]
        raise SiteError(
            f"{root / 'site.toml'}:{module.line}: `{module.build}` needs a program that {spec} lacks ({said});"
            " an image:REF brings headers and a compiler of its own, or give the module built, as data.modules"
        )
    errors = tuple(_errors(printed, module, root))
    why = why or (f"ends with {code}" if code else f"made no module (*.so), or more than {_LARGEST_MB} MB")
    source = module.source.relative_to(root).as_posix()
    last = "\n".join(printed.splitlines()[-_SAID:])
    return FailedBuild(source, module.line, f"`{module.build}` {why} ({spec})", errors, last)


def _ended(client: DockerClient, container: Container, seconds: float) -> tuple[int, str]:
    """Its exit code, or why it was ended before it had one: time, or room on the disk."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        try:
            return int(container.wait(timeout=min(left, _LOOK_SECONDS))["StatusCode"]), ""
        except RequestException:  # what a time-out is, of one kind or the other
            running = client.client.api.containers(size=True, filters={"id": container.id})
            if any(found.get("SizeRw", 0) > _DISK_MB << 20 for found in running):
                _kill(container)
                return 0, f"writes more than {_DISK_MB} MB"
    _kill(container)
    return 0, f"took longer than {seconds:g} s"


def _kill(container: Container) -> None:
    with suppress(APIError):  # it has ended just now
        container.kill()


def _errors(printed: str, module: OwnModule, root: Path) -> Iterable[CompileError]:
    """Errors in files of the site; of others (a header's, say) the place says little, so they come as they are."""
    source = module.source.relative_to(root)
    for file, line, text in compile_errors(printed):
        inside = file.removeprefix(f"{_FOLDER}/{module.source.name}/")
        here = not inside.startswith("/") and (module.source / inside).is_file()
        yield CompileError((source / inside).as_posix() if here else file, line, text)


def _modules(container: Container, folder: str) -> Built:
    """All `*.so` that are files, wherever the build left them; none where it left too much."""
    found: dict[str, bytes] = {}
    with tempfile.TemporaryFile() as file:
        for piece in container.get_archive(folder)[0]:
            file.write(piece)
            if file.tell() > _LARGEST_MB << 20:
                return {}
        file.seek(0)
        with tarfile.open(fileobj=file) as tar:
            for member in tar:
                name = member.name.rpartition("/")[2]
                if member.isfile() and _NAME.fullmatch(name) and (content := tar.extractfile(member)):
                    found[name] = content.read()
    return found
