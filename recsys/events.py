"""What happens in the recommender."""

from django.utils.translation import gettext_lazy as _

from core.events import Code, Fact


class ModelTrained(Fact, called=_("A model was trained")):
    model_id: int
    kind: Code
    is_in_service: bool
