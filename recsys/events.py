"""What happens in the recommender."""

from core.events import Code, Fact


class ModelTrained(Fact):
    model_id: int
    kind: Code
    is_in_service: bool
