"""Coming from another site: switched on by settings, and an address alone opens nothing."""

import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.github.provider import GitHubProvider
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ImproperlyConfigured

from accounts.models import User
from community.environment import Environment, social_providers
from community.payment_keys import ASKED

pytestmark = pytest.mark.django_db


class TestSwitches:
    def test_nothing_is_on_by_itself(self):
        assert social_providers(Environment({})) == {}

    def test_each_is_on_when_its_id_is_set(self):
        found = social_providers(Environment({
            "GITHUB_CLIENT_ID": "g", "GITHUB_CLIENT_SECRET": "s", "WECHAT_LOGIN_ID": "w", "WECHAT_LOGIN_SECRET": "s",
            "OIDC_CLIENT_ID": "o", "OIDC_CLIENT_SECRET": "s", "OIDC_SERVER_URL": "https://id.example.test",
        }))  # fmt: skip
        assert sorted(found) == ["github", "openid_connect", "weixin"]

    def test_keys_of_payment_switch_no_log_in_on(self):
        assert (
            social_providers(Environment({name: "x" for asked in ASKED.values() for name in asked.variables.values()}))
            == {}
        )

    def test_an_id_without_its_secret_stops_the_start(self):
        with pytest.raises(ImproperlyConfigured, match="GITHUB_CLIENT_SECRET"):
            social_providers(Environment({"GITHUB_CLIENT_ID": "g"}))


@pytest.fixture
def github(settings):
    """The provider, as if it were switched on; nothing goes out."""
    from allauth.socialaccount.providers import registry

    known = dict(registry.provider_map)
    registry.load()
    registry.register(GitHubProvider)
    settings.SOCIALACCOUNT_PROVIDERS = {"github": {"APPS": [{"client_id": "g", "secret": "s"}]}}
    yield SocialApp(provider="github", client_id="g", secret="s")
    registry.provider_map = known


@pytest.fixture
def arrive(github, rf):
    """Somebody comes back from the other site with what it says about them."""

    def come(email, *, is_verified):
        request = rf.get("/account/github/login/callback/")
        request.session, request.user = SessionStore(), AnonymousUser()
        request.session.create()
        request._messages = CookieStorage(request)
        login = SocialLogin(
            user=User(email=email, name="Ada"),
            provider=GitHubProvider(request, app=github),
            account=SocialAccount(provider="github", uid="77"),
            email_addresses=[EmailAddress(email=email, verified=is_verified, primary=True)],
        )
        login.state = {"process": "login"}
        with context.request_context(request):
            answer = complete_social_login(request, login)
        return request, answer

    return come


@pytest.mark.leak
@pytest.mark.parametrize("is_verified", [False, True])
def test_an_address_from_another_site_does_not_open_the_account_that_has_it(ada, arrive, is_verified):
    request, answer = arrive(ada.email, is_verified=is_verified)
    assert answer.headers["Location"] == "/account/3rdparty/signup/"
    assert not request.user.is_authenticated
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 1


def test_what_was_connected_before_opens_the_door(ada, arrive):
    SocialAccount.objects.create(user=ada, provider="github", uid="77")
    request, answer = arrive("somebody@else.test", is_verified=False)
    assert answer.status_code == 302
    assert request.user == ada
