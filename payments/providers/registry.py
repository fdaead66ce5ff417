"""Which providers there are."""

from .alipay import Alipay
from .interface import NotConfigured, Provider
from .sandbox import Sandbox
from .stripe import Stripe
from .transfer import Transfer
from .wechat import WeChat

_known: dict[str, Provider] = {}


def register(provider: Provider) -> None:
    """Add a provider; one of the same name is replaced."""
    _known[provider.name] = provider


def by_name(name: str) -> Provider:
    """
    The provider called ``name``.

    :raises NotConfigured: if there is none, or none of its keys.
    """
    provider = _known.get(name)
    if provider is None or not provider.is_configured:
        raise NotConfigured(name)
    return provider


def in_words(name: str) -> str:
    """What the provider called ``name`` is called by people, also where it has no keys any more; the name where there is none."""
    known = _known.get(name)
    return str(known.label) if known else name


def available(*, currency: str = "") -> list[Provider]:
    """Those that a buyer may choose from, where they pay in ``currency``."""
    known = [provider for provider in _known.values() if provider.is_configured]
    return [provider for provider in known if not currency or currency in provider.currencies]


_ours: tuple[Provider, ...] = (Sandbox(), WeChat(), Alipay(), Stripe(), Transfer())
for _provider in _ours:
    register(_provider)
