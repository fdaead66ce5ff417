"""The addresses of the first run."""

from django.urls import path

from . import views

app_name = "opening"
urlpatterns = [
    path("", views.checklist, name="checklist"),
    path("<str:token>/", views.begin, name="begin"),
]
