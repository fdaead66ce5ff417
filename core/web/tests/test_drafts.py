"""A draft is forgotten once the server has taken what was written, and not before."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client
from django.urls import include, path

NAME = "mf3k2-0a9b8c7d6e"


def take(request):
    return HttpResponseRedirect("/courses/")


def show_again(request):
    return HttpResponse("the form", status=200)


def find_fault(request):
    return HttpResponse("the form", status=422)


def refuse(request):
    raise PermissionDenied


def send_to_the_entrance(request):
    return HttpResponseRedirect("/account/login/?next=/taken/")


def send_to_show_who_one_is(request):
    return HttpResponseRedirect("/account/reauthenticate/?next=/taken/")


def fail(request):
    raise RuntimeError


urlpatterns = [
    path("taken/", take),
    path("again/", show_again),
    path("fault/", find_fault),
    path("refused/", refuse),
    path("entrance/", send_to_the_entrance),
    path("who/", send_to_show_who_one_is),
    path("fails/", fail),
    path("", include("community.urls")),
]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def sent():
    def send(address, name=NAME, **more):
        browser = Client(raise_request_exception=False)
        answer = browser.post(address, {"body": "Words", "draft": name}, **more)
        return answer.cookies["draft"].value if "draft" in answer.cookies else None

    return send


def test_what_was_taken_is_said(sent):
    assert sent("/taken/") == NAME


@pytest.mark.parametrize("address", ["/again/", "/fault/", "/refused/", "/entrance/", "/who/", "/fails/", "/nowhere/"])
def test_what_was_not_taken_is_not(sent, address):
    assert sent(address) is None


@pytest.mark.parametrize(
    "name", ["", "short", "x" * 41, "a b c d e f g", "mf3k2;path=/", "MF3K2-0A9B8C7D", "十二个字十二个字"]
)
def test_only_names_of_drafts_come_back(sent, name):
    assert sent("/taken/", name=name) is None


def test_a_lost_token_keeps_the_draft():
    browser = Client(enforce_csrf_checks=True)
    assert "draft" not in browser.post("/taken/", {"draft": NAME}).cookies


def test_scripts_may_read_it_and_it_stays_on_this_site(settings):
    cookie = Client().post("/taken/", {"draft": NAME}).cookies["draft"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == ("", "Lax", "/", "")
    settings.SESSION_COOKIE_SECURE = True
    cookie = Client().post("/taken/", {"draft": NAME}).cookies["__Host-draft"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
