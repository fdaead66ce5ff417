"""Addresses of the settings; other rooms add theirs in the roof's urls."""

from django.urls import path

from accounts.views import settings

app_name = "settings"

urlpatterns = [
    path("", settings.index, name="index"),
    path("profile/", settings.profile, name="profile"),
    path("security/", settings.security, name="security"),
    path("security/sessions/<int:pk>/end/", settings.end_session, name="end_session"),
    path("preferences/", settings.preferences, name="preferences"),
    path("privacy/", settings.privacy, name="privacy"),
]
