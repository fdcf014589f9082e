"""A file of the configuration folder counts where Asterisk opens it."""

from __future__ import annotations

import pytest

from harness.asterisk.readers import is_read


@pytest.mark.parametrize(
    ("file", "modules", "read"),
    [
        ("cdr.conf", (), True),
        ("minivm.conf", ("app_voicemail",), False),
        ("minivm.conf", ("app_minivm",), True),
        ("voicemail.conf", ("app_voicemail_odbc",), True),
        ("pjsip.conf", ("res_pjsip",), True),
        ("sip.conf", ("res_pjsip",), False),
        ("extensions.conf", ("pbx_ael",), False),
        ("extensions_custom.conf", ("pbx_config",), False),
        ("res_odbc.conf", ("res_odbc",), True),
    ],
)
def test_a_file_is_read_by_asterisk_itself_or_by_a_module_that_runs(
    file: str, modules: tuple[str, ...], read: bool
) -> None:
    assert is_read(file, modules) is read
