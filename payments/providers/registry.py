"""Which providers there are."""

from .interface import NotConfigured, Provider
from .sandbox import Sandbox

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


def available() -> list[Provider]:
    """Those that a buyer may choose from."""
    return [provider for provider in _known.values() if provider.is_configured]


register(Sandbox())
