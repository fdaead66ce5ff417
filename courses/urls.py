from django.urls import path

from . import views

app_name = "courses"
urlpatterns = [
    path("courses/", views.catalogue, name="list"),
    path("learning/", views.learning, name="learning"),
    path("figures/<int:pk>-<slug:digest>.svg", views.figure, name="figure"),
    path("courses/<str:slug>/", views.detail, name="detail"),
    path("courses/<str:slug>/begin/", views.begin, name="begin"),
    path("courses/<str:slug>/review/", views.review, name="review"),
    path("courses/<str:slug>/<int:pk>/", views.lesson, name="lesson"),
    path("courses/<str:slug>/<int:pk>/complete/", views.complete, name="complete"),
    path("courses/<str:slug>/<int:pk>/watched/", views.watched, name="watched"),
]
