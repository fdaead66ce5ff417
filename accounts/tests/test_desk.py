"""Who may open the desk."""

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from accounts.desk import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.leak]
HOUR = 3600


@pytest.fixture
def eli(member, settings):
    settings.STAFF_NEEDS_SECOND_FACTOR = True
    user = member("Eli")
    user.is_staff = True
    user.save()
    return user


@pytest.fixture
def coming():
    """A request to the desk, proved so many hours ago."""

    def make(user, *, hours_ago=0):
        request = RequestFactory().get("/desk/")
        request.user = user
        request.session = SessionStore()
        record_authentication(request, user, method="password")
        for record in request.session["account_authentication_methods"]:
            record["at"] -= hours_ago * HOUR
        return request

    return make


def with_app(user):
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    return user


def test_staff_with_a_second_factor_and_a_fresh_log_in(eli, coming):
    assert Desk().has_permission(coming(with_app(eli)))


def test_not_without_a_second_factor(eli, coming):
    assert not Desk().has_permission(coming(eli))


def test_not_after_eight_hours(eli, coming):
    with_app(eli)
    assert [Desk().has_permission(coming(eli, hours_ago=hours)) for hours in (7, 9)] == [True, False]


def test_not_cleo_who_is_a_member(eli, cleo, coming):
    assert not Desk().has_permission(coming(with_app(cleo)))


def test_not_a_session_that_proved_nothing(eli, coming):
    request = coming(with_app(eli))
    request.session.clear()
    assert not Desk().has_permission(request)


def test_staff_cannot_take_away_their_last_factor(eli):
    with_app(eli)
    assert not get_adapter().can_delete_authenticator(Authenticator.objects.get(user=eli))
