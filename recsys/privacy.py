"""What this room stores about people: what they took, and what they do not want to see."""

from core.privacy import covers

from .models import Dismissal, Interaction

covers(Interaction, exporting=["item", "weight", "happened_at"])
covers(Dismissal, exporting=["item", "reason", "created_at"])
