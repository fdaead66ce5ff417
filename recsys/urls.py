from django.urls import path

from . import views

app_name = "recsys"
urlpatterns = [
    path("feed/dismiss/<str:item>/<slug:reason>/", views.dismiss, name="dismiss"),
    path("feed/undo/<str:item>/", views.undo, name="undo"),
]
