"""What the site's own manager and ARI users are let do, and what their event filters let through.

Each manager user logs in at 127.0.0.1, as a program of the site would, and listens while the site is played. What
it was told is put beside what a user who is told everything heard at the same time.
"""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

import requests

from harness.asterisk.ami import headers_of
from harness.asterisk.cli_tables import Items
from harness.asterisk.conf import Config, is_true
from harness.facts.inventory import Inventory, Listing
from harness.lab.instance.instance import Instance
from harness.model import Headers

__all__ = ["Clients", "has_listeners"]

_FOLDER = "/tmp/harness-told"
_SECONDS = 5.0
# Who may only read is refused before Asterisk looks for the bridge, which is not there.
_READS, _WRITES = ("GET", "asterisk/info"), ("DELETE", "bridges/harness-none")
_LISTEN = r"""mkdir -p {folder}; exec 3<>/dev/tcp/127.0.0.1/{port} || exit
printf 'Action: Login\r\nUsername: %s\r\nSecret: %s\r\n\r\n' {name} {secret} >&3
exec grep -a --line-buffered -E '^(Event|Message): ' <&3 >{folder}/{number}"""
# The same where there is no bash; the connection ends when nothing can come from this side any more.
_LISTEN_WITHOUT = r"""mkdir -p {folder}
{{ printf 'Action: Login\r\nUsername: %s\r\nSecret: %s\r\n\r\n' {name} {secret}; exec sleep 1000000; }} |
nc 127.0.0.1 {port} | exec awk '/^(Event|Message): /{{print; fflush()}}' >{folder}/{number}"""
_EITHER = 'command -v bash >/dev/null && exec bash -c "$1"; exec sh -c "$2"'


@dataclass(frozen=True, slots=True)
class _User:
    name: str
    secret: str


class Clients:
    """The users of one instance, as its configuration has them. `folder` comes before the file names of places.

    `listen` when the site is loaded, `told` when all has been played.
    """

    def __init__(self, instance: Instance, config: Config, *, folder: str) -> None:
        self._instance = instance
        self._config = config
        self._folder = folder
        self._users = (*_manager_users(config), _User(instance.username, instance.secret))

    async def listen(self) -> None:
        """Log all of them in, the one who is told everything last."""
        for number, user in enumerate(self._users):
            values = {
                "folder": _FOLDER,
                "port": self._instance.ami_port,
                "name": shlex.quote(user.name),
                "secret": shlex.quote(user.secret),
                "number": number,
            }
            scripts = (_LISTEN.format(**values), _LISTEN_WITHOUT.format(**values))
            await asyncio.to_thread(self._instance.start, "sh", "-c", _EITHER, "sh", *scripts)

    async def told(self) -> Inventory:
        """What each of them was answered and told: sections `AMI login`, `AMI told`, `AMI heard`, `ARI right`."""
        heard, *told = await asyncio.to_thread(self._read)
        site_users = self._users[:-1]
        logins: Items = {}
        events: Items = {}
        for user, lines in zip(site_users, told, strict=True):
            answers = (value for name, value in lines if name == "Message")
            logins[user.name] = {"login": next(answers, "no answer")}
            events |= {f"{user.name}: {value}": {} for name, value in lines if name == "Event"}
        everything: Items = {value: {} for name, value in heard if name == "Event"}
        rights = await asyncio.to_thread(self._rights)
        problem = (
            "" if everything else "nobody could listen in the container (it needs bash and grep, or nc and awk)"
        )
        return Inventory(
            {
                "AMI login": Listing(logins, problem=problem),
                "AMI told": Listing(events, problem=problem),
                "AMI heard": Listing(everything, problem=problem),
                "ARI right": rights,
            },
            files=_files(self._config),
            folder=self._folder,
        )

    def _read(self) -> list[Headers]:
        """Headers of each user, first of the one who is told everything: others hear no less than it does."""
        last = len(self._users) - 1
        return [self._headers(number) for number in (last, *range(last))]

    def _headers(self, number: int) -> Headers:
        text = self._instance.run("sh", "-c", f"awk '!seen[$0]++' {_FOLDER}/{number} 2>/dev/null")
        return headers_of(text.replace("\r\n", "\n").replace("\n", "\r\n"))

    def _rights(self) -> Listing:
        """Status that each ARI user gets for reading and for writing."""
        if not self._instance.ari:
            return Listing()
        url = f"http://{self._instance.web}/ari/"
        rights: Items = {}
        try:
            for user in _ari_users(self._config):
                for what, (method, path) in (("may read", _READS), ("may write", _WRITES)):
                    answer = requests.request(method, url + path, auth=(user.name, user.secret), timeout=_SECONDS)
                    rights[f"{user.name} {what}"] = {"status": str(answer.status_code)}
        except requests.RequestException as problem:
            return Listing(problem=f"ARI does not answer: {type(problem).__name__}")
        return Listing(rights)


def has_listeners(config: Config) -> bool:
    """Whether any user of manager.conf may be told of events."""
    conf = config.file("manager.conf")
    users = (section for section in conf.usable if section.name.lower() != "general")
    return is_true(conf.get("general", "enabled")) and any(
        user.get("secret") and user.get("read") for user in users
    )


def _manager_users(config: Config) -> Iterator[_User]:
    """Users who may log in more than once: a program of the site must not find its place taken."""
    conf = config.file("manager.conf")
    usual = conf.get("general", "allowmultiplelogin", "yes")
    for section in conf.usable:
        many = is_true(section.get("allowmultiplelogin", usual))
        if section.name.lower() != "general" and section.get("secret") and many:
            yield _User(section.name, section.get("secret"))


def _ari_users(config: Config) -> Iterator[_User]:
    for section in config.file("ari.conf").usable:
        if section.get("type").lower() == "user" and section.get("password_format", "plain") == "plain":
            yield _User(section.name, section.get("password"))


def _files(config: Config) -> dict[str, str]:
    """The files in which users are written, to say where."""
    found = (path for kind in ("manager", "ari") for path in config.folder.rglob(f"{kind}*.conf"))
    return {path.relative_to(config.folder).as_posix(): path.read_text(errors="replace") for path in found}
