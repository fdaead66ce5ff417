"""Points, and what follows from them: everything that writes here."""

from .giving import give_many, give_points
from .merits import Merit
from .taking_back import give_again, take_back
from .tallying import rebuild_totals

__all__ = ["Merit", "give_again", "give_many", "give_points", "rebuild_totals", "take_back"]
