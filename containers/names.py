"""The name server of a trio's network: it knows the site's providers, and no other name.

That it says no at once matters: without an answer Asterisk would wait, each release in its own way, and that would
look like a difference. It is given the names as `NAME=ADDRESS`, each a word, and says `ready` when it listens.
"""

import socket
import sys

PORT = 53
HEADER = 12
A, AAAA = 1, 28
NO_SUCH_NAME = b"\x81\x83"
FOUND = b"\x81\x80"  # the name is there, with what the answer holds: perhaps nothing (SRV, NAPTR)
# The name of the question, its address, class IN, for a minute, four bytes.
RECORD = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04"


def answer(query: bytes, known: dict[bytes, bytes]) -> bytes:
    """The answer to a query; empty to something that is no query."""
    end = HEADER
    while end < len(query) and query[end]:
        end += query[end] + 1
    end += 5  # the root, type and class
    if end > len(query):
        return b""
    kind = int.from_bytes(query[end - 4 : end - 2], "big")
    address = known.get(query[HEADER : end - 4].lower(), b"")
    said = NO_SUCH_NAME if kind in (A, AAAA) and not address else FOUND
    records = RECORD + address if kind == A and address else b""
    return query[:2] + said + b"\0\1" + (b"\0\1" if records else b"\0\0") + bytes(4) + query[HEADER:end] + records


def names_of(words: list[str]) -> dict[bytes, bytes]:
    """`sip.example=192.0.2.1` as a name and an address are in a packet."""
    found = {}
    for word in words:
        name, _, address = word.partition("=")
        labels = [label.encode() for label in name.lower().rstrip(".").split(".")]
        found[b"".join(bytes([len(label)]) + label for label in labels) + b"\0"] = socket.inet_aton(address)
    return found


def serve(known: dict[bytes, bytes]) -> None:
    """Answer for ever."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("0.0.0.0", PORT))
        print("ready", flush=True)
        while True:
            query, asker = server.recvfrom(4096)
            if said := answer(query, known):
                server.sendto(said, asker)


if __name__ == "__main__":
    serve(names_of(sys.argv[1:]))
