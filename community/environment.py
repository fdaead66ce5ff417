"""Typed settings from the environment; what is missing or malformed stops the start with a sentence that names it."""

import os
import urllib.parse
import zoneinfo
from collections.abc import Mapping
from typing import Any, Literal, cast

from django.core.exceptions import ImproperlyConfigured

Kind = Literal["production", "demo", "development", "test"]
KINDS = ("production", "demo", "development", "test")


class Environment:
    """What the environment says, asked for by type."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = os.environ if variables is None else variables

    def text(self, name: str, default: str | None = None) -> str:
        """
        The text of ``name``.

        :raises ImproperlyConfigured: if it is missing and there is no default.
        """
        found = self._variables.get(name, "") or default
        if found is None:
            raise ImproperlyConfigured(f"Set {name} in the environment; see docs/production.md.")
        return found

    def number(self, name: str, default: int) -> int:
        """
        The whole number of ``name``.

        :raises ImproperlyConfigured: if it is not a whole number.
        """
        found = self._variables.get(name, "")
        try:
            return int(found) if found else default
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} must be a whole number, not {found!r}.") from error

    def flag(self, name: str, *, default: bool = False) -> bool:
        """
        Whether ``name`` is on: one of 1, true, yes, on; off: empty, 0, false, no, off.

        :raises ImproperlyConfigured: if it is anything else.
        """
        found = self._variables.get(name, "").strip().lower()
        if found in {"1", "true", "yes", "on"}:
            return True
        if found in {"0", "false", "no", "off"}:
            return False
        if found:
            raise ImproperlyConfigured(f"{name} must be 1 or 0, not {found!r}.")
        return default

    def words(self, name: str, default: str = "") -> list[str]:
        """The comma-separated words of ``name``."""
        return [word.strip() for word in (self._variables.get(name, "") or default).split(",") if word.strip()]

    def time_zone(self, name: str, default: str) -> str:
        """
        The name of a time zone.

        :raises ImproperlyConfigured: if there is none of that name.
        """
        found = self.text(name, default)
        if found not in zoneinfo.available_timezones():
            raise ImproperlyConfigured(f"{name} must be a time zone like Europe/Berlin, not {found!r}.")
        return found

    def kind(self) -> Kind:
        """
        Which kind of site this is; production unless said otherwise.

        :raises ImproperlyConfigured: if it is none of the four.
        """
        found = self.text("LYCEUM_ENVIRONMENT", "production")
        if found not in KINDS:
            raise ImproperlyConfigured(f"LYCEUM_ENVIRONMENT must be one of {', '.join(KINDS)}, not {found!r}.")
        return cast(Kind, found)


def database(url: str, *, statement_timeout_ms: int) -> dict[str, Any]:
    """
    Django's settings for a ``postgresql://`` address; a unix socket is ``?host=`` with its path percent-encoded.

    :raises ImproperlyConfigured: if the address is of another kind.
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://")
    options = dict(urllib.parse.parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": urllib.parse.unquote(parts.path.lstrip("/")),
        "USER": urllib.parse.unquote(parts.username or ""),
        "PASSWORD": urllib.parse.unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {
            **options,
            "connect_timeout": 5,
            "options": f"-c statement_timeout={statement_timeout_ms} -c lock_timeout=3000",
        },
    }


def redis_address(url: str, *, number: int) -> str:
    """
    The address of database ``number`` on the server at ``url`` (``redis://…`` or ``unix://PATH``), as redis-py takes it.

    :raises ImproperlyConfigured: if it is of another kind.
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    if parts.scheme in {"redis", "rediss"}:
        return urllib.parse.urlunsplit(parts._replace(path=f"/{number}"))
    raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://")


def redis_number(address: str) -> int:
    """The number of the database in an ``address`` as redis-py takes it; 0 where it names none."""
    parts = urllib.parse.urlsplit(address)
    path = "" if parts.scheme == "unix" else parts.path.strip("/")
    [number] = urllib.parse.parse_qs(parts.query).get("db", [path or "0"])
    return int(number)


def broker_address(url: str, *, number: int) -> str:
    """The same address as Celery takes it."""
    address = redis_address(url, number=number)
    if address.startswith("unix://"):
        return f"redis+socket://{urllib.parse.urlsplit(address).path}?virtual_host={number}"
    return address


def social_providers(env: Environment) -> dict[str, dict[str, Any]]:
    """
    The other sites from which people may come, as allauth takes them: each is on when its id is set.

    :raises ImproperlyConfigured: if an id comes without its secret.
    """
    found: dict[str, dict[str, Any]] = {}
    if client := env.text("GITHUB_CLIENT_ID", ""):
        found["github"] = {
            "APPS": [{"client_id": client, "secret": env.text("GITHUB_CLIENT_SECRET")}],
            "SCOPE": ["read:user", "user:email"],
        }
    if client := env.text("WECHAT_LOGIN_ID", ""):
        found["weixin"] = {"APPS": [{"client_id": client, "secret": env.text("WECHAT_LOGIN_SECRET")}]}
    if client := env.text("OIDC_CLIENT_ID", ""):
        app: dict[str, Any] = {"provider_id": "oidc", "name": env.text("OIDC_NAME", "OpenID"), "client_id": client}
        app |= {"secret": env.text("OIDC_CLIENT_SECRET"), "settings": {"server_url": env.text("OIDC_SERVER_URL")}}
        found["openid_connect"] = {"APPS": [app]}
    return found
