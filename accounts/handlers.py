"""allauth's and Django's signals, translated once into our operations."""

from datetime import timedelta
from typing import Any

from allauth.account import signals as account
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from accounts import letters, operations
from accounts.events import EmailVerified
from accounts.models import User
from core.events import listener
from surveys.events import SurveyAnswered

# Nobody is greeted weeks after they came.
listens = listener("accounts.letters", called=_("Mails about the account"), within=timedelta(days=7))
reads_surveys = listener("accounts.topics", called=_("Topics from surveys"))


@receiver(account.email_confirmed)
def address_was_verified(email_address: Any, **_rest: Any) -> None:
    """An address was shown to be its owner's."""
    operations.note_verified_address(user=email_address.user)


@receiver(user_logged_out)
def session_ended(user: User | None, **_rest: Any) -> None:
    """Somebody logged out; ``user`` is None when nobody was logged in."""
    if user is not None:
        operations.note_logout(user=user)


@receiver(account.password_changed)
@receiver(account.password_reset)
def password_is_another(user: User, **_rest: Any) -> None:
    """A new password ends every other session, since its hash is part of each one's key."""
    operations.note_logout(user=user)


@listens(EmailVerified)
def welcome(fact: EmailVerified) -> None:
    """Greet a new member; one who only changed their address has been greeted already."""
    letters.welcome(user_id=fact.user_id)


@reads_surveys(SurveyAnswered)
def follow_what_they_chose(fact: SurveyAnswered) -> None:
    """Let members follow the topics that their answers speak for; taking one away again is theirs."""
    operations.follow_topics(user_id=fact.user_id, topic_ids=fact.topic_ids, since=fact.happened_at)
