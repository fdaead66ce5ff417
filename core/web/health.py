"""Whether this process lives, and whether it can serve."""

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from .breaker import UNREACHABLE


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """What this process leans on: the database must answer; without Redis the site works on, slower, and says so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"database": "ok", "redis": "ok" if _redis_answers() else "unreachable"})


def _redis_answers() -> bool:
    import redis
    from django.conf import settings

    try:
        return bool(redis.Redis.from_url(settings.CACHE_URL, socket_timeout=0.1, socket_connect_timeout=0.1).ping())
    except UNREACHABLE:
        return False
