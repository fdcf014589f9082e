"""What a site's configuration speaks of and the site has not: to be found before an upgrade, not after it.

Only what is written down is looked for. Names that the dialplan makes up during a call (`${…}`) are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.asterisk.conf import Config
from harness.asterisk.loading import LOADS, loading_of
from harness.asterisk.modules import is_own
from harness.asterisk.named_files import CERTIFICATES
from harness.model import Place
from harness.site.making.machine import Machine
from harness.site.making.named_databases import databases_of, is_dumped
from harness.site.making.named_files import is_of_the_system, named_in
from harness.site.reading.problems import one_of

__all__ = ["Missing", "missing_of"]

_ASTDB = re.compile(r"(?<!\w)(?:DB|DB_EXISTS|DB_KEYS|DB_DELETE|BLACKLIST|DBdel|DBdeltree)\(")
_SCRIPT = re.compile(r"(?<!\w)(?:AGI|EAGI|DeadAGI)\(\s*\"?([^,)\"]+)")
_PLAYED = re.compile(r"(?<!\w)(?:(?:Control)?Playback\(|Background\(|Read\(\w+,)\s*([^,)]+)", re.IGNORECASE)
# Folders of prompts that come with Asterisk.
_SHIPPED = frozenset(
    "dictate digits followme ha letters phonetic silence wx en en_US es fr it ja ru en_GB en_AU".split()
)
_MOST = 8
_BY_PATH = frozenset({"program", "music", "prompt"})
_OUTSIDE = "It lies outside of what a site has: copy it into data.machine, by its path"


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that the configuration speaks of at `place`, and that is not in the site. `needed`: calls fail."""

    place: Place
    what: str
    advice: str
    needed: bool = True

    def __str__(self) -> str:
        return f"{self.place}: {self.what}. {self.advice}"


def missing_of(config: Config, data: Mapping[str, Path], dumps: tuple[Path, ...]) -> tuple[Missing, ...]:
    """What is missing, by file and line.

    `data` are the files and folders that site.toml's [data] names, by key; `dumps` the database dumps.
    """
    machine = Machine(config, data)
    found = [
        *_astdb(config, data),
        *_databases(config, dumps),
        *_voicemail(config, data),
        *_certificates(config, machine),
        *_modules(config, data),
        *_scripts(config, machine),
        *_named(config, machine),
        *_sounds(config, data),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda m: (not m.needed, m.place, m.what)))


def _astdb(config: Config, data: Mapping[str, Path]) -> Iterator[Missing]:
    if "astdb" in data:
        return
    for place, text in _dialplan(config):
        if use := _ASTDB.search(text):
            advice = (
                "Copy astdb.sqlite3 from /var/lib/asterisk while Asterisk is stopped, or with `sqlite3 … .backup`."
            )
            yield Missing(place, f"astdb, of which {use[0][:-1]}() reads or writes", advice)
            return


def _databases(config: Config, dumps: tuple[Path, ...]) -> Iterator[Missing]:
    for database in databases_of(config):
        if not is_dumped(database, dumps):
            what = f"a dump of the database {database.name} ({database.use})"
            yield Missing(database.place, what, "Dump it (pg_dump, mysqldump, .dump) into the backup as NAME.sql.")


def _voicemail(config: Config, data: Mapping[str, Path]) -> Iterator[Missing]:
    conf = config.file("voicemail.conf")
    if conf.get("general", "odbcstorage") or conf.get("general", "imapserver"):
        return
    for section in conf.usable:
        if section.name.lower() in ("general", "zonemessages"):
            continue
        folder = data["voicemail"] / section.name if "voicemail" in data else None
        none = [box for box in section.options if box.arrow and not (folder and (folder / box.name).is_dir())]
        if none and folder and folder.is_dir():
            boxes = one_of((box.name for box in none), most=_MOST)
            what = f"the mailboxes {boxes} of {section.name}: no folder"
            yield Missing(
                none[0].place, what, "That is so where there never was a message or greeting.", needed=False
            )
        elif none:
            what = f"the messages and greetings of {len(none)} mailboxes of {section.name}"
            yield Missing(none[0].place, what, "Copy /var/spool/asterisk/voicemail.")


