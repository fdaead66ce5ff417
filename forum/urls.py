from django.urls import path

from . import views

app_name = "forum"
urlpatterns = [
    path("community/", views.community, name="list"),
    path("community/ask/", views.ask, name="ask"),
    path("community/start/", views.start, name="start"),
    path("community/similar/", views.similar, name="similar"),
    path("community/preview/", views.preview, name="preview"),
    path("groups/", views.groups, name="groups"),
    path("groups/<str:slug>/", views.group, name="group"),
    path("groups/<str:slug>/invite/", views.invite, name="invite"),
    path("groups/<str:slug>/requests/<int:pk>/", views.answer_request, name="answer-request"),
    path("groups/<str:slug>/members/<slug:username>/", views.keep_member, name="keep-member"),
    path("groups/<str:slug>/<slug:name>/", views.act_in_group, name="act-in-group"),
    path("t/<int:pk>/write/", views.write, name="write"),
    path("t/<int:pk>-<str:slug>/", views.thread, name="thread"),
    path("t/<int:pk>/", views.thread, name="short"),
    path("posts/<int:pk>/vote/", views.vote, name="vote"),
    path("posts/<int:pk>/accept/", views.accept, name="accept"),
    path("posts/<int:pk>/edit/", views.edit, name="edit"),
    path("posts/<int:pk>/report/", views.flag, name="flag"),
]
