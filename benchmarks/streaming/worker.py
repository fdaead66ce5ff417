"""
A real Celery worker whose only listener is ``gamification.points``; started as ``celery -A benchmarks.streaming.worker worker``.

What is measured is the stream and one listener, so the others do not read beside it.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")

import django

django.setup()

from community.celery import app  # noqa: F401
from core.events.listening import Listener

LISTENER = "gamification.points"

for name in [name for name in Listener.known if name != LISTENER]:
    del Listener.known[name]
