"""Addresses of the settings; other rooms add theirs in the roof's urls."""

from django.urls import path

from accounts.views import data, settings, tokens

app_name = "settings"

urlpatterns = [
    path("", settings.index, name="index"),
    path("profile/", settings.profile, name="profile"),
    path("profile/picture/", settings.face, name="face"),
    path("profile/picture/remove/", settings.remove_face, name="remove_face"),
    path("security/", settings.security, name="security"),
    path("security/sessions/<int:pk>/end/", settings.end_session, name="end_session"),
    path("preferences/", settings.preferences, name="preferences"),
    path("data/", data.page, name="data"),
    path("data/copy/", data.ask_for_copy, name="ask_for_copy"),
    path("data/copy/<int:pk>/", data.copy, name="copy"),
    path("data/leave/", data.leave, name="leave"),
    path("data/stay/", data.stay, name="stay"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/end/", tokens.end_token, name="end_token"),
    path("privacy/", settings.privacy, name="privacy"),
]
