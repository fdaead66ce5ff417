"""The desk as one finds it on entering."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.desk import Desk

# Sessions, second factors and addresses are their members' own; a social log-in is set up by the environment.
NOT_AT_THE_DESK = {"account", "socialaccount", "mfa", "usersessions"}

ORDER = (
    "community",
    "accounts",
    "courses",
    "payments",
    "forum",
    "gamification",
    "surveys",
    "topics",
    "recsys",
    "privacy",
)
"""What an owner looks after; behind it comes what shows how the machinery does."""


def _place(app_label: str) -> int:
    return ORDER.index(app_label) if app_label in ORDER else len(ORDER)


class FrontDesk(Desk):
    """The administration with a front page that says what happened today and what waits for a decision."""

    site_header = site_title = index_title = _("Desk")
    index_template = "desk/front.html"
    app_index_template = "desk/room.html"
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take a model in, unless it belongs to nobody but its member."""
        models = model_or_iterable if isinstance(model_or_iterable, list | tuple) else [model_or_iterable]
        ours = [model for model in models if model._meta.app_label not in NOT_AT_THE_DESK]  # noqa: SLF001 - documented
        super().register(ours, admin_class, **options)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The rooms in the order in which an owner needs them; who may do what stands with the members."""
        rooms: list[Any] = super().get_app_list(request, app_label)
        members = next((room for room in rooms if room["app_label"] == "accounts"), None)
        for room in rooms:
            if room["app_label"] == "auth" and members:
                members["models"] += room["models"]
        kept = [room for room in rooms if room["app_label"] != "auth" or not members]
        return sorted(kept, key=lambda room: (_place(room["app_label"]), room["name"]))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show today's figures, then every list."""
        from .figures import figures, steps_left

        shown = {"figures": figures(viewer=request.user), "steps_left": steps_left(viewer=request.user)}
        return super().index(request, {**(extra_context or {}), **shown})
