from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecsysConfig(AppConfig):
    name = "recsys"
    label = "recsys"
    verbose_name = _("Recommendations")

    def ready(self) -> None:
        from accounts import settings_pages
        from core.web import api_tokens
        from topics import merging

        from . import handlers, kinds, privacy, recorded, tasks  # noqa: F401
        from .api import OF_ANYBODY, OF_ONESELF
        from .models import TopicWish

        merging.moves(TopicWish, unique_with=["user"])
        settings_pages.register(
            "interests", label=_("What we think you like"), url_name="recsys:interests", icon="heart", order=45
        )
        api_tokens.register_scope(OF_ONESELF, label=_("Read my recommendations"))
        api_tokens.register_scope(OF_ANYBODY, label=_("Read the recommendations of every member"), is_for_staff=True)
        kinds.register("course", kinds.COURSES)
        kinds.register("thread", kinds.THREADS)
        kinds.register("lesson", kinds.LESSONS)
        kinds.register("member", kinds.PEOPLE)
        kinds.register("group", kinds.GROUPS)
