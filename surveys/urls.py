"""Addresses of surveys."""

from django.urls import path

from . import views

app_name = "surveys"

urlpatterns = [
    path("welcome/", views.onboarding, name="onboarding"),
    path("welcome/skip/", views.skip, name="skip"),
    path("surveys/<slug:slug>/", views.survey, name="survey"),
    path("surveys/<int:pk>/results/", views.results, name="results"),
]
