"""What every page's template may ask for."""

from typing import Any

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The school, the theme and what is unread, for the layout."""
    return {"theme": getattr(request, "theme", "")}
