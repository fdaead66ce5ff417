"""Tokens for programs, on the page."""

import re

import pytest

from core.web.api_tokens import authenticate, issue
from core.web.models import ApiToken

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db
SCOPE, FOR_STAFF = "recommendations:read", "recommendations:read-all"


@pytest.fixture
def proved(logged_in):
    def prove(user):
        client = logged_in(user)
        client.post("/account/reauthenticate/?next=/", {"password": PASSWORD})
        return client

    return prove


def test_a_token_is_shown_once_and_opens_what_was_ticked(ada, proved):
    client = proved(ada)
    page = client.post("/settings/tokens/", {"name": "My script", "may": [SCOPE]}).content.decode()
    [secret] = re.findall(r"lyc_[\w-]{43}", page)
    assert authenticate(secret=secret, scope=SCOPE) == ada
    again = client.get("/settings/tokens/").content.decode()
    assert ("My script" in again, secret in again) == (True, False)


def test_a_token_that_is_ended_opens_nothing(ada, proved):
    token, secret = issue(user=ada, name="Old", may=[SCOPE])
    proved(ada).post(f"/settings/tokens/{token.pk}/end/")
    assert authenticate(secret=secret, scope=SCOPE) is None


def test_it_asks_who_it_is(ada, logged_in):
    answer = logged_in(ada).get("/settings/tokens/")
    assert answer.headers["Location"].startswith("/account/reauthenticate/")


def test_what_only_the_staff_may_do_is_neither_offered_nor_taken(ada, proved):
    client = proved(ada)
    offered = FOR_STAFF in client.get("/settings/tokens/").content.decode()
    client.post("/settings/tokens/", {"name": "Sly", "may": [SCOPE, FOR_STAFF]})
    assert (offered, ApiToken.objects.count()) == (False, 0)


@pytest.mark.leak
def test_cleo_cannot_end_adas(ada, cleo, proved):
    token, secret = issue(user=ada, name="Mine", may=[SCOPE])
    answer = proved(cleo).post(f"/settings/tokens/{token.pk}/end/")
    assert (answer.status_code, authenticate(secret=secret, scope=SCOPE)) == (404, ada)
