"""From facts to interactions."""

from collections.abc import Sequence

from accounts.enums import Purpose
from accounts.events import ConsentChanged
from core import events
from core.events import Fact

from . import operations
from .acts import LISTENED, LISTENER, interactions_in
from .models import Interaction


def _reset() -> None:
    Interaction.objects.all().delete()


listens = events.listener(LISTENER, resets=_reset)
forgets = events.listener("recsys.consent")


@listens.in_bulk(*LISTENED)
def remember(facts: Sequence[Fact]) -> None:
    """Keep the strongest and the latest that each member had to do with each item."""
    operations.note_interactions([seen for fact in facts for seen in interactions_in(fact)])


@forgets(ConsentChanged)
def stop_learning(fact: ConsentChanged) -> None:
    """Forget what was learned from somebody who no longer lets us learn from what they do."""
    if fact.purpose == Purpose.PERSONALIZATION.value and not fact.is_given:
        operations.forget_what_was_done(user_id=fact.user_id)
