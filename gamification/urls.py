from django.urls import path

from . import views

app_name = "gamification"
urlpatterns = [path("leaderboard/", views.board, name="board"), path("points/", views.points, name="points")]
