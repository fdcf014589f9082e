"""The `[directories]` of asterisk.conf: where a machine keeps what belongs to Asterisk."""

from __future__ import annotations

from collections.abc import Mapping

from harness.asterisk.conf import Conf

__all__ = ["directories_of"]


def directories_of(asterisk_conf: Conf) -> Mapping[str, str]:
    """What [directories] says, by name in lower case; Debian ships it as a template, with what is in force."""
    sections = (section for section in asterisk_conf.sections if section.name.lower() == "directories")
    return {option.name.lower(): option.value for section in sections for option in section.options}
