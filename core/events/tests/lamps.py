"""A small world to tell facts about, and what is done in it, here or in a process of its own (``beside``)."""

import os
import signal
from pathlib import Path

from django.db import transaction

from core import events
from core.events import operations, outbox
from core.events.facts import Code
from core.events.listening import Listener
from core.events.models import Cursor


class LampLit(events.Fact):
    lamp_id: int
    color: Code = Code("white")


class LampSeen(events.Fact):
    lamp_id: int


def light(*lamps):
    with transaction.atomic():
        events.publish_all([LampLit(lamp_id=lamp) for lamp in lamps])


def watcher(*, dies_at=None):
    """A listener that writes down each lamp it sees; it may be killed at one of them, without any chance to tidy up."""
    listener = Listener("tests.watcher", resets=None)

    @listener(LampLit)
    def see(fact):
        if fact.lamp_id == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        with transaction.atomic():
            events.publish(LampSeen(lamp_id=fact.lamp_id))

    return listener


def without_one_transaction():
    """Let each effect be committed by itself and the cursor move afterwards: what the house does not do."""
    operations._consume = operations._consume.__wrapped__
    operations._lock = lambda listener: Cursor.objects.get(pk=listener.name)


def deliver_into(file, *, dies_at=None):
    """Deliver messages by writing their keys to ``file``, outside the database as a mail server is."""

    @outbox.delivers("tests.letter", called="Letter")
    def write(message):
        with Path(file).open("a") as letters:
            letters.write(f"{message.key}\n")
        if message.key == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)


def main(act, *given):
    if act == "watch":
        operations.consume(listener=watcher(dies_at=int(given[0])))
    elif act == "watch-loosely":
        without_one_transaction()
        operations.consume(listener=watcher(dies_at=int(given[0])))
    elif act == "relay":
        deliver_into(given[0], dies_at=given[1])
        outbox.relay()
