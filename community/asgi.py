"""The websocket over ASGI; pages are served by ``community.wsgi``, in processes of their own."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")
os.environ["CONN_MAX_AGE"] = "0"  # under ASGI a kept connection outlives its thread

django_application = get_asgi_application()

from core.realtime.consumers import LiveConsumer  # noqa: E402
from core.realtime.handshake import Handshake  # noqa: E402

application = ProtocolTypeRouter({
    "http": django_application,
    "websocket": Handshake(URLRouter([path("live/", LiveConsumer.as_asgi())])),
})  # fmt: skip
