"""The desk as one finds it on entering."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.desk import Desk

# Sessions, second factors and addresses are their members' own; a social log-in is set up by the environment.
NOT_AT_THE_DESK = {"account", "socialaccount", "mfa", "usersessions"}


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

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show today's figures, then every list."""
        from .figures import figures, steps_left

        shown = {"figures": figures(viewer=request.user), "steps_left": steps_left(viewer=request.user)}
        return super().index(request, {**(extra_context or {}), **shown})
