"""The demo's own addresses; ``community.urls`` includes them in demo settings only."""

from django.urls import path

from . import troubles, views

app_name = "demo"
urlpatterns = [
    path("enter/", views.enter, name="enter"),
    path("mailbox/", views.read_mail, name="mailbox"),
    path("mailbox/<slug:mail>/<int:place>/", views.enclosed, name="enclosed"),
    path("trouble/<slug:name>/", troubles.show, name="trouble"),
]
