"""Where providers tell us what happened; the only place without CSRF protection, since a signature stands in for it."""

import logging
import threading

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments import operations, providers

logger = logging.getLogger(__name__)

_QUIET_SECONDS = 60

# A provider that is slow to answer when it is asked must not keep the threads that pages need; what finds no hand free is for the workers.
_HANDS = threading.BoundedSemaphore(3)


class Acknowledgment(HttpResponse):
    """Our answer, after which the message is worked off: its sender waits no longer, and its buyer for no worker."""

    def __init__(self, answer: str, *, event_id: int) -> None:
        super().__init__(answer, content_type="text/plain")
        self._event_id = event_id

    def close(self) -> None:
        """Called by the server once the answer has left."""
        try:
            _work_off(self._event_id)
        finally:
            super().close()


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Keep the message if its signature is the provider's; the rest is done from the table."""
    try:
        received = operations.receive(provider=provider, headers=request.headers, body=request.body)
    except providers.NotConfigured:
        return HttpResponse(status=503)
    except (providers.Forged, providers.NotUnderstood) as refused:
        _log_now_and_then(provider, refused)
        return HttpResponse(status=400)
    return Acknowledgment(received.answer, event_id=received.event_id)


def _work_off(event_id: int) -> None:
    if _HANDS.acquire(blocking=False):
        try:
            operations.work_off_at_once(event_id=event_id)
        finally:
            _HANDS.release()


def _log_now_and_then(provider: str, refused: Exception) -> None:
    # Anybody can send nonsense; they must not be able to fill the log with it.
    if cache.add(f"payments:refused:{provider}", 1, _QUIET_SECONDS):
        logger.warning("a message for %s was refused: %s", provider, refused)
