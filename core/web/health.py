"""Whether this process lives, and whether it can serve."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from .breaker import UNREACHABLE, client


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """What this process leans on: the database must answer; without Redis the site works on, slower, and says so."""
    is_ready = _database_answers()
    said = {"database": "ok" if is_ready else "unreachable", "redis": "ok" if _redis_answers() else "unreachable"}
    return JsonResponse(said, status=200 if is_ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_answers() -> bool:
    try:
        return bool(client(settings.CACHE_URL).ping())
    except UNREACHABLE:
        return False
