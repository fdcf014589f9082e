"""From a started container to an Asterisk that says fully booted, or the reason why it does not."""

from __future__ import annotations

from harness.errors import BootError, LabError
from harness.lab.instance import ami
from harness.lab.instance.instance import Instance
from harness.lab.waiting import wait_until

__all__ = ["wait_until_booted"]

_ANSWER_SECONDS = 3.0
"""One time of asking takes no longer, so that a container's end is noticed soon."""


def wait_until_booted(instance: Instance, *, within: float) -> float:
    """Seconds until Asterisk said FullyBooted. BootError, with its log, when it ends before or takes too long."""
    asks = min(within, _ANSWER_SECONDS)

    def is_booted() -> bool:
        if ami.is_fully_booted(instance, within=asks):
            return True
        if not instance.is_running():
            raise _failure(instance, f"{instance.why_dead()} while booting")
        return False

    return wait_until(
        is_booted,
        "say fully booted",
        within=within,
        error=lambda words: _failure(instance, _reason(instance, words)),
    )


def _reason(instance: Instance, base: str) -> str:
    """Tells an Asterisk that is slow or stuck from one that is well and out of reach."""
    try:
        uptime = instance.cli("core show uptime")
    except LabError:
        return base
    if "System uptime" not in uptime:
        return base
    return (
        f"{base}, though it is up: its AMI at {instance.address}:{instance.ami_port} does not answer "
        "(the engine has to run on this machine; is res_manager or AMI switched off by the site?)"
    )


def _failure(instance: Instance, what: str) -> LabError:
    version = instance.release.version
    return instance.with_log(BootError(f"Asterisk {version} ({instance.name}) {what}"))
