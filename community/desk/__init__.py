"""The desk's front page: what happened today and what waits, for whoever may know it."""

from .site import FrontDesk

__all__ = ["FrontDesk"]
