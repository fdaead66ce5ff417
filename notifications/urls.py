from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.told, name="list"),
    path("notifications/<int:pk>/", views.follow, name="open"),
    path("notifications/read/", views.read_all, name="read-all"),
    path("settings/notifications/", views.preferences, name="preferences"),
    path("mails/no-digest/<str:token>/", views.no_digest, name="no-digest"),
]
