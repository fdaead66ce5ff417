"""Who comes to the roof of the house."""

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.test import Client, RequestFactory


@pytest.fixture
def desk_of():
    """A browser of somebody who has just logged in, in a language."""

    def enter(user, *, language="en"):
        client = Client(headers={"accept-language": language})
        user.language = language
        user.save()
        client.force_login(user)
        request = RequestFactory().get("/")
        request.session, request.user = client.session, user
        record_authentication(request, user, method="password")
        request.session.save()
        return client

    return enter
