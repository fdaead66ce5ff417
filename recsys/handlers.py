"""From facts to interactions."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.enums import Purpose
from accounts.events import ConsentChanged
from core import events
from core.events import Fact
from core.privacy.events import Erased

from . import operations
from .acts import LISTENED, LISTENER, interactions_in
from .models import Interaction


def _reset() -> None:
    Interaction.objects.all().delete()


listens = events.listener(LISTENER, called=_("What recommendations learn from"), resets=_reset)
forgets = events.listener("recsys.consent", called=_("What recommendations forget"))


@listens.in_bulk(*LISTENED)
def remember(facts: Sequence[Fact]) -> None:
    """Keep the strongest and the latest that each member had to do with each item."""
    operations.note_interactions([seen for fact in facts for seen in interactions_in(fact)])


@forgets(ConsentChanged)
def stop_learning(fact: ConsentChanged) -> None:
    """Forget what was learned from somebody who no longer lets us learn from what they do, or no longer wants to be found."""
    if fact.is_given:
        return
    if fact.purpose == Purpose.PERSONALIZATION.value:
        operations.forget_what_was_done(user_id=fact.user_id)
    if fact.purpose in (Purpose.PERSONALIZATION.value, Purpose.FINDABLE.value):
        operations.forget_who_is_alike(user_id=fact.user_id)


@forgets(Erased)
def forget_them_elsewhere(fact: Erased) -> None:
    """Take somebody who is gone out of what is kept for others."""
    operations.forget_who_is_alike(user_id=fact.user_id)
