"""A tap: passes on what programs and Asterisk say to each other, byte for byte, and writes all of it down.

    tap.py RECORD CONTROL LISTEN:TARGET:NAME:INTERFACE ...

It listens on 127.0.0.1:LISTEN and connects to 127.0.0.1:TARGET for each that comes. RECORD is JSON Lines:

    {"t": seconds of the monotonic clock, "c": connection, "d": ">" from who connected or "<" to it, "b": base64}
    {"t": ..., "c": connection, "e": "open", "n": NAME, "i": INTERFACE}
    {"t": ..., "c": connection, "e": "refused" | "end" | "reset", "d": direction, "why": ..., "l": "near" | "far"}
    {"m": a mark that somebody asked for on the CONTROL port}

Nothing is kept in memory: what one side does not take, the other is not asked for. What is sent on has been
written down before. Plain threads and sockets, the standard library of any Python 3.
"""

import base64
import contextlib
import itertools
import json
import os
import socket
import struct
import sys
import threading
import time
from pathlib import Path

PIECE = 65536
HERE = "127.0.0.1"
LISTENING = "0A"  # of /proc/net/tcp
LONGEST = 1024  # bytes of a line on the control port
RESET = struct.pack("ii", 1, 0)  # do not linger: closing resets the connection


class Record:
    """The file. Each line is one write, so lines of several threads never mix."""

    def __init__(self, path):
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._lock = threading.Lock()

    def write(self, **entry):
        """One line, with the time."""
        line = (json.dumps({"t": round(time.monotonic(), 6), **entry}) + "\n").encode()
        with self._lock:
            while line:
                line = line[os.write(self._file, line) :]


class Connection:
    """A program and Asterisk, and one thread for each direction."""

    def __init__(self, number, near, far, record):
        self._number = number
        self._ends = {">": (near, far), "<": (far, near)}
        self._record = record
        self._broken = threading.Event()

    def run(self):
        """Until both have said all they have to say, or one of them is gone."""
        threads = [threading.Thread(target=self._pump, args=(way,), daemon=True) for way in self._ends]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for end in self._ends[">"]:
            if self._broken.is_set():
                quietly(end.setsockopt, socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            end.close()

    def _pump(self, way):
        source, target = self._ends[way]
        lost = source
        try:
            while True:
                lost = source
                piece = source.recv(PIECE)
                if not piece:
                    break
                self._record.write(c=self._number, d=way, b=base64.b64encode(piece).decode())
                lost = target
                target.sendall(piece)
            if self._broken.is_set():  # woken up, not ended
                return
            self._record.write(c=self._number, d=way, e="end")
            quietly(target.shutdown, socket.SHUT_WR)  # half closed: the other direction goes on
        except OSError as problem:
            if not self._broken.is_set():
                self._broken.set()
                who = "near" if lost is self._ends[">"][0] else "far"
                self._record.write(c=self._number, d=way, e="reset", l=who, why=problem.strerror or str(problem))
            for end in (source, target):  # wakes the other thread, and tells nobody that this were an orderly end
                quietly(end.shutdown, socket.SHUT_RD)


def quietly(do, *arguments):
    """Do something to a socket that may be gone already."""
    with contextlib.suppress(OSError):
        do(*arguments)


def serve(listener, target, name, interface, record, numbers):
    """Take connections for ever."""
    while True:
        near, _ = listener.accept()
        arguments = (near, target, name, interface, record, next(numbers))
        threading.Thread(target=meet, args=arguments, daemon=True).start()


def meet(near, target, name, interface, record, number):
    """One connection from its beginning to its end."""
    near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    record.write(c=number, e="open", n=name, i=interface)
    try:
        far = socket.create_connection((HERE, target))
    except OSError as problem:
        record.write(c=number, e="refused", why=problem.strerror or str(problem))
        quietly(near.setsockopt, socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        near.close()
        return
    far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    Connection(number, near, far, record).run()


def is_listening(port):
    """Whether something in this network listens on a port; asked of the kernel, so that nobody notices."""
    wanted = f"{port:04X}"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with Path(table).open() as lines:
                for fields in map(str.split, lines):
                    if fields[3] == LISTENING and fields[1].rpartition(":")[2] == wanted:
                        return True
        except OSError:
            continue
    return False


def control(listener, record):
    """Answer the harness: `mark TEXT` writes a mark, `listening PORT` asks for a port."""
    while True:
        asker, _ = listener.accept()
        threading.Thread(target=obey, args=(asker, record), daemon=True).start()


def obey(asker, record):
    """One connection on the control port."""
    with asker, asker.makefile("rwb") as lines:
        while True:
            try:
                line = lines.readline(LONGEST)
                verb, _, what = line.decode("ascii", "replace").strip().partition(" ")
                if verb == "mark":
                    record.write(m=what)
                    said = b"yes\n"
                elif verb == "listening" and what.isdigit():
                    said = b"yes\n" if is_listening(int(what)) else b"no\n"
                else:
                    return
                lines.write(said)
                lines.flush()
            except OSError:
                return


def listen(host, port):
    """A listening socket."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(512)
    return listener


def main(path, port, *taps):
    """Listen everywhere before the first is served, so that the control port answers when all is ready."""
    record, numbers = Record(path), itertools.count(1)
    for tap in taps:
        near, target, name, interface = tap.split(":")
        arguments = (listen(HERE, int(near)), int(target), name, interface, record, numbers)
        threading.Thread(target=serve, args=arguments, daemon=True).start()
    control(listen("0.0.0.0", int(port)), record)


if __name__ == "__main__":
    main(*sys.argv[1:])
