"""A site's own modules, built against a release's headers: without a network, and never for longer than is sane.

What is built is code of somebody else's: it runs as nobody, in a container of its own that is removed at the end.
Source, command and image say what comes out, so that is kept and not built again.
"""

from __future__ import annotations

import hashlib
import re
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from docker.errors import APIError, NotFound
from docker.types import LogConfig
from requests.exceptions import RequestException
from testcontainers.core.docker_client import DockerClient

from harness.asterisk.compiler import compile_errors
from harness.errors import LabError, SiteError
from harness.facts.failed_build import CompileError, FailedBuild
from harness.lab.engine.mirror import Mirror
from harness.lab.housekeeping.cache import cache_folder, lock
from harness.lab.housekeeping.owner import this_process
from harness.lab.housekeeping.progress import Progress
from harness.lab.images.builder import builder_image
from harness.lab.images.counted import apart, counted
from harness.lab.images.release import Release
from harness.lab.images.watch import Watch
from harness.lab.instance.archive import Archive
from harness.lab.instance.health import out_of_memory
from harness.site.reading.below import files_below

if TYPE_CHECKING:
    from docker.models.containers import Container

    from harness.site import OwnModule

__all__ = ["build_module", "limited", "module_folder"]

_FOLDER, _NOBODY = "/build", 65534
_COMMAND = 'sh -c "$0"'
_MEMORY_MB, _PROCESSES, _LARGEST_MB = 1024, 256, 256
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
    image = builder_image(client, release, module.packages, mirror, progress)
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


def limited(build: str) -> list[str]:
    """What `sh -c` is given to run a build that makes no larger file.

    The engine is not asked for it: Podman would set all other limits as well then, some higher than its root may.
    """
    return [f"ulimit -f {_LARGEST_MB << 20 >> 9}; {counted(_COMMAND)}", build]


def _build(client: DockerClient, image: str, module: OwnModule, root: Path, spec: str) -> Built | FailedBuild:
    archive = Archive(_NOBODY, _NOBODY)
    archive.folder(_FOLDER)
    archive.tree(module.source, f"{_FOLDER}/{module.source.name}", without=_COMPILED)
    try:
        container = client.client.containers.create(
            image,
            limited(module.build),
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
    except RequestException as problem:
        raise LabError(f"{module.source}: the engine breaks off while it is built: {problem}") from problem


def _outcome(
    client: DockerClient, container: Container, module: OwnModule, root: Path, spec: str
) -> Built | FailedBuild:
    """Start it, wait, and take what it made."""
    container.start()
    with Watch(client, container, seconds=module.seconds, disk_mb=module.disk_mb) as watch:
        code = int(container.wait()["StatusCode"])
    why = watch.why if code else ""
    printed, counters = apart(container.logs(tail=2_000).decode("utf-8", "replace"))
    container.reload()
    if container.attrs["State"].get("OOMKilled") or out_of_memory(counters, memory_mb=_MEMORY_MB):
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
