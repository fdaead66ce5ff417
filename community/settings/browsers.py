"""What a browser is told and may keep: sessions, cookies, headers, the one websocket."""

from .ground import IS_PRODUCTION, SITE_URL, TRUSTED_PROXIES, env

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.web.errors.csrf_failure"
if IS_PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION

SECURE_SSL_REDIRECT = IS_PRODUCTION and env.flag("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 63_072_000 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_PRODUCTION
# Once in the browsers' own lists a name cannot be taken out for months: that is for the owner to want, not for us.
SECURE_HSTS_PRELOAD = IS_PRODUCTION and env.flag("HSTS_PRELOAD")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Where the browser opens its one websocket: on the page's own origin in production, on a port of its own otherwise.
LIVE_PORT = env.number("LIVE_PORT", 0)
LIVE_ORIGINS = env.words("LIVE_ORIGINS", SITE_URL)
SILENCED_SYSTEM_CHECKS = [] if SECURE_HSTS_PRELOAD else ["security.W021"]
