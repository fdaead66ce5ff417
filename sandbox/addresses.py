"""Which addresses a shop may give: notices go to this machine only, people may go back to any web page."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

# Printable ASCII without space: nothing that could end a header line.
_PLAIN = re.compile(r"https?://[!-~]{1,2000}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


class Unfit(Exception):
    """The address is not one that the sandbox will use."""


def webhook(url: object) -> str:
    """Give ``url`` back if it is plain HTTP to a loopback address."""
    parts = _split(url)
    if parts.scheme != "http" or not _is_loopback(parts.hostname or ""):
        raise Unfit("webhook_url must be http:// and a loopback address: the sandbox only plays locally.")
    return parts.geturl()


def way_back(url: object) -> str:
    """Give ``url`` back if a browser may be sent there."""
    return _split(url).geturl()


def origin(url: str) -> str:
    """Give scheme, host and port of an address that passed here before."""
    parts = _split(url)
    return f"{parts.scheme}://{parts.netloc}"


def _split(url: object) -> SplitResult:
    if not isinstance(url, str) or not _PLAIN.fullmatch(url):
        raise Unfit("An address must be http:// or https://, in printable ASCII, of at most 2,000 characters.")
    try:
        parts = urlsplit(url)
        named = bool(_HOST.fullmatch(parts.hostname or "")) or _is_address(parts.hostname or "")
        port = parts.port
    except ValueError as unreadable:
        raise Unfit("The address cannot be read.") from unreadable
    if not named or "@" in parts.netloc or port == 0 or parts.fragment:
        raise Unfit("An address needs a host, and no user, password or fragment.")
    return parts


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
