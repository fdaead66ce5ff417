"""Addresses of surveys."""

from django.urls import path

from . import views

app_name = "surveys"

urlpatterns = [
    path("welcome/", views.onboarding, name="onboarding"),
    path("welcome/skip/", views.skip, name="skip"),
    path("surveys/", views.surveys, name="list"),
    path("surveys/new/", views.begin, name="begin"),
    path("surveys/<int:pk>/", views.build, name="build"),
    path("surveys/<int:pk>/questions/new/", views.add_question, name="add-question"),
    path("surveys/<int:pk>/questions/<int:question_pk>/", views.question, name="question"),
    path("surveys/<int:pk>/questions/<int:question_pk>/remove/", views.remove, name="remove"),
    path("surveys/<int:pk>/act/<slug:act>/", views.move_on, name="move-on"),
    path("surveys/<int:pk>/results/", views.results, name="results"),
    path("surveys/<int:pk>/results/file/", views.results_csv, name="results-csv"),
    path("surveys/<int:pk>/thanks/", views.thanks, name="thanks"),
    path("surveys/<slug:slug>/", views.survey, name="survey"),
]
