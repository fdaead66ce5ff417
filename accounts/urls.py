"""Addresses of members; those of the settings stand in ``settings_urls``."""

from django.urls import path

from accounts.views import members, preferences

app_name = "accounts"

urlpatterns = [
    path("preferences/", preferences.change, name="preferences"),
    path("members/<slug:username>/", members.profile, name="profile"),
    path("members/<slug:username>/<slug:name>/", members.act, name="act"),
]
