"""
The live process of these tests: the real application, with rooms to listen to and with less patience.

``room:2`` is open to everybody, ``room:1`` to staff only, ``hall:1`` to who holds its key.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")

from community.asgi import application  # noqa: F401
from core.audience import keys_of
from core.realtime import consumers, guarding

consumers.SLOW_SECONDS = 2.0
consumers.IDLE_SECONDS = 8.0


@guarding.guards("room")
def _only_staff_in_odd_rooms(viewer, ident):
    return ident % 2 == 0 or viewer.is_staff


@guarding.guards("hall")
def _by_key(viewer, ident):
    return f"hall:{ident}" in keys_of(viewer)
