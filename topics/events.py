"""What others must hear."""

from django.utils.translation import gettext_lazy as _

from core.events import Fact


class TopicMerged(Fact, called=_("A topic became another one")):
    """One topic became another; what was derived for the old one (indexes, vectors, figures) is now the other's."""

    topic_id: int
    into_id: int