def _certificates(config: Config, machine: Machine) -> Iterator[Missing]:
    for file, names in CERTIFICATES.items():
        for option in config.file(file).everywhere(*names):
            if not option.value or machine.has(option.value):
                continue
            advice = "Copy it into the backup"
            if machine.place(option.value) is None:
                advice = _OUTSIDE
            yield Missing(option.place, f"{option.value} ({option.name})", f"{advice}.")
    kinds = {"inkeys": ".pub", "outkey": ".key"}
    for option in config.file("iax.conf").everywhere(*kinds):
        for key in option.value.split(":"):
            name = key + kinds[option.name.lower()]
            if not machine.has_key(name):
                yield Missing(option.place, f"the key {name}", "Copy /var/lib/asterisk/keys.")


def _modules(config: Config, data: Mapping[str, Path]) -> Iterator[Missing]:
    there = {path.stem.lower() for path in data["modules"].glob("*.so")} if "modules" in data else set[str]()
    for module, option in loading_of(config.file("modules.conf")).lines(*LOADS):
        if not is_own(module) and module not in there:
            advice = "It is not Asterisk's own: get a build of it for each release, and name its folder in [data]."
            yield Missing(option.place, f"the module {module}.so", advice)


def _scripts(config: Config, machine: Machine) -> Iterator[Missing]:
    for place, text in _dialplan(config):
        for script in _SCRIPT.findall(text):
            name = script.strip()
            if "${" not in name and "://" not in name and not machine.has_script(name):
                advice = f"Copy the folder of AGI scripts ({machine.scripts}), and what they need."
                if machine.place(name) is None:
                    advice = f"{_OUTSIDE}."
                yield Missing(place, f"the AGI script {name}", advice)


def _named(config: Config, machine: Machine) -> Iterator[Missing]:
    """Programs, music and prompts by their paths; a package's are installed with it."""
    for one in named_in(config):
        if one.kind not in _BY_PATH or not one.name.startswith("/") or is_of_the_system(one.name) or not one.place:
            continue
        there = machine.has_prompt if one.kind == "prompt" else machine.has
        if not there(one.name):
            needed = one.kind == "program"
            yield Missing(one.place, f"the {one.kind} {one.name}", f"{_OUTSIDE}.", needed=needed)


def _sounds(config: Config, data: Mapping[str, Path]) -> Iterator[Missing]:
    """Prompts in folders that no release brings: others may be the release's."""
    there = set(_sound_names(data["sounds"])) if "sounds" in data else set[str]()
    for place, text in _dialplan(config):
        for argument in _PLAYED.findall(text):
            for name in argument.split("&"):
                name = name.strip().strip('"')
                own = re.fullmatch(r"[\w-]+(/[\w.-]+)+", name) and name.partition("/")[0] not in _SHIPPED
                if own and name not in there:
                    there.add(name)  # it is told once
                    advice = "Copy your own prompts (/var/lib/asterisk/sounds)."
                    yield Missing(place, f"the prompt {name}", advice, needed=False)


def _sound_names(folder: Path) -> Iterator[str]:
    """Prompts without the ending of their format, with and without the folder of their language."""
    for path in folder.rglob("*"):
        if path.is_file():
            name = path.relative_to(folder).with_suffix("").as_posix()
            yield from (name, name.partition("/")[2])


def _dialplan(config: Config) -> Iterator[tuple[Place, str]]:
    """Lines of the dialplan: those of extensions.conf with its includes, and of AEL as they stand."""
    for option in config.file("extensions.conf").everywhere("exten", "same"):
        yield option.place, option.value
    try:
        text = (config.folder / "extensions.ael").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for number, line in enumerate(text.split("\n"), 1):
        yield Place("extensions.ael", number), line.partition("//")[0]
