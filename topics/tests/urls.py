"""A desk with this room's page only, so that the test leans neither on the roof nor on who may open the real one."""

from django.contrib.admin import AdminSite
from django.urls import include, path

from topics.admin import TopicAdmin
from topics.models import Topic

desk = AdminSite()
desk.register(Topic, TopicAdmin)
urlpatterns = [path("tests-desk/", desk.urls), path("i18n/", include("django.conf.urls.i18n"))]
