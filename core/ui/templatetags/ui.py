"""Makes every component available by ``{% load ui %}``."""

from core.ui.components import content, controls, courses, feeds, figures, layout, overlays, people, states
from core.ui.library import register

__all__ = ["content", "controls", "courses", "feeds", "figures", "layout", "overlays", "people", "register", "states"]
