"""Writing to streams, and waking whoever listens."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import translation

from core.events.columns import columns_of
from core.web.breaker import Breaker

from .models import Message

CHECK = "check"
"""The action that lets those who listen ask again what they may hear; a page does nothing with it."""

_breaker = Breaker("live", url=lambda: settings.CHANNELS_URL)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message to be sent: in which stream, what a page does with it, and to which element; ``html`` by language."""

    stream: str
    action: str
    target: str = ""
    html: Mapping[str, str] = field(default_factory=dict)


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
    html = in_every_language(template, context) if template else {}
    send_many([Said(stream=stream, action=action, target=target, html=html)])


def send_many(said: Sequence[Said]) -> None:
    """
    Say many things at once, in the order given: one statement, and one word to the broker after the commit.

    :raises RuntimeError: outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A live message is sent in the transaction that makes it true.")
    if pks := _store(said):
        streams = {one.stream for one in said}
        transaction.on_commit(lambda: _fan_out(pks, streams))


def in_every_language(template: str, context: Mapping[str, Any] | None = None) -> dict[str, str]:
    """``template`` rendered once for each language that the site speaks."""
    return {code: _render(template, dict(context or {}), code) for code, _ in settings.LANGUAGES}


def recheck(*, user_id: int) -> None:
    """
    Let every socket of the user ask again who this is and what they may hear, within seconds of the commit.

    It is a message like others, with a number of its own, so that one that the broker loses is found by the watch.
    """
    recheck_streams(streams=[control_stream(user_id)])


def recheck_members(*, user_ids: Iterable[int]) -> None:
    """Do what ``recheck`` does for many at once: what all of them hold has changed."""
    recheck_streams(streams=[control_stream(pk) for pk in user_ids])


@transaction.atomic
def recheck_streams(*, streams: Iterable[str]) -> None:
    """Let whoever listens to one of ``streams``, guests too, ask again whether they may: it is open to others now."""
    send_many([Said(stream=stream, action=CHECK) for stream in streams])


def control_stream(user_id: int) -> str:
    """The stream of what a user's sockets are told among themselves; no page can listen to it."""
    return f"control:{user_id}"


def stream_group(stream: str) -> str:
    """The group of everyone who listens to ``stream``."""
    return "stream." + stream.replace(":", ".")


def as_event(message: Message) -> dict[str, Any]:
    """``message`` as it travels to the consumers."""
    return {
        "type": "stream.message", "stream": message.stream, "seq": message.seq,
        "action": message.action, "target": message.target, "html": message.html,
    }  # fmt: skip


def _store(said: Sequence[Said]) -> list[int]:
    # One row for all of it, which the commit turns into messages. A model for each message would cost as much as its row.
    if not said:
        return []
    # Most who say many things say the same to many.
    htmls = {id(one.html): json.dumps(dict(one.html)) for one in {id(one.html): one for one in said}.values()}
    rows = [(one.stream, one.action, one.target, htmls[id(one.html)]) for one in said]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO realtime_said (ids, streams, actions, targets, htmls) SELECT "
            "ARRAY (SELECT nextval(pg_get_serial_sequence('realtime_message', 'id')) FROM generate_series(1, %s)), "
            "%s::text[], %s::text[], %s::text[], %s::jsonb[] RETURNING ids",
            [len(rows), *columns_of(rows)],
        )
        pks: list[int] = cursor.fetchone()[0]
    return pks


def _render(template: str, context: dict[str, Any], language: str) -> str:
    with translation.override(language):
        return render_to_string(template, context).strip()


def _fan_out(pks: Sequence[int], streams: set[str]) -> None:
    """
    Hand messages to those who listen, giving up within 100 ms.

    The channel layer's own ``group_send`` would need an event loop per thread; from synchronous code it is one PUBLISH of
    the same bytes to the same name. Most members are not there: what nobody hears is not even read.
    """
    with _breaker as broker:
        if broker is not None and (heard := _heard(broker, streams)):
            _publish(broker, Message.objects.filter(pk__in=pks, stream__in=heard).order_by("pk"))


def _heard(broker: Any, streams: set[str]) -> list[str]:
    """The ones of ``streams`` that somebody listens to; who comes a moment later finds the message in its table."""
    names = sorted(streams)
    listening = broker.pubsub_numsub(*(_channel(name) for name in names))
    return [name for name, (_channel_name, count) in zip(names, listening, strict=True) if count]


def _publish(broker: Any, messages: Iterable[Message]) -> None:
    layer = get_channel_layer()
    pipe = broker.pipeline(transaction=False)
    for message in messages:
        pipe.publish(_channel(message.stream), layer.serialize(as_event(message)))
    pipe.execute()


def _channel(stream: str) -> str:
    return f"{settings.CHANNEL_PREFIX}__group__{stream_group(stream)}"
