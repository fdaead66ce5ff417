"""Addresses of the design system: two switches for everybody; ``styleguide_urls`` is for debug and demo settings."""

from django.urls import path

from core.ui import views

app_name = "ui"

urlpatterns = [
    path("theme/", views.set_theme, name="theme"),
    path("language/", views.set_language, name="language"),
]

styleguide_urls = (
    [
        path("", views.styleguide, name="components"),
        path("mail/", views.sample_mail, name="mail"),
        path("pages/<slug:name>/", views.reference_page, name="page"),
    ],
    "styleguide",
)
