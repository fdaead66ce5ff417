"""What the recommender remembers."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from topics.models import Topic

from . import words


class Interaction(models.Model):
    """How much one member has had to do with one item (``course:42``); derived from facts, and can be made anew."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="+"
    )
    item = models.CharField(_("item"), max_length=40)
    weight = models.FloatField(_("weight"))
    happened_at = models.DateTimeField(_("last at"))

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        constraints = [models.UniqueConstraint(fields=["user", "item"], name="one_interaction_an_item")]
        indexes = [
            models.Index(fields=["user", "-happened_at"], name="interaction_history"),
            models.Index(fields=["item", "user"], name="interaction_people"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.item}: {self.weight}"


class Dismissal(models.Model):
    """What a member does not want to be shown."""

    class Reason(models.TextChoices):
        NOT_INTERESTED = "not_interested", _("Not interested")
        KNOWN = "known", _("Known already")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="+"
    )
    item = models.CharField(_("item"), max_length=40)
    reason = models.CharField(_("reason"), max_length=14, choices=Reason)
    created_at = models.DateTimeField(_("said at"), default=timezone.now)

    class Meta:
        verbose_name = _("dismissal")
        verbose_name_plural = _("dismissals")
        constraints = [models.UniqueConstraint(fields=["user", "item"], name="dismissed_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.item}"


class TopicWish(models.Model):
    """What a member said about a topic in their recommendations; it outweighs everything that is inferred."""

    class Wish(models.TextChoices):
        MORE = "more", _("More of it")
        LESS = "less", _("Less of it")
        NOT_MINE = "not_mine", _("Not an interest of mine")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="+"
    )
    topic = models.ForeignKey(Topic, verbose_name=_("topic"), on_delete=models.CASCADE, related_name="+")
    wish = models.CharField(_("wish"), max_length=8, choices=Wish)
    created_at = models.DateTimeField(_("said at"), default=timezone.now)

    class Meta:
        verbose_name = _("wish about a topic")
        verbose_name_plural = _("wishes about topics")
        constraints = [models.UniqueConstraint(fields=["user", "topic"], name="one_wish_a_topic")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.topic_id}: {self.wish}"


class Impression(models.Model):
    """A card was shown to a member on a day; once a day, however often they looked."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="+"
    )
    item = models.CharField(_("item"), max_length=40)
    day = models.DateField(_("day"))
    source = models.CharField(_("source"), max_length=12)

    class Meta:
        verbose_name = _("impression")
        verbose_name_plural = _("impressions")
        constraints = [models.UniqueConstraint(fields=["user", "item", "day"], name="one_impression_a_day")]
        indexes = [
            models.Index(fields=["item"], name="impressions_of_an_item"),
            models.Index(fields=["day", "source"], name="impressions_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.item} {self.day}"


class Kinship(models.Model):
    """
    Who likes what ``user`` likes, as worked out at ``worked_out_at``: the id of each and the topic that they share, as a row of values.

    It stands in the database and not in the cache, so that a no of either is found and takes effect in what is kept.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    kept = models.JSONField(_("who likes the same"), default=list)
    worked_out_at = models.DateTimeField(_("worked out at"), default=timezone.now)

    class Meta:
        verbose_name = _("who likes the same")
        verbose_name_plural = _("who likes the same")
        indexes = [GinIndex(fields=["kept"], opclasses=["jsonb_path_ops"], name="kinship_with_somebody")]

    def __str__(self) -> str:
        return f"{self.user_id}: {len(self.kept)}"


class TrainedModelQuerySet(models.QuerySet["TrainedModel"]):
    """Trainings, read aloud."""

    def in_service(self) -> "TrainedModel | None":
        """The one that serves: the last that was put in service."""
        return self.filter(put_in_service_at__isnull=False).order_by("-put_in_service_at").first()


class TrainedModel(models.Model):
    """A training: what it was fitted on, how good it is, and whether it serves."""

    folder = models.CharField(_("folder"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20)
    as_of = models.DateTimeField(_("facts until"))
    trained_at = models.DateTimeField(_("trained at"), default=timezone.now)
    report = models.JSONField(_("report"), default=dict)
    score = models.FloatField(_("NDCG@10 on what followed"), null=True)
    put_in_service_at = models.DateTimeField(_("put in service at"), null=True, blank=True)
    refused_because = models.CharField(_("not put in service because"), max_length=200, blank=True, default="")

    objects = TrainedModelQuerySet.as_manager()

    class Meta:
        verbose_name = _("trained model")
        verbose_name_plural = _("trained models")
        indexes = [
            models.Index(
                fields=["-put_in_service_at"], name="model_in_service", condition=Q(put_in_service_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{words.model(self.kind)} {timezone.localtime(self.trained_at):%Y-%m-%d %H:%M}"

    @property
    def why_not(self) -> str:
        """Why it does not serve, in the language of whoever reads it."""
        return words.outcome(self.refused_because)


SERVES = "serves"
"""What is written down of a training whose model was put in service; another may serve by now."""


class TrainingRun(models.Model):
    """
    A training that runs or ran: whose lease it is, how far it has come, what came of it.

    One runs at a time. Whoever trains renews ``leased_until``; when that has passed, another may take over, and the ``token`` of
    the first no longer counts.
    """

    class Stage(models.TextChoices):
        """What it is at; the order is that of the work."""

        READING = "reading", _("Reading what people did")
        FITTING = "fitting", _("Fitting on everything")
        MEASURING = "measuring", _("Measuring on what was held back")
        CHECKING = "checking", _("Reading back what was saved")
        DONE = "done", _("Done")

    token = models.CharField(_("token"), max_length=32, unique=True)
    stage = models.CharField(_("stage"), max_length=9, choices=Stage, default=Stage.READING)
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    leased_until = models.DateTimeField(_("leased until"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=300, blank=True, default="")
    model = models.ForeignKey(
        TrainedModel, models.SET_NULL, null=True, blank=True, related_name="runs", verbose_name=_("trained model")
    )

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=Q(ended_at__isnull=True), name="one_training_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.started_at):%Y-%m-%d %H:%M}"

    @property
    def said(self) -> str:
        """What came of it, in the language of whoever reads it; also where the model was found unfit to serve since."""
        if self.outcome != SERVES:
            return words.outcome(self.outcome)
        since = self.model.refused_because if self.model else ""
        return words.outcome(f"it served, and cannot any more: {since}" if since else "put in service")

    @property
    def step(self) -> int:
        """Which of the five stages it is at, from 1."""
        return self.Stage.values.index(self.stage) + 1
