"""From facts to people who must know: what is told of each fact, by the place that it comes from."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from core import events
from core.events import Fact
from notifications import operations

from . import groups, merits, money, posts  # noqa: F401 - each says what is told of its facts
from .found import Found
from .telling import as_list, told_of

TOLD_WITHIN = timedelta(days=7)
"""Nobody wants to hear today what happened last week: after a long stop, or an import, older facts are passed over."""

# A mail is a mail: what was told cannot be told anew.
listens = events.listener("notifications", called=_("Notifications and mails"), within=TOLD_WITHIN)


@listens.in_bulk(*told_of)
def tell(facts: Sequence[Fact]) -> None:
    """Tell everyone whom a batch of facts concerns; what the facts are about is read once for all of them."""
    found = Found(facts)
    told = (told_of[type(fact)](fact, found) for fact in facts)
    operations.notify_many([notice for one in told for notice in as_list(one)])
