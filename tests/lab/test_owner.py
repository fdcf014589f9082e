"""Whose a container is, and when its owner is dead."""

from __future__ import annotations

import dataclasses
import subprocess
from pathlib import Path

from harness.lab.housekeeping.owner import LABEL, Owner, this_process


def test_labels_say_whose_it_is() -> None:
    owner = this_process()
    assert Owner.from_labels(owner.labels()) == owner


def test_what_is_not_the_harnesss_has_no_owner() -> None:
    assert Owner.from_labels({}) is None
    assert Owner.from_labels({LABEL: "image", f"{LABEL}.pid": "1"}) is None
    assert Owner.from_labels({LABEL: "lab", f"{LABEL}.pid": "none"}) is None


def test_this_process_lives() -> None:
    here = this_process()
    assert not here.is_dead(here)


def test_a_process_that_ended_is_dead() -> None:
    here = this_process()
    child = subprocess.Popen(["true"])
    child.wait()
    assert dataclasses.replace(here, pid=child.pid).is_dead(here)


def test_a_zombie_is_dead() -> None:
    here = this_process()
    with subprocess.Popen(["true"], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.read()  # its end; nobody has waited for it yet
        state = ""
        while state != "Z":
            state = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[0]
        assert dataclasses.replace(here, pid=child.pid).is_dead(here)


def test_a_number_used_again_is_another_process() -> None:
    here = this_process()
    assert dataclasses.replace(here, started="1").is_dead(here)


def test_after_a_reboot_all_are_dead() -> None:
    here = this_process()
    assert dataclasses.replace(here, boot="another").is_dead(here)


def test_of_another_machine_nothing_is_known() -> None:
    here = this_process()
    assert not dataclasses.replace(here, host="elsewhere", boot="another").is_dead(here)
