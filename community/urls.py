"""Every address of the site; docs/adr says how they were chosen."""

from django.urls import include, path

from core.web import health

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("account/", include("allauth.urls")),
    path("text/", include("core.text.urls")),
    path("settings/", include("accounts.settings_urls")),
    path("", include("accounts.urls")),
    path("", include("surveys.urls")),
]
