"""A school takes real money by putting keys into the environment: all of a provider's, live ones, at its own address."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from community.environment import Environment
from community.payment_keys import ASKED, payment_keys

SENSIBLE = {"STRIPE_SECRET_KEY": "rk_live_0123", "WECHAT_API_KEY": "0123456789abcdef" * 2}


def every_key(name):
    return {variable: SENSIBLE.get(variable, "x") for variable in ASKED[name].variables.values()}


def taken(*, is_playground=False, **variables):
    return payment_keys(Environment(variables), is_playground=is_playground)


def refused(**given):
    with pytest.raises(ImproperlyConfigured) as refusal:
        taken(**given)
    return str(refusal.value)


def test_without_keys_nobody_is_offered():
    assert taken() == {}


def test_with_all_of_its_keys_a_provider_is_there_at_its_own_address():
    variables = {variable: value for name in ASKED for variable, value in every_key(name).items()}
    found = taken(**variables)
    assert {name: keys.pop("url") for name, keys in found.items()} == {
        "stripe": "https://api.stripe.com",
        "alipay": "https://openapi.alipay.com/gateway.do",
        "wechat": "https://api.mch.weixin.qq.com",
    }
    assert found == {
        name: {key: variables[variable] for key, variable in asked.variables.items()} for name, asked in ASKED.items()
    }


@pytest.mark.parametrize(
    ("name", "absent"), [(name, variable) for name, asked in ASKED.items() for variable in asked.variables.values()]
)
def test_some_of_them_stop_the_start_and_the_sentence_names_what_is_absent(name, absent):
    keys = every_key(name)
    del keys[absent]
    assert absent in refused(**keys)


STRANGE = [
    "https://api.stripe.com.example.test",
    "https://example.test/api.stripe.com",
    "https://api.stripe.com@example.test",
    "https://api.stripe.com:8443",
    "http://api.stripe.com",
    "https://openapi.alipay.com/gateway.do",
    "http://127.0.0.1:9000",
    "http://localhost:9000",
    "https://localhost",
    "ftp://api.stripe.com",
    "api.stripe.com",
]


@pytest.mark.parametrize("url", STRANGE)
def test_no_other_address_is_called_with_them(url):
    assert "STRIPE_URL leads to" in refused(**every_key("stripe"), STRIPE_URL=url)


@pytest.mark.parametrize(
    ("url", "is_let"),
    [
        ("http://127.0.0.1:9000", True),
        ("http://localhost:9000/alipay", True),
        ("https://openapi-sandbox.dl.alipaydev.com/gateway.do", True),
        ("http://openapi-sandbox.dl.alipaydev.com/gateway.do", False),
        ("http://127.0.0.1.example.test", False),
        ("http://192.168.0.7:9000", False),
    ],
)
def test_a_demo_may_call_its_own_machine_and_what_providers_keep_for_trying(url, is_let):
    given = {**every_key("alipay"), "ALIPAY_URL": url, "is_playground": True}
    if is_let:
        assert taken(**given)["alipay"]["url"] == url
    else:
        assert "ALIPAY_URL leads to" in refused(**given)
    assert "ALIPAY_URL leads to" in refused(**{**given, "is_playground": False})


@pytest.mark.parametrize("kind", ["sk", "rk"])
def test_production_takes_live_keys_only(kind):
    trial = {**every_key("stripe"), "STRIPE_SECRET_KEY": f"{kind}_test_0123"}
    assert "production takes a live one" in refused(**trial)
    assert list(taken(**trial, is_playground=True)) == ["stripe"]
    assert list(taken(**{**trial, "STRIPE_SECRET_KEY": f"{kind}_live_0123"})) == ["stripe"]


@pytest.mark.parametrize("key", ["0" * 31, "0" * 33, "密" * 32])
def test_a_key_that_cannot_open_wechats_notices_stops_the_start(key):
    assert "WECHAT_API_KEY" in refused(**{**every_key("wechat"), "WECHAT_API_KEY": key})
