"""How many messages each mailbox has: the table of mailboxes tells of the new ones only."""

from __future__ import annotations

from harness.ask.over_ami import AmiAsk
from harness.facts.inventory import Section

__all__ = ["count_messages"]

_COUNTS = {"UrgMessages": "urgent messages", "NewMessages": "new messages", "OldMessages": "old messages"}


async def count_messages(ask: AmiAsk, mailboxes: Section) -> Section:
    """The mailboxes with their counts, as manager users are told them; OSError when AMI does not answer."""
    names = tuple(mailboxes.items)
    answers = await ask.actions([{"Action": "MailboxCount", "Mailbox": name} for name in names]) if names else ()
    items = dict(mailboxes.items)
    for name, answer in zip(names, answers, strict=True):
        headers = dict(answer[0]) if answer else {}
        counts = {ours: headers[header].strip() for header, ours in _COUNTS.items() if header in headers}
        items[name] = {**items[name], **counts}
    return Section(items, mailboxes.places, mailboxes.problem)
