#!/usr/bin/python3
"""Order status by telephone: a FastAGI server.

The dialplan calls agi://127.0.0.1/order. A dealer keys in an order's number and hears how many days it takes;
ORDER and ORDER_STATUS are set for the dialplan. pyst2's own server (asterisk.fastagi) does not run on Python 3,
and its AGI class wants the main thread for a signal handler: so the few lines of the protocol are here.
"""

import signal
import socketserver
import sys
import threading

ORDERS = {"2044": ("shipped", 1), "2051": ("packed", 3), "1187": ("back-ordered", 21)}


class Hangup(Exception):
    """The caller is gone."""


class Conversation(socketserver.StreamRequestHandler):
    """One call."""

    def handle(self):
        self.variables = self.read_variables()
        try:
            self.status()
        except (Hangup, ConnectionError):
            print("the caller hung up", flush=True)

    def read_variables(self):
        variables = {}
        while line := self.rfile.readline().decode("utf-8", "replace").strip():
            name, _, value = line.partition(":")
            variables[name] = value.strip()
        return variables

    def command(self, text):
        """Send a command; its result, and what stands in parentheses behind it."""
        self.wfile.write(f"{text}\n".encode())
        line = self.rfile.readline().decode("utf-8", "replace").strip()
        if line.startswith("520-"):  # and the usage, in several lines
            while line and not line.startswith("520 "):
                line = self.rfile.readline().decode("utf-8", "replace").strip()
        if not line or line == "HANGUP":
            raise Hangup
        code, _, rest = line.partition(" ")
        if code != "200":
            print(f"{text}: {line}", flush=True)
            return "", ""
        result, _, value = rest.removeprefix("result=").partition(" ")
        return result, value.strip("()")

    def status(self):
        caller = self.variables.get("agi_callerid", "")
        self.command(f'VERBOSE "order status for {caller}" 3')
        number, how = self.command("GET DATA acs/one-moment 5000 4")
        if how == "timeout" and not number:
            self.command('SET VARIABLE ORDER_STATUS "none"')
            return
        state, days = ORDERS.get(number, ("unknown", 0))
        self.command(f'SET VARIABLE ORDER "{number}"')
        self.command(f'SET VARIABLE ORDER_STATUS "{state}"')
        _, account = self.command("GET VARIABLE CUSTOMER")
        self.command(f'DATABASE PUT orders asked "{account or caller}"')
        if days:
            self.command(f'SAY NUMBER {days} ""')
        else:
            self.command('STREAM FILE pbx-invalid ""')


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def main():
    with Server(("127.0.0.1", int(sys.argv[1])), Conversation) as server:
        stop = threading.Thread(target=server.shutdown)
        signal.signal(signal.SIGTERM, lambda *_: stop.start())
        print(f"orders on port {sys.argv[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
