"""Sending bytes: by the front server where there is one, else in portions, in ranges when asked."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from .models import Asset
from .sniffing import INLINE

PORTION = 65_536
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")

PRIVATE = "private, no-store"
LASTING = "public, max-age=31536000, immutable"


def send(request: HttpRequest, asset: Asset, *, caching: str) -> HttpResponseBase:
    """The bytes of ``asset`` for ``request``; whoever calls has asked whether they may."""
    response = _by_front_server(asset) if settings.ACCEL_PREFIX else _by_ourselves(request, asset)
    for name, value in _headers(asset, caching).items():
        response.headers[name] = value
    return response


def _headers(asset: Asset, caching: str) -> dict[str, str]:
    shown = "inline" if asset.content_type in INLINE else "attachment"
    name = asset.original_name or asset.stored_name.rsplit("/", 1)[-1]
    headers = {
        "Content-Type": "text/vtt; charset=utf-8" if asset.content_type == "text/vtt" else asset.content_type,
        "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": caching,
        "ETag": f'"{asset.digest[:32]}"',
        "Accept-Ranges": "bytes",
        "Cross-Origin-Resource-Policy": "cross-origin" if settings.MEDIA_ORIGIN else "same-origin",
    }
    if settings.MEDIA_ORIGIN:
        # Captions are only shown when the page's origin is named.
        headers["Access-Control-Allow-Origin"] = settings.SITE_URL
    return headers


def _by_front_server(asset: Asset) -> HttpResponse:
    response = HttpResponse()
    response.headers["X-Accel-Redirect"] = f"{settings.ACCEL_PREFIX.rstrip('/')}/{quote(asset.stored_name)}"
    return response


def _by_ourselves(request: HttpRequest, asset: Asset) -> HttpResponseBase:
    if request.headers.get("If-None-Match") == f'"{asset.digest[:32]}"':
        return HttpResponse(status=304)
    wanted = request.headers.get("Range", "")
    still_the_same = request.headers.get("If-Range") in {None, f'"{asset.digest[:32]}"'}
    found = _RANGE.fullmatch(wanted.strip()) if still_the_same else None
    if found is None or found.groups() == ("", ""):
        # No range, several, or one of another unit: all of it is a right answer to each.
        response: HttpResponseBase = FileResponse(asset.open()) if request.method != "HEAD" else HttpResponse()
        response.headers["Content-Length"] = str(asset.size)
        return response
    return _part(request, asset, *_ends(found[1], found[2], asset.size))


def _ends(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last) if last else size - 1, size - 1)


def _part(request: HttpRequest, asset: Asset, first: int, last: int) -> HttpResponseBase:
    if first > last or first >= asset.size:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{asset.size}"})
    response: HttpResponseBase = HttpResponse(status=206)
    if request.method != "HEAD":
        file = asset.open()
        response = StreamingHttpResponse(_portions(file, first, last), status=206)
        response._resource_closers.append(file.close)  # type: ignore[attr-defined]  # noqa: SLF001 - as FileResponse does, so that a client that leaves closes it
    response.headers["Content-Range"] = f"bytes {first}-{last}/{asset.size}"
    response.headers["Content-Length"] = str(last - first + 1)
    return response


def _portions(file: Any, first: int, last: int) -> Iterator[bytes]:
    file.seek(first)
    left = last - first + 1
    while left > 0 and (portion := file.read(min(PORTION, left))):
        left -= len(portion)
        yield portion
