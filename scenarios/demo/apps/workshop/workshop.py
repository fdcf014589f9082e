#!/usr/bin/python3
"""The workshop's line: a Stasis application on ari-py (codet-ari).

A caller hears a prompt and presses a key: 1 rings the workshop's desk and records the talk, 2 leaves a word about
the bicycle until #, everything else ends the call.
"""

import json
import os
import signal
import sys
from urllib.parse import urlencode

import ari
import requests
import swaggerpy.http_client
import websocket

APP = "workshop"
DESK = "PJSIP/104"


class HttpClient(swaggerpy.http_client.SynchronousHttpClient):
    """swaggerpy's, without the Origin header of its WebSocket: Asterisk would refuse it (allowed_origins)."""

    def ws_connect(self, url, params=None):
        request = requests.Request("GET", f"{url}?{urlencode(params or {})}")
        self.apply_authentication(request)
        request = request.prepare()
        user = f"Authorization: {request.headers['Authorization']}"
        connection = websocket.create_connection(request.url, header=[user], suppress_origin=True)
        print("workshop is up", flush=True)
        return connection


class Workshop:
    """Who talks to whom. Events come one at a time."""

    def __init__(self, client):
        self.client = client
        self.bridges = {}  # id of a channel: its bridge
        self.partners = {}  # id of a channel: the other one
        self.recordings = {}  # name of a recording: the bridge whose it is
        for event, handler in (
            ("StasisStart", self.start),
            ("ChannelDtmfReceived", self.digit),
            ("PlaybackFinished", self.played),
            ("RecordingFinished", self.recorded),
            ("StasisEnd", self.end),
            ("ChannelDestroyed", self.destroyed),
        ):
            client.on_event(event, handler)
        self.waiting = set()
        self.leaving = {}

    def start(self, event):
        channel = self.client.channels.get(channelId=event["channel"]["id"])
        if event["args"][:1] == ["desk"]:
            self.connect(event["args"][1], channel)
            return
        channel.answer()
        self.waiting.add(channel.id)
        channel.play(media="sound:acs/menu")

    def digit(self, event):
        channel = event["channel"]["id"]
        if channel not in self.waiting:
            return
        self.waiting.discard(channel)
        if event["digit"] == "1":
            self.ring(channel)
        elif event["digit"] == "2":
            self.leaving[channel] = f"workshop-word-{channel}"
            self.client.channels.record(
                channelId=channel,
                name=self.leaving[channel],
                format="wav",
                maxDurationSeconds=20,
                terminateOn="#",
                beep=True,
            )
        else:
            self.client.channels.hangup(channelId=channel)

    def ring(self, caller):
        """The desk comes into this application as well, and says for whom."""
        self.client.channels.ring(channelId=caller)
        desk = self.client.channels.originate(
            endpoint=DESK, app=APP, appArgs=f"desk,{caller}", callerId="Workshop line <110>", timeout=15
        )
        self.partners[caller] = desk.id
        self.partners[desk.id] = caller

    def connect(self, caller, desk):
        self.client.channels.ringStop(channelId=caller)
        desk.answer()
        bridge = self.client.bridges.create(type="mixing")
        bridge.addChannel(channel=[caller, desk.id])
        bridge.record(name=f"workshop-{caller}", format="wav")
        self.bridges[caller] = self.bridges[desk.id] = bridge
        self.recordings[f"workshop-{caller}"] = bridge

    def played(self, event):
        if event["playback"]["media_uri"] == "sound:vm-goodbye":
            self.hang_up(event["playback"]["target_uri"].partition(":")[2])

    def recorded(self, event):
        bridge = self.recordings.pop(event["recording"]["name"], None)
        if bridge is not None:
            bridge.destroy()
        for channel, name in list(self.leaving.items()):
            if name == event["recording"]["name"]:
                del self.leaving[channel]
                print(f"a word of {event['recording'].get('duration', '?')} s", flush=True)
                self.attempt(self.client.channels.play, channelId=channel, media="sound:vm-goodbye")

    def end(self, event):
        self.gone(event["channel"]["id"])

    def destroyed(self, event):
        """A desk that does not answer never enters the application."""
        self.gone(event["channel"]["id"])

    def gone(self, channel):
        """The other one hears no more; the recording ends, and with it the bridge."""
        self.waiting.discard(channel)
        self.leaving.pop(channel, None)
        partner = self.partners.pop(channel, None)
        bridge = self.bridges.pop(channel, None)
        if bridge is not None:
            self.bridges.pop(partner, None)
            name = next(name for name, recorded in self.recordings.items() if recorded is bridge)
            self.attempt(self.client.recordings.stop, recordingName=name)
        if partner is not None:
            self.partners.pop(partner, None)
            self.hang_up(partner)

    def hang_up(self, channel):
        self.attempt(self.client.channels.hangup, channelId=channel)

    def attempt(self, operation, **arguments):
        """What is hanging up by itself may be gone already (404)."""
        try:
            operation(**arguments)
        except requests.HTTPError as problem:
            if problem.response.status_code != 404:
                raise


def complain(problem):
    """ari-py logs what a handler raises, if somebody has set up logging: nobody should have to."""
    sys.excepthook(type(problem), problem, problem.__traceback__)


def stop(*_):
    raise SystemExit(0)


def main():
    signal.signal(signal.SIGTERM, stop)
    base = f"http://127.0.0.1:{os.environ['ARI_PORT']}/"
    http = HttpClient()
    http.set_basic_auth("127.0.0.1", os.environ["ARI_USER"], os.environ["ARI_PASSWORD"])
    client = ari.Client(base, http)
    client.exception_handler = complain
    Workshop(client)
    try:
        client.run(apps=APP)
    except (json.JSONDecodeError, websocket.WebSocketException):
        # ari-py's reader takes the end of the connection for an event.
        sys.exit("workshop: Asterisk closed the connection")


if __name__ == "__main__":
    main()
