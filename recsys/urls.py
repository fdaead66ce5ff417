from django.urls import path

from . import views

app_name = "recsys"
urlpatterns = [
    path("feed/dismiss/<str:item>/<slug:reason>/", views.dismiss, name="dismiss"),
    path("feed/undo/<str:item>/", views.undo, name="undo"),
    path("feed/why/<str:item>/", views.why, name="why"),
    path("related/<str:item>/", views.related, name="related"),
    path("answerable/", views.answerable, name="answerable"),
    path("settings/interests/", views.interests, name="interests"),
    path("settings/interests/add/", views.add, name="add"),
    path("settings/interests/<slug:slug>/forget/", views.take_back_wish, name="take_back_wish"),
    path("settings/interests/<slug:slug>/<slug:wish>/", views.wish, name="wish"),
]
