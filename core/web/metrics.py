"""Figures for Prometheus: requests by view, and what waits in the database."""

import hmac
import os
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import REGISTRY, Collector

from core.events.models import DeadLetter, OutboxMessage

from .addresses import client_address, is_loopback

REQUESTS = Counter("lyceum_requests", "Requests answered", ["method", "view", "status"])
SECONDS = Histogram(
    "lyceum_request_seconds", "Seconds per request", ["view"], buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5)
)
POLICY_REPORTS = Counter("lyceum_policy_reports", "Reports of browsers about the content policy")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count(request: HttpRequest, response: HttpResponse, *, seconds: float) -> None:
    """Count one answered request; views by name only, so that nobody can invent new rows."""
    view = request.resolver_match.view_name if request.resolver_match else "none"
    method = str(request.method) if request.method in _METHODS else "other"
    REQUESTS.labels(method, view, str(response.status_code)).inc()
    SECONDS.labels(view).observe(seconds)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """
    The figures, for this machine or who shows ``METRICS_TOKEN``; for everybody else there is nothing here.

    Several processes share their figures where ``PROMETHEUS_MULTIPROC_DIR`` names a folder that is empty at the start.
    """
    if not _may_read(request):
        raise Http404
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        figures = generate_latest(registry)
    else:
        figures = generate_latest(REGISTRY)
    waiting = CollectorRegistry()
    waiting.register(_Waiting())
    return HttpResponse(figures + generate_latest(waiting), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    offered = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and hmac.compare_digest(offered.encode(), settings.METRICS_TOKEN.encode()):
        return True
    # A proxy on this machine makes everybody look local, so a request that came through one is not.
    return is_loopback(client_address(request)) and "X-Forwarded-For" not in request.headers


class _Waiting(Collector):
    """What the database knows: read when it is asked for, left out while the database is gone."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges."""
        try:
            waiting = OutboxMessage.objects.filter(done_at=None, dead_at=None).aggregate(
                count=Count("pk"), oldest=Min("created_at")
            )
            dead = OutboxMessage.objects.filter(dead_at__isnull=False, done_at=None).count()
            letters = DeadLetter.objects.filter(resolved_at=None).count()
        except DatabaseError:
            yield GaugeMetricFamily("lyceum_database_up", "Whether the database answers", 0)
            return
        age = (timezone.now() - waiting["oldest"]).total_seconds() if waiting["oldest"] else 0
        yield GaugeMetricFamily("lyceum_database_up", "Whether the database answers", 1)
        yield GaugeMetricFamily("lyceum_outbox_waiting", "Messages that wait to be sent", waiting["count"])
        yield GaugeMetricFamily("lyceum_outbox_oldest_seconds", "Age of the oldest of them", age)
        yield GaugeMetricFamily("lyceum_outbox_dead", "Messages that were given up", dead)
        yield GaugeMetricFamily("lyceum_dead_letters", "Facts that a listener could not take", letters)
