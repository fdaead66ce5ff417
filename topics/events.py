"""What others must hear."""

from core.events import Fact


class TopicMerged(Fact):
    """One topic became another; what was derived for the old one (indexes, vectors, figures) is now the other's."""

    topic_id: int
    into_id: int
