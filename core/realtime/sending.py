"""Writing to streams, and waking whoever listens."""

import threading
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import translation

from core.web.breaker import Breaker

from .models import Message

_breaker = Breaker("live", url=lambda: settings.CHANNELS_URL)
_pending = threading.local()


def send(
    *, stream: str, action: str, template: str = "", context: dict[str, Any] | None = None, target: str = ""
) -> None:
    """
    Say something in ``stream``, as part of the caller's transaction.

    ``action`` is what a page does with it: ``append``, ``prepend``, ``replace`` or ``remove`` the element with the id
    ``target``, ``toast``, or any word that an element of the page listens for. The template is rendered once per
    language and must hold nothing personal, since everyone who listens gets the same.

    :raises RuntimeError: outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A live message is sent in the transaction that makes it true.")
    html = {code: _render(template, context or {}, code) for code, _ in settings.LANGUAGES} if template else {}
    message = Message.objects.create(stream=stream, action=action, target=target, html=html)
    transaction.on_commit(lambda: _fan_out(message.pk))


def recheck(*, user_id: int, why: str = "rights") -> None:
    """After the commit, let every socket of the user ask again what it may hear; ``why="logout"`` closes those logged out."""
    transaction.on_commit(lambda: publish(user_group(user_id), {"type": "control.check", "why": why}))


def user_group(user_id: int) -> str:
    """The control group of a user's sockets."""
    return f"control.{user_id}"


def stream_group(stream: str) -> str:
    """The group of everyone who listens to ``stream``."""
    return "stream." + stream.replace(":", ".")


def publish(group: str, message: dict[str, Any]) -> None:
    """
    Hand ``message`` to a group, giving up within 100 ms.

    The channel layer's own ``group_send`` would need an event loop per thread; from synchronous code it is one PUBLISH of
    the same bytes to the same name.
    """
    layer = get_channel_layer()
    prefix = settings.CHANNEL_PREFIX
    with _breaker as broker:
        if broker is not None:
            broker.publish(f"{prefix}__group__{group}", layer.serialize(message))


def as_event(message: Message) -> dict[str, Any]:
    """``message`` as it travels to the consumers."""
    return {
        "type": "stream.message", "stream": message.stream, "seq": message.seq,
        "action": message.action, "target": message.target, "html": message.html,
    }  # fmt: skip


def _render(template: str, context: dict[str, Any], language: str) -> str:
    with translation.override(language):
        return render_to_string(template, context).strip()


def _fan_out(pk: int) -> None:
    message = Message.objects.filter(pk=pk).first()
    if message is not None:
        publish(stream_group(message.stream), as_event(message))
