"""What happens to surveys."""

from core.events import Fact


class SurveyAnswered(Fact):
    """Somebody sent their answers; ``topic_ids`` are the topics that these speak for."""

    survey_id: int
    user_id: int
    topic_ids: list[int]
