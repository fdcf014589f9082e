#!/usr/bin/python3
"""Tells the dialplan which customer is calling: sets CUSTOMER and CUSTOMER_CLASS. An AGI script on pyst2.

Customers are known by their telephone number; everybody else is class "new".
"""

import os
import sys
from pathlib import Path

from asterisk.agi import AGI, AGIHangup

CUSTOMERS = {
    "4125550171": ("K2044", "dealer"),
    "3045550138": ("K1187", "dealer"),
    "8145550120": ("K3302", "school"),
    "2165550192": ("L0007", "supplier"),
}


def main():
    with Path(os.devnull).open("w") as quiet:  # pyst2 prints all that it reads
        agi = AGI(stderr=quiet)
        number = sys.argv[1] if len(sys.argv) > 1 else agi.env["agi_callerid"]
        account, kind = CUSTOMERS.get(number, ("", "new"))
        try:
            agi.set_variable("CUSTOMER", account)
            agi.set_variable("CUSTOMER_CLASS", kind)
            agi.verbose(f"customer {account or 'unknown'} ({kind})", 3)
        except AGIHangup:
            pass


if __name__ == "__main__":
    main()
