"""modules.conf: lines that load what is gone, and what has to be loaded in its place or besides."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from harness.asterisk.loading import LOADS, Loading, loading_of
from harness.asterisk.modules import COMPANIONS, GONE
from harness.migrate.model import BeforeAfter, Edit, Left, Rewrite, Subject

__all__ = ["change_for"]

_WHY = "the module went in or before Asterisk 22"
_REQUIRED = ", and Asterisk does not start without one that it requires"
_VOICEMAIL, _BY_ODBC = "app_voicemail", "app_voicemail_odbc"  # those that Debian's 22 has


def change_for(needs: frozenset[str]) -> Rewrite:
    """The change of modules.conf, which comes last: `needs` are modules that the changes before rely on."""
    return Rewrite(
        "modules",
        partial(_find, needs=needs),
        BeforeAfter(
            {"modules.conf": "[modules]\nautoload=no\nload => chan_sip.so ; phones\nload => res_ari.so\n"},
            {"modules.conf": "[modules]\nautoload=no\n;load => chan_sip.so ; phones\nload => res_ari.so\n"
             "load => res_websocket_client.so\nload => res_sorcery_config.so\n"},
        ),
    )  # fmt: skip


def _find(subject: Subject, *, needs: frozenset[str]) -> Iterator[Edit | Left]:
    loading = loading_of(subject.conf("modules.conf"))
    if not loading.options:
        return
    for module, option in loading.lines(*LOADS):
        if module in GONE and ";--" not in subject.line(option.place):
            why = _WHY + (_REQUIRED if option.name.lower().endswith("require") else "")
            yield Edit(option.place, 0, 0, ";", f"{module}: {why}")
        elif module == _VOICEMAIL != _keeper(subject):
            yield Edit(option.place, 0, 0, ";", f"voicemail.conf stores by {_keeper(subject)} since Asterisk 22")
    for module, option in loading.lines("noload"):
        if module in needs:
            what = f"{module} is kept from loading, and the migrated configuration needs it"
            yield Left(option.place, what, "Take the line out, or undo what relies on it.")
    if lines := [*_wanted(loading, needs), *_voicemail(subject, loading)]:
        last = loading.options[-1].place
        end = len(subject.line(last))
        text = "".join(f"\n{line}" for line, _ in lines)
        yield Edit(last, end, end, text, "; ".join(dict.fromkeys(reason for _, reason in lines)))


def _wanted(loading: Loading, needs: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Lines that load what would not be loaded."""
    if loading.autoload:
        return
    loaded = {module for module, _ in loading.lines(*LOADS)} - GONE
    for module in sorted(needs):
        if not loading.refuses(module) and module not in loaded:
            loaded.add(module)
            yield f"load => {module}.so", f"the migrated configuration needs {module}"
    todo = sorted(loaded)
    for module in todo:
        companion = COMPANIONS.get(module, "")
        refused = any(loading.refuses(one) for one in (companion, COMPANIONS.get(companion, "")))
        if companion and companion not in loaded and not refused:
            loaded.add(companion)
            todo.append(companion)
            yield f"load => {companion}.so", f"{module} does not load without it since Asterisk 22"


def _keeper(subject: Subject) -> str:
    """The voicemail module that stores where voicemail.conf says; on 16 it is app_voicemail in any case."""
    return _BY_ODBC if subject.conf("voicemail.conf").get("general", "odbcstorage") else _VOICEMAIL


def _voicemail(subject: Subject, loading: Loading) -> Iterator[tuple[str, str]]:
    """Of several voicemail modules one is loaded: each takes the others' applications away when it fails."""
    conf = subject.conf("voicemail.conf")
    if not conf.usable or conf.get("general", "imapserver") or not loading.loads(_VOICEMAIL):
        return
    keeper = _keeper(subject)
    named = {module for module, _ in loading.lines("noload", *LOADS)}
    if not loading.autoload:
        if keeper not in named:
            yield f"load => {keeper}.so", f"voicemail.conf stores by {keeper} since Asterisk 22"
        return
    for module in (_VOICEMAIL, _BY_ODBC):
        if module != keeper and module not in named:
            why = f"it brings the same applications as {keeper}, and takes them away when it fails to load"
            yield f"noload => {module}.so", f"{module}: {why} (Debian's 22)"
