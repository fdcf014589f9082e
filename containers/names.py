"""The name server of a trio's network, which knows no names.

The engine answers for the names in the network (the site's stand-ins) and asks this one about all others. That
it says no at once matters: without an answer Asterisk would wait, each release in its own way, and that would
look like a difference.
"""

import socket

PORT = 53
HEADER = 12
ADDRESSES = {1, 28}  # A, AAAA
NO_SUCH_NAME = b"\x81\x83"
NO_DATA = b"\x81\x80"  # the name may well be a stand-in's: it has addresses, and nothing else (SRV, NAPTR)


def answer(query: bytes) -> bytes:
    """The answer to a query; empty to something that is no query."""
    end = HEADER
    while end < len(query) and query[end]:
        end += query[end] + 1
    end += 5  # the root, type and class
    if end > len(query):
        return b""
    kind = int.from_bytes(query[end - 4 : end - 2], "big")
    said = NO_SUCH_NAME if kind in ADDRESSES else NO_DATA
    return query[:2] + said + b"\0\1" + bytes(6) + query[HEADER:end]


def serve() -> None:
    """Answer for ever."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("0.0.0.0", PORT))
        while True:
            query, asker = server.recvfrom(4096)
            if said := answer(query):
                server.sendto(said, asker)


if __name__ == "__main__":
    serve()
