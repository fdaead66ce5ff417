"""What people looked for, day by day: derived from facts, and forgotten after a season."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from topics.models import Topic


class TopicSearch(models.Model):
    """A member looked for a topic on a day; once a day, however often they tried."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="+"
    )
    topic = models.ForeignKey(Topic, verbose_name=_("topic"), on_delete=models.CASCADE, related_name="+")
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("search for a topic")
        verbose_name_plural = _("searches for topics")
        constraints = [models.UniqueConstraint(fields=["user", "topic", "day"], name="one_topic_search_a_day")]
        indexes = [models.Index(fields=["day", "topic"], name="topic_searches_of_a_day")]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.day}"


class PhraseSearch(models.Model):
    """A member looked for a phrase on a day, and whether anything was found; the phrase is sealed."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="+"
    )
    phrase = models.CharField(_("seal of the phrase"), max_length=16)
    day = models.DateField(_("day"))
    has_found = models.BooleanField(_("found something"))

    class Meta:
        verbose_name = _("search for a phrase")
        verbose_name_plural = _("searches for phrases")
        constraints = [models.UniqueConstraint(fields=["user", "phrase", "day"], name="one_phrase_search_a_day")]
        indexes = [
            models.Index(fields=["day", "phrase"], name="phrase_searches_of_a_day"),
            models.Index(fields=["phrase"], name="searches_of_a_phrase"),
        ]

    def __str__(self) -> str:
        return f"{self.phrase} {self.day}"


class Phrase(models.Model):
    """The words behind a seal, kept only once so many people had typed them that they are nobody's own."""

    seal = models.CharField(_("seal"), max_length=16, primary_key=True)
    text = models.CharField(_("words"), max_length=60)

    class Meta:
        verbose_name = _("phrase that many searched for")
        verbose_name_plural = _("phrases that many searched for")

    def __str__(self) -> str:
        return self.text


class SearchDay(models.Model):
    """How many searches a day saw, whoever made them; ``uncounted`` carried no person."""

    day = models.DateField(_("day"), primary_key=True)
    searches = models.PositiveIntegerField(_("searches"), default=0)
    uncounted = models.PositiveIntegerField(_("of them without a person"), default=0)
    without_result = models.PositiveIntegerField(_("of them without a result"), default=0)

    class Meta:
        verbose_name = _("searches of a day")
        verbose_name_plural = _("searches of days")

    def __str__(self) -> str:
        return f"{self.day}: {self.searches}"
