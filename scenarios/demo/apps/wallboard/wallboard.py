#!/usr/bin/python3
"""The wallboard in the sales office, and the click-to-call of the order desk. Talks AMI through panoramisk.

Prints how many customers wait in the sales queue whenever that changes, and rings a desk when the order desk's
program asks for it: UserEvent(ClickToCall) with Desk and Number.
"""

import asyncio
import os
import signal

from panoramisk import Manager

QUEUE = "sales"


class Wallboard:
    def __init__(self, manager):
        self.manager = manager
        self.asking = asyncio.Lock()
        manager.register_event("QueueCallerJoin", self.queue_changed)
        manager.register_event("QueueCallerLeave", self.queue_changed)
        manager.register_event("UserEvent", self.user_event)
        manager.register_event("OriginateResponse", self.originated)

    async def start(self):
        await self.manager.connect()
        await self.manager.authenticated_future
        if not self.manager.authenticated:
            raise SystemExit("Asterisk refuses the wallboard's log-in")
        await self.show_queue()
        print("wallboard is up", flush=True)

    async def queue_changed(self, _manager, event):
        if event.queue == QUEUE:
            await self.show_queue()

    async def show_queue(self):
        """QueueSummary is a list: the response, an event for the queue, and the end."""
        async with self.asking:
            answers = await self.manager.send_action({"Action": "QueueSummary", "Queue": QUEUE})
        for answer in answers:
            if answer.event == "QueueSummary":
                print(f"{answer.queue}: {answer.callers} waiting, {answer.available} available", flush=True)

    async def user_event(self, _manager, event):
        if event.userevent != "ClickToCall":
            return
        answer = await self.manager.send_action(
            {
                "Action": "Originate",
                "Channel": f"PJSIP/{event.desk}",
                "Context": "from-internal",
                "Exten": event.number,
                "Priority": "1",
                "CallerID": f"Click to call <{event.number}>",
                "Timeout": "15000",
                "Async": "true",
            }
        )
        print(f"{event.desk} calls {event.number}: {answer.response}", flush=True)

    def originated(self, _manager, event):
        print(f"originate: {event.response}", flush=True)


async def main():
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    manager = Manager(
        loop=loop,
        host="127.0.0.1",
        port=int(os.environ["AMI_PORT"]),
        username=os.environ["AMI_USER"],
        secret=os.environ["AMI_SECRET"],
    )
    await Wallboard(manager).start()
    await ended.wait()
    manager.close()


if __name__ == "__main__":
    asyncio.run(main())
