"""Every address of the site; docs/adr says how they were chosen."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from core.ui.urls import styleguide_urls
from core.web import health, metrics, offline

from . import crawlers, icons, views
from .api import api

handler400 = "core.web.errors.bad_request"
handler403 = "core.web.errors.permission_denied"
handler404 = "core.web.errors.page_not_found"
handler500 = "core.web.errors.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("feed/", views.feed, name="feed"),
    path("me/", views.me, name="me"),
    path("search/", views.search, name="search"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("picture.png", crawlers.school_picture, name="school_picture"),
    path("picture/<slug:kind>/<int:pk>.png", crawlers.picture, name="picture"),
    path("icon/<int:size>.png", icons.icon, name="icon"),
    path("logo.png", icons.logo, name="logo"),
    path("legal/<slug:kind>/", views.legal, name="legal"),
    path("open/", include("community.opening.urls")),
    path("", include("courses.urls")),
    path("studio/", include("courses.studio_urls")),
    path("", include("forum.urls")),
    path("", include("gamification.urls")),
    path("", include("notifications.urls")),
    path("live/", include("core.realtime.urls")),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("", include("payments.urls")),
    path("", include("recsys.urls")),
    path("", include("insights.urls")),
    path("api/", api.urls),
    path("metrics", metrics.show, name="metrics"),
    path("offline/", offline.page, name="offline"),
    path("offline-worker.js", offline.worker, name="offline_worker"),
    path("account/", include("allauth.urls")),
    path("text/", include("core.text.urls")),
    path("media/", include("core.media.urls")),
    path("settings/", include("accounts.settings_urls")),
    path("", include("accounts.urls")),
    path("", include("surveys.urls")),
    path("ui/", include("core.ui.urls")),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
]
if settings.IS_DEMO:
    urlpatterns += [path("styleguide/", include(styleguide_urls)), path("demo/", include("community.demo.urls"))]
