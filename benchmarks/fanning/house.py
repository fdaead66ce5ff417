"""Two applications side by side: at ``/bare/`` what channels_redis gives by itself, at ``/live/`` ours."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

from community.asgi import application as ours
from core.realtime import guarding

GROUP = "bare.room"


@guarding.guards("bench")
def _open_to_everybody(viewer: Any, ident: int) -> bool:
    return True


class Bare(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Hands on the text of each message of one group."""

    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def bare_message(self, event: dict[str, Any]) -> None:
        await self.send(event["text"])


bare = ProtocolTypeRouter({"websocket": URLRouter([path("bare/", Bare.as_asgi())])})


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Give each path to its application."""
    is_bare = scope["type"] == "websocket" and scope["path"] == "/bare/"
    await (bare if is_bare else ours)(scope, receive, send)
