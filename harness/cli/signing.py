"""`harness sign` and `verify`: the answer of a run, signed for who was not there."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.printing import DONE, HOLD, Commands, say
from harness.model import Verdict
from harness.report.text import clean

if TYPE_CHECKING:
    from harness.report.statement import Statement

__all__ = ["add_commands"]

_LONGEST = 400


def add_commands(commands: Commands) -> None:
    """Declare the commands."""
    sign = commands.add_parser("sign", help="state a run's verdict (in-toto), signed where there is a key")
    sign.add_argument("folder", type=Path, metavar="DIR", help="the folder given to pytest as --report")
    sign.add_argument(
        "--sign-key", type=Path, metavar="KEY.pem", help="ed25519, PKCS8; without it, it is not signed"
    )
    sign.set_defaults(command=_sign)

    verify = commands.add_parser("verify", help="check a signed statement, and the report beside it")
    verify.add_argument("envelope", type=Path, metavar="ENVELOPE", help="DIR/statement.dsse.json")
    verify.add_argument("--key", type=Path, required=True, metavar="PUB.pem", help="the signer's public key")
    verify.add_argument("--site", type=Path, metavar="SITE", help="check that it is about this folder's files")
    verify.add_argument(
        "--verdict",
        choices=[verdict.value for verdict in Verdict],
        help="check that this is the verdict (without: any is as good, if it is true)",
    )
    verify.set_defaults(command=_verify)


def _sign(options: argparse.Namespace) -> int:
    from harness.stages.sign import sign

    path = sign(options.folder, options.sign_key)
    unsigned = (
        "" if options.sign_key else " (not signed: anybody can have written it; --sign-key KEY.pem signs it)"
    )
    say(f"{path}{unsigned}")
    return DONE


def _verify(options: argparse.Namespace) -> int:
    from harness.stages.sign import verify

    verified = verify(options.envelope, options.key, options.site)
    problems = list(verified.problems)
    if statement := verified.statement:
        _tell(statement)
        if options.verdict and statement.verdict != options.verdict:
            problems.append(f"the verdict is {statement.verdict}, wanted {options.verdict}")
    for problem in problems:
        say(f"WRONG  {clean(problem, longest=_LONGEST)}")
    if problems:
        return HOLD
    say("signature and report hold" if options.site is None else "signature, report and site hold")
    return DONE


def _tell(statement: Statement) -> None:
    say(f"verdict    {statement.verdict}")
    for name in ("candidate", "old", "site"):
        if one := statement.resource(name):
            words = ", ".join(clean(one.annotations[key]) for key in sorted(one.annotations))
            say(f"{name:11}{words}  {' '.join(one.digest.values())}")
