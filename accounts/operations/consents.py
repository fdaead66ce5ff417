"""Consent, written down."""

from django.db import transaction

from accounts import consent_texts, queries
from accounts.enums import Purpose
from accounts.events import ConsentChanged
from accounts.models import Consent, User
from core import events
from core.events import Code


@transaction.atomic
def record_consent(*, user: User, purpose: Purpose, is_given: bool) -> None:
    """Write down that ``user`` says yes or no to the present text of ``purpose``; saying the same again writes nothing."""
    # Two tabs may answer at once: the row lock makes them take turns, so that the second one finds nothing new to write.
    User.objects.select_for_update().only("pk").get(pk=user.pk)
    version = consent_texts.version_of(purpose)
    newest = queries.newest_consent(user=user, purpose=purpose)
    if newest and (newest.is_given, newest.text_version) == (is_given, version):
        return
    Consent.objects.create(user=user, purpose=purpose, is_given=is_given, text_version=version)
    fact = ConsentChanged(user_id=user.pk, purpose=Code(purpose.value), is_given=is_given)
    events.publish(fact, by=user, subject=f"user:{user.pk}")
