from django.urls import path

from . import views

app_name = "studio"
urlpatterns = [
    path("", views.studio, name="home"),
    path("courses/new/", views.edit_course, name="new"),
    path("courses/<int:pk>/", views.studio_course, name="course"),
    path("courses/<int:pk>/edit/", views.edit_course, name="edit"),
    path("courses/<int:pk>/arrange/", views.arrange, name="arrange"),
    path("courses/<int:pk>/move/", views.move, name="move"),
    path("courses/<int:pk>/publish/", views.publish, name="publish"),
    path("courses/<int:pk>/lessons/new/", views.edit_lesson, name="new-lesson"),
    path("courses/<int:pk>/lessons/<int:lesson_pk>/", views.edit_lesson, name="lesson"),
]
