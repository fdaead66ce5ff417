"""The pages of buying."""

import re
from typing import cast

from django.http import HttpRequest

from accounts.models import User


def member(request: HttpRequest) -> User:
    """Who asks, in a view that only members reach."""
    return cast("User", request.user)


_PHONE = re.compile(r"iPhone|Android.+Mobile|Windows Phone|HarmonyOS", re.IGNORECASE)


def is_phone(request: HttpRequest) -> bool:
    """Whether the browser says that it is on a phone, where wallets open by themselves and nobody scans their own screen."""
    return bool(_PHONE.search(request.headers.get("User-Agent", "")[:400]))
