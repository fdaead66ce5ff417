"""Reports of browsers about what our content policy kept them from."""

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from . import limits, metrics

logger = logging.getLogger(__name__)
LARGEST = 16_384
LONGEST = 200


def take(request: HttpRequest) -> HttpResponse:
    """Log one report, without query strings, in which secrets of members may stand; always answer 204."""
    is_report = request.method == "POST" and int(request.META.get("CONTENT_LENGTH") or 0) <= LARGEST
    if is_report and limits.allow(scope="csp report", key=limits.by_address(request), rate="30/m"):
        _log(request.read(LARGEST))
    return HttpResponse(status=204)


def _log(body: bytes) -> None:
    try:
        report = json.loads(body)["csp-report"]
        shown = {name: _short(report.get(name, "")) for name in ("document-uri", "blocked-uri", "effective-directive")}
    except (ValueError, KeyError, TypeError, AttributeError):
        return  # anybody may send anything here
    metrics.POLICY_REPORTS.inc()
    logger.warning("content policy: %s", shown)


def _short(value: Any) -> str:
    parts = urlsplit(str(value)[:2_000])
    return f"{parts.scheme}://{parts.netloc}{parts.path}"[:LONGEST] if parts.netloc else str(value)[:LONGEST]
