from django.urls import path

from . import views

app_name = "insights"
urlpatterns = [
    path("needs/", views.needs, name="needs"),
    path("needs/file/", views.needs_csv, name="needs-csv"),
]
