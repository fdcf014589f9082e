"""Keeps what is in a network namespace from reaching this machine: only its answers go there, and FastAGI.

Run once beside an instance, with the right to do that and no other (NET_ADMIN): `guard.py HOST ASKED SERVED` with
the host's address, the ports at which the instance is asked, and those at which the host serves, with commas
between. They are rules of routing, which need no program but this one and hold for all that comes later.
"""

import socket
import struct
import sys

NEW_RULE, MAIN = 32, 254
REQUEST_CREATE_ACK = 0x1 | 0x400 | 0x4
TO_TABLE, PROHIBIT = 1, 8
DST, PRIORITY, PROTOCOL, SOURCE_PORTS, TARGET_PORTS = 1, 6, 22, 23, 24


def attribute(kind: int, value: bytes) -> bytes:
    """A netlink attribute, filled up to four bytes."""
    return struct.pack("HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def rule(host: str, priority: int, ports: int = 0, port: int = 0) -> bytes:
    """Let TCP through at a port of that kind, or refuse all."""
    table, action = (MAIN, TO_TABLE) if port else (0, PROHIBIT)
    header = struct.pack("8BI", socket.AF_INET, 32, 0, 0, table, 0, 0, action, 0)
    rest = attribute(DST, socket.inet_aton(host)) + attribute(PRIORITY, struct.pack("I", priority))
    if port:
        rest += attribute(PROTOCOL, bytes([socket.IPPROTO_TCP])) + attribute(ports, struct.pack("HH", port, port))
    return header + rest


def guard(host: str, asked: list[int], served: list[int]) -> None:
    """Raises OSError where the kernel refuses."""
    rules = [(SOURCE_PORTS, port) for port in asked] + [(TARGET_PORTS, port) for port in served]
    wanted = [rule(host, 100 + n, *ports) for n, ports in enumerate(rules)] + [rule(host, 200)]
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        for number, body in enumerate(wanted, 1):
            kernel.send(struct.pack("IHHII", 16 + len(body), NEW_RULE, REQUEST_CREATE_ACK, number, 0) + body)
            (error,) = struct.unpack_from("i", kernel.recv(4096), 16)
            if error:
                raise OSError(-error, f"the kernel takes no rule for {host}")


if __name__ == "__main__":
    guard(sys.argv[1], *([int(port) for port in ports.split(",")] for ports in sys.argv[2:4]))
