"""The word that opens a school. It is good for a day, and for once: a school is opened once."""

from django.core import signing

SALT = "community.opening"
GOOD_FOR_SECONDS = 24 * 3600


def new_token() -> str:
    """A token that only this site can have made."""
    return signing.dumps("open", salt=SALT)


def is_good(token: str) -> bool:
    """Whether ``token`` is ours and of these 24 hours."""
    try:
        return bool(signing.loads(token, salt=SALT, max_age=GOOD_FOR_SECONDS) == "open")
    except signing.BadSignature:
        return False
