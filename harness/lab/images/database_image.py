"""The images of database servers, made for sites that name one: one an engine, the same beside every release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.lab.engine.mirror import Mirror, find_mirror
from harness.lab.images.recipe import Recipe, Suite, container_files, debian_files

__all__ = ["database_recipe", "driver_packages", "server_image"]

_DRIVERS: Mapping[str, str] = {"postgresql": "odbc-postgresql", "mariadb": "odbc-mariadb"}
_PACKAGES = {
    "postgresql": ("postgresql",),
    "mariadb": ("mariadb-client-core", "mariadb-server-core"),
}
# Debian's stable release: its servers take the dumps of older ones, and are the same from week to week.
_DEBIAN = "trixie"


def driver_packages(engines: Iterable[str]) -> tuple[str, ...]:
    """The Debian packages with which a release reaches servers of these engines through ODBC."""
    drivers = sorted(_DRIVERS[engine] for engine in set(engines))
    return (*drivers, "unixodbc") if drivers else ()


def database_recipe(engine: str, mirror: Mirror) -> Recipe:
    """The recipe of the server of an engine."""
    suite = Suite(engine, _DEBIAN, (("debian", _DEBIAN),))
    own = container_files(f"{engine}/Dockerfile", f"{engine}/database.sh")
    return Recipe(engine, _DEBIAN, suite, _PACKAGES[engine], debian_files(suite, _PACKAGES[engine], mirror) | own)


def server_image(engine: str) -> str:
    """The name of the image that `prepare` has made for an engine."""
    return database_recipe(engine, find_mirror()).tag
