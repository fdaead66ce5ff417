"""Keys for programs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from ninja import NinjaAPI
from ninja.testing import TestClient

from core.web import api_tokens
from core.web.api_tokens import TokenAuth, UnknownScope, authenticate, issue, revoke
from core.web.models import ApiToken


@pytest.fixture(autouse=True)
def _scopes(monkeypatch):
    monkeypatch.setattr(api_tokens, "scopes", {})
    api_tokens.register_scope("lamps:read", label="Read lamps")
    api_tokens.register_scope("lamps:light", label="Light lamps")


@pytest.fixture
def secret(cleo):
    return issue(user=cleo, name="script", may=["lamps:read"])[1]


def test_a_token_opens_what_it_is_for_and_nothing_else(cleo, secret):
    assert authenticate(secret=secret, scope="lamps:read") == cleo
    assert authenticate(secret=secret, scope="lamps:light") is None


def test_the_secret_is_nowhere_in_the_database(secret):
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM web_apitoken t")
        [(row,)] = cursor.fetchall()
    assert secret not in row
    assert secret.removeprefix(api_tokens.PREFIX)[:12] not in row
    assert len(secret) >= 47


@pytest.mark.parametrize(
    "change", [{"expires_at": timezone.now() - timedelta(seconds=1)}, {"revoked_at": timezone.now()}]
)
def test_an_ended_token_opens_nothing(secret, change):
    ApiToken.objects.update(**change)
    assert authenticate(secret=secret, scope="lamps:read") is None


def test_a_revoked_token_opens_nothing_and_keeps_its_date(secret):
    token = ApiToken.objects.get()
    revoke(token=token)
    first = ApiToken.objects.get().revoked_at
    revoke(token=token)
    assert authenticate(secret=secret, scope="lamps:read") is None
    assert ApiToken.objects.get().revoked_at == first


def test_who_was_shut_out_has_no_tokens(cleo, secret):
    cleo.is_active = False
    cleo.save()
    assert authenticate(secret=secret, scope="lamps:read") is None


@pytest.mark.parametrize("wrong", ["", "lyc_", "lyc_" + "x" * 43, "\ud800", "\0"])
def test_a_wrong_secret_opens_nothing(secret, wrong):
    assert authenticate(secret=wrong, scope="lamps:read") is None


def test_only_named_scopes_are_given(cleo):
    with pytest.raises(UnknownScope, match="lamps:break"):
        issue(user=cleo, name="x", may=["lamps:read", "lamps:break"])


def test_its_use_is_noted_now_and_then(secret):
    authenticate(secret=secret, scope="lamps:read")
    first = ApiToken.objects.get().last_used_at
    authenticate(secret=secret, scope="lamps:read")
    assert first is not None
    assert ApiToken.objects.get().last_used_at == first


def test_the_api_asks_for_it(cleo, secret):
    api = NinjaAPI(urls_namespace="test-tokens")

    @api.get("/lamps", auth=TokenAuth("lamps:read"))
    def lamps(request):
        return {"reader": request.user.username}

    client = TestClient(api)
    assert client.get("/lamps").status_code == 401
    assert client.get("/lamps", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/lamps", headers={"Authorization": f"Bearer {secret}"}).json() == {"reader": "cleo"}
