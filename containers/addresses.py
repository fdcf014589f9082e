"""Gives the network interface of a container more addresses: one for each provider that the far end stands in for.

Run once, in the far end's network, with the right to do that and no other (NET_ADMIN).
"""

import fcntl
import socket
import struct
import sys

SET_ADDRESS, SET_MASK = 0x8916, 0x891C
ONE_ADDRESS = "255.255.255.255"  # the way into the network is there already


def request(label: str, address: str) -> bytes:
    """The kernel's `struct ifreq` for an address."""
    return struct.pack("16sHH4s8x", label.encode(), socket.AF_INET, 0, socket.inet_aton(address))


def add(interface: str, addresses: list[str]) -> None:
    """Each address gets a label of its own (`eth0:1`)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for number, address in enumerate(addresses, 1):
            label = f"{interface}:{number}"
            fcntl.ioctl(any_socket, SET_ADDRESS, request(label, address))
            fcntl.ioctl(any_socket, SET_MASK, request(label, ONE_ADDRESS))


if __name__ == "__main__":
    add(next(name for _, name in socket.if_nameindex() if name != "lo"), sys.argv[1:])
