"""
Facts, in one durable stream, and the outbox through which effects leave the database.

Owns facts, cursors, dead letters and the outbox.
Publishes what others hand to ``publish``.
Listens to nothing.
"""

from .facts import Code, Fact
from .listening import Listener, listener
from .publishing import Dated, publish, publish_all, publish_many_at

__all__ = ["Code", "Dated", "Fact", "Listener", "listener", "publish", "publish_all", "publish_many_at"]
