"""Every address of the site; docs/adr says how they were chosen."""

from django.urls import include, path

from core.web import health, metrics

handler400 = "core.web.errors.bad_request"
handler403 = "core.web.errors.permission_denied"
handler404 = "core.web.errors.page_not_found"
handler500 = "core.web.errors.server_error"

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.show, name="metrics"),
    path("account/", include("allauth.urls")),
    path("text/", include("core.text.urls")),
    path("media/", include("core.media.urls")),
    path("settings/", include("accounts.settings_urls")),
    path("", include("accounts.urls")),
    path("", include("surveys.urls")),
]
