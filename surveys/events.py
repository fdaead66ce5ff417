"""What happens to surveys."""

from django.utils.translation import gettext_lazy as _

from core.events import Fact


class SurveyAnswered(Fact, called=_("Somebody answered a survey")):
    """Somebody sent their answers; ``topic_ids`` are the topics that these speak for."""

    survey_id: int
    user_id: int
    topic_ids: list[int]
