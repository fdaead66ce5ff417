"""The page that ours are measured against: sessions, log-in and one SELECT of 25 rows, by the same template engine."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from forum.models import Thread

ROWS = 25


def page(request: HttpRequest) -> HttpResponse:
    """Twenty-five titles, and who asks."""
    rows = Thread.objects.order_by("-last_post_at", "-pk").values("pk", "title", "reply_count", "last_post_at")[:ROWS]
    return render(request, "bare.html", {"rows": rows})


urlpatterns = [path("bare/", page)]
