"""Second factors after a change of the site's secret key."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import transaction

_LOCKED = ("secret", "seed")
"""What an authenticator keeps under lock: an app's secret, and what recovery codes are worked out from."""


def relock_second_factors() -> int:
    """Lock every second factor with the key of now, so that the keys of before can go; return how many there were."""
    pks = list(Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).values_list("pk", flat=True))
    return sum(_relock(pk) for pk in pks)


@transaction.atomic
def _relock(pk: int) -> bool:
    # A code that is used at this moment is noted in the same row.
    authenticator = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if authenticator is None:
        return False
    data, adapter = authenticator.data, get_adapter()
    data |= {name: adapter.relock(data[name]) for name in _LOCKED if name in data}
    if "migrated_codes" in data:
        data["migrated_codes"] = [adapter.relock(code) for code in data["migrated_codes"]]
    authenticator.save(update_fields=["data"])
    return True
