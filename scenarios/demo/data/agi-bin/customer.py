#!/usr/bin/python3
"""Tells the dialplan which customer is calling: sets CUSTOMER and CUSTOMER_CLASS.

Customers are known by their telephone number; everybody else is class "new".
"""

import sys

CUSTOMERS = {
    "4125550171": ("K2044", "dealer"),
    "3045550138": ("K1187", "dealer"),
    "8145550120": ("K3302", "school"),
    "2165550192": ("L0007", "supplier"),
}


def send(command):
    """Send one AGI command and return Asterisk's answer."""
    sys.stdout.write(command + "\n")
    sys.stdout.flush()
    return sys.stdin.readline().strip()


def main():
    while sys.stdin.readline().strip():
        pass  # the agi_... variables, up to the empty line
    number = sys.argv[1] if len(sys.argv) > 1 else ""
    account, kind = CUSTOMERS.get(number, ("", "new"))
    send(f'SET VARIABLE CUSTOMER "{account}"')
    send(f'SET VARIABLE CUSTOMER_CLASS "{kind}"')
    send(f'VERBOSE "customer {account or "unknown"} ({kind})" 3')


main()
