"""Who asks: the address of the client, as far as the proxies in between can be trusted."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"
_IPV6_NETWORK = 64


def client_address(request: HttpRequest) -> str:
    """
    The address of the client behind ``settings.TRUSTED_PROXIES`` proxies of ours.

    Each proxy appends whom it heard from, so only that many entries from the right are true; what stands before them
    is the client's own claim. A request with fewer entries did not pass all proxies, and its sender is the neighbor.
    """
    neighbor = request.META.get("REMOTE_ADDR", "")
    claimed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies: int = settings.TRUSTED_PROXIES
    address = claimed[-proxies] if 0 < proxies <= len(claimed) else neighbor
    return _normalized(address)


def network_of(address: str) -> str:
    """What counts as one sender: an IPv4 address, or the /64 that one household has of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return UNKNOWN
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, _IPV6_NETWORK), strict=False))  # noqa: PLR2004 - IPv4


def is_loopback(address: str) -> bool:
    """Whether ``address`` is this very machine."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _normalized(address: str) -> str:
    try:
        found = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return UNKNOWN
    return str(found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else str(found)
