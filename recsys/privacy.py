"""What this room stores about people: what they took, and what they do not want to see."""

from core.privacy import covers

from .models import Dismissal, Impression, Interaction, Kinship, TopicWish

covers(Interaction, exporting=["item", "weight", "happened_at"])
covers(Dismissal, exporting=["item", "reason", "created_at"])
covers(TopicWish, exporting=["topic", "wish", "created_at"])
covers(Impression, exporting=["item", "day", "source"])
covers(
    Kinship, exporting=["worked_out_at"],
    omitting={"kept": "It names other members, who may be met on the pages while they let themselves be found."},
)  # fmt: skip
