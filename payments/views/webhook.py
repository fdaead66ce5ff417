"""Where providers tell us what happened; the only place without CSRF protection, since a signature stands in for it."""

import logging

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments import operations, providers

logger = logging.getLogger(__name__)

_QUIET_SECONDS = 60


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Keep the message if its signature is the provider's; the rest is done from the table."""
    try:
        answer = operations.receive(provider=provider, headers=request.headers, body=request.body)
    except providers.NotConfigured:
        return HttpResponse(status=503)
    except (providers.Forged, providers.NotUnderstood) as refused:
        _log_now_and_then(provider, refused)
        return HttpResponse(status=400)
    return HttpResponse(answer, content_type="text/plain")


def _log_now_and_then(provider: str, refused: Exception) -> None:
    # Anybody can send nonsense; they must not be able to fill the log with it.
    if cache.add(f"payments:refused:{provider}", 1, _QUIET_SECONDS):
        logger.warning("a message for %s was refused: %s", provider, refused)
