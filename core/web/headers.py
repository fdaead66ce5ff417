"""The headers that every response carries, the content security policy among them: strict, with exact origins."""

from functools import cache

from django.conf import settings

REPORT_PATH = "/csp-report"


@cache
def policy(*, form_actions: tuple[str, ...] = ()) -> str:
    """The policy of a page; ``form_actions`` are further exact origins that its forms may lead to, as at a checkout."""
    media = settings.MEDIA_ORIGIN
    directives = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *_import_map_hash()],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:", media],
        "media-src": ["'self'", media],
        "connect-src": ["'self'", *live_origins()],
        "form-action": ["'self'", *form_actions],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "report-uri": [REPORT_PATH],
    }
    return "; ".join(f"{name} {' '.join(filter(None, values))}" for name, values in directives.items())


def always() -> dict[str, str]:
    """The headers that a response carries unless its view has set them."""
    return {
        "Content-Security-Policy": policy(),
        "Permissions-Policy": "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    }


def live_origins() -> list[str]:
    """Where a page may open its websocket besides its own origin."""
    if not settings.LIVE_PORT:
        return []
    return [f"ws://{host}:{settings.LIVE_PORT}" for host in ("localhost", "127.0.0.1")]


def _import_map_hash() -> list[str]:
    from core.ui.importmap import import_map_hash

    return [f"'sha256-{import_map_hash()}'"]
