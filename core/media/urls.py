from django.urls import path

from . import views

app_name = "media"
urlpatterns = [
    path("of/<str:key>/", views.of, name="of"),
    path("open/<str:key>/", views.shared, name="open"),
    path("upload/<slug:purpose>/", views.upload, name="upload"),
    path("<str:token>/", views.signed, name="signed"),
]
