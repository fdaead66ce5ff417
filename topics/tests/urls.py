"""The desk at an address of its own, so that the test leans on no roof."""

from django.contrib import admin
from django.urls import include, path

import topics.admin  # noqa: F401 - hangs its page into the desk

urlpatterns = [path("tests-desk/", admin.site.urls), path("", include("community.urls"))]
