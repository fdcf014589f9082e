"""From a started container to an Asterisk that says fully booted, or the reason why it does not."""

from __future__ import annotations

import time

from harness.errors import BootError, LabError
from harness.lab.instance import ami
from harness.lab.instance.instance import Instance

__all__ = ["wait_until_booted"]

_ASK_EVERY = 0.05
_ANSWER_SECONDS = 3.0
"""One time of asking takes no longer, so that a container's end is noticed soon."""


def wait_until_booted(instance: Instance, *, within: float) -> float:
    """Seconds until Asterisk said FullyBooted. BootError, with its log, when it ends before or takes too long."""
    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < within:
        if _is_booted(instance, min(within - passed, _ANSWER_SECONDS)):
            return time.monotonic() - begun
        if not instance.is_running():
            raise _failed(instance, f"{instance.why_dead()} while booting")
        time.sleep(_ASK_EVERY)  # between two times of asking; Asterisk has no way to tell us before AMI listens
    raise _failed(instance, _overdue(instance, within))


def _is_booted(instance: Instance, within: float) -> bool:
    try:
        return ami.is_fully_booted(
            instance.address, instance.ami_port, instance.username, instance.secret, within=within
        )
    except OSError:
        return False


def _overdue(instance: Instance, within: float) -> str:
    """Tells an Asterisk that is slow or stuck from one that is well and out of reach."""
    base = f"did not say fully booted within {within:g} s"
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


def _failed(instance: Instance, what: str) -> LabError:
    version = instance.release.version
    return instance.with_log(BootError(f"Asterisk {version} ({instance.name}) {what}"))
