"""The link in a digest that ends digests: it works without logging in, and does nothing else."""

from django.core import signing

from accounts.models import User

_SALT = "notifications.no-digest"


def for_no_digest(user: User) -> str:
    """What proves that a link came from a digest to ``user``; it does not run out, since mails are kept for years."""
    return signing.dumps(user.pk, salt=_SALT)


def user_of(token: str) -> User | None:
    """To whom the digest with ``token`` was written; None for a token that is not ours, or somebody who is gone."""
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=pk, is_active=True, erased_at__isnull=True).first()
