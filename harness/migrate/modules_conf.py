"""modules.conf: lines that load what is gone, and what has to be loaded in its place or besides."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from harness.asterisk.loading import LOADS, Loading, loading_of
from harness.asterisk.modules import COMPANIONS, GONE
from harness.migrate.model import BeforeAfter, Edit, Left, Rewrite, Subject

__all__ = ["change_for"]

_WHY = "the module went in or before Asterisk 22, and Asterisk does not start without one that it has to load"
_OTHER_VOICEMAIL = "app_voicemail_odbc"
_CLASH = (
    "it brings the same applications as app_voicemail, and takes them away when it fails to load (Debian's 22)"
)


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
            yield Edit(option.place, 0, 0, ";", f"{module}: {_WHY}")
    for module, option in loading.lines("noload"):
        if module in needs:
            what = f"{module} is kept from loading, and the migrated configuration needs it"
            yield Left(option.place, what, "Take the line out, or undo what relies on it.")
    if lines := [*_wanted(loading, needs), *_unwanted(subject, loading)]:
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


def _unwanted(subject: Subject, loading: Loading) -> Iterator[tuple[str, str]]:
    """Lines that keep other kinds of voicemail out, where all there is gets loaded."""
    conf = subject.conf("voicemail.conf")
    elsewhere = conf.get("general", "odbcstorage") or conf.get("general", "imapserver")
    if not loading.autoload or not conf.named("general") or elsewhere or not loading.loads("app_voicemail"):
        return
    named = {module for module, _ in loading.lines("noload", *LOADS)}
    if _OTHER_VOICEMAIL not in named:
        yield f"noload => {_OTHER_VOICEMAIL}.so", f"{_OTHER_VOICEMAIL}: {_CLASH}"
