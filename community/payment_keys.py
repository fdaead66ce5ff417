"""Keys of payment providers from the environment: all of a provider's or none, at addresses of an exact list."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from .environment import Environment


class Asked(NamedTuple):
    """What one provider asks for: its address, the hosts that may stand there, and the variables that its keys are in."""

    url: str
    hosts: frozenset[str]
    variables: Mapping[str, str]


ASKED = {
    "stripe": Asked(
        "https://api.stripe.com",
        frozenset({"api.stripe.com"}),
        {"account": "STRIPE_ACCOUNT_ID", "secret_key": "STRIPE_SECRET_KEY", "webhook_secret": "STRIPE_WEBHOOK_SECRET"},
    ),
    "alipay": Asked(
        "https://openapi.alipay.com/gateway.do",
        frozenset({"openapi.alipay.com"}),
        {
            "app_id": "ALIPAY_APP_ID",
            "seller_id": "ALIPAY_SELLER_ID",
            "private_key": "ALIPAY_PRIVATE_KEY",
            "public_key": "ALIPAY_PUBLIC_KEY",
        },
    ),
    "wechat": Asked(
        "https://api.mch.weixin.qq.com",
        frozenset({"api.mch.weixin.qq.com", "api2.mch.weixin.qq.com"}),
        {
            "app_id": "WECHAT_APP_ID",
            "mch_id": "WECHAT_MCH_ID",
            "serial": "WECHAT_SERIAL",
            "private_key": "WECHAT_PRIVATE_KEY",
            "platform_key_id": "WECHAT_PLATFORM_KEY_ID",
            "platform_public_key": "WECHAT_PLATFORM_PUBLIC_KEY",
            "api_key": "WECHAT_API_KEY",
        },
    ),
}
PLAY_HOSTS = frozenset({"127.0.0.1", "localhost"})
TEST_HOSTS = {"alipay": frozenset({"openapi-sandbox.dl.alipaydev.com"})}
_API_KEY_BYTES = 32


def payment_keys(env: Environment, *, is_playground: bool) -> dict[str, dict[str, str]]:
    """
    The keys of each provider that has them, by provider and name, with its address under ``url``.

    :raises ImproperlyConfigured: if some of a provider's are missing, or one of a playground stands in production.
    """
    found = {name: _keys(env, name, asked) for name, asked in ASKED.items()}
    kept = {name: keys for name, keys in found.items() if keys}
    for name, keys in kept.items():
        _require_address(name, keys["url"], is_playground=is_playground)
    _require_sense(kept, is_playground=is_playground)
    return kept


def _keys(env: Environment, name: str, asked: Asked) -> dict[str, str]:
    keys = {key: env.text(variable, "") for key, variable in asked.variables.items()}
    missing = sorted(asked.variables[key] for key, value in keys.items() if not value)
    if len(missing) == len(keys):
        return {}
    if missing:
        raise ImproperlyConfigured(f"{name}: some keys are set and {', '.join(missing)} is not; see docs/payments.md.")
    return {**keys, "url": env.text(f"{name.upper()}_URL", asked.url)}


def _require_address(name: str, url: str, *, is_playground: bool) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.netloc in ASKED[name].hosts:
        return
    allowed = PLAY_HOSTS | TEST_HOSTS.get(name, frozenset())
    if (
        not is_playground
        or parts.hostname not in allowed
        or (parts.scheme == "http" and parts.hostname not in PLAY_HOSTS)
    ):
        raise ImproperlyConfigured(
            f"{name.upper()}_URL leads to {parts.netloc}, which is not one of {name}'s addresses."
        )


def _require_sense(kept: Mapping[str, Mapping[str, str]], *, is_playground: bool) -> None:
    if "wechat" in kept and len(kept["wechat"]["api_key"].encode()) != _API_KEY_BYTES:
        raise ImproperlyConfigured(f"WECHAT_API_KEY is the APIv3 key of {_API_KEY_BYTES} characters.")
    if "stripe" in kept and not is_playground and "_live_" not in kept["stripe"]["secret_key"]:
        raise ImproperlyConfigured("STRIPE_SECRET_KEY is one for tests; production takes a live one.")
