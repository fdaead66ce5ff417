"""Boards, threads, posts, votes and flags."""

from typing import Any, Self, cast
from urllib.parse import quote

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.audience import AudienceField, AudienceQuerySet
from core.text import in_language
from core.web.naming import address_of
from topics.queries import first_name

from .keys import keys_made_of


class BoardQuerySet(AudienceQuerySet):
    """Boards belong to nobody in particular."""

    author_field = None

    def in_order(self) -> Self:
        """Put them as the owner has; those of groups follow."""
        return self.order_by(F("group").asc(nulls_first=True), "order", "pk")

    def of_the_school(self) -> Self:
        """Keep those that belong to no group."""
        return self.filter(group__isnull=True)


class Board(models.Model):
    """A place for threads on one theme."""

    slug = models.SlugField(_("slug"), unique=True, allow_unicode=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=60)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    audience = AudienceField()
    group = models.OneToOneField(
        "Group", verbose_name=pgettext_lazy("people", "group"), on_delete=models.CASCADE, null=True, blank=True, editable=False
    )  # fmt: skip

    objects = BoardQuerySet.as_manager()

    class Meta:
        verbose_name = _("board")
        verbose_name_plural = _("boards")
        constraints = [
            models.CheckConstraint(
                name="a_group_alone_reads_its_board",
                condition=Q(group__isnull=True) | Q(audience=keys_made_of("group", "group:")),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """What is talked about on it."""
        return f"{reverse('forum:list')}?board={quote(self.slug)}"

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(zh=self.name_zh, en=self.name_en)


class ThreadQuerySet(AudienceQuerySet):
    """Threads, as sentences."""

    def open_to(self, viewer: Any) -> Self:
        """Keep what ``viewer`` may see and nobody has hidden; one's own hidden threads stay visible to oneself."""
        own = Q(author_id=viewer.pk) if viewer.is_authenticated else Q()
        return self.visible_to(viewer).filter(Q(hidden_at__isnull=True) | own if own else Q(hidden_at__isnull=True))

    def questions(self) -> Self:
        """Keep questions."""
        return self.filter(kind=Thread.Kind.QUESTION)

    def unanswered(self) -> Self:
        """Keep questions without an accepted answer."""
        return self.questions().filter(accepted_answer__isnull=True, closed_at__isnull=True)

    def with_topic(self) -> Self:
        """Add ``topic_name``, which a list shows of each."""
        return self.annotate(topic_name=first_name(self.model.topics.through, owner="thread"))

    def newest_first(self) -> Self:
        """The youngest first."""
        return self.order_by("-created_at", "-pk")

    def liveliest_first(self) -> Self:
        """Where something happened last, first."""
        return self.order_by("-last_post_at", "-pk")


class Thread(models.Model):
    """A discussion or a question, with its first post and what followed."""

    class Kind(models.TextChoices):
        DISCUSSION = "discussion", _("Discussion")
        QUESTION = "question", _("Question")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(_("title"), max_length=150)
    slug = models.SlugField(_("slug"), max_length=80, allow_unicode=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.PROTECT, related_name="threads"
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    board = models.ForeignKey(Board, verbose_name=_("board"), on_delete=models.PROTECT, null=True, blank=True)
    about = models.CharField(
        _("about"), max_length=40, blank=True, default="", help_text=_("What it stands under, as in lesson:7.")
    )
    topics = models.ManyToManyField("topics.Topic", verbose_name=_("topics"), blank=True, related_name="+")
    audience = AudienceField()
    created_at = models.DateTimeField(_("started at"), default=timezone.now)
    last_post_at = models.DateTimeField(_("last post at"), default=timezone.now)
    reply_count = models.PositiveIntegerField(_("replies"), default=0)
    view_count = models.PositiveIntegerField(_("views"), default=0)
    accepted_answer = models.ForeignKey(
        "Post", verbose_name=_("accepted answer"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    pinned_at = models.DateTimeField(_("pinned at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        indexes = [
            GinIndex(fields=["audience"], name="thread_audience"),
            models.Index(fields=["-last_post_at", "-id"], name="thread_liveliest"),
            models.Index(fields=["kind", "-created_at", "-id"], name="thread_newest"),
            models.Index(fields=["about"], name="thread_about"),
            models.Index(fields=["author", "-created_at"], name="thread_by_author"),
            models.Index(fields=["board", "-id"], name="newest_of_a_board", condition=Q(board__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="only_questions_accept_answers", condition=Q(kind="question") | Q(accepted_answer__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the thread."""
        return address_of("forum:thread", self.pk, self.slug)

    @property
    def is_question(self) -> bool:
        """Whether it asks for an answer."""
        return self.kind == self.Kind.QUESTION


class QuestionManager(models.Manager.from_queryset(ThreadQuerySet)):  # type: ignore[misc]
    """Only the threads that ask something."""

    def get_queryset(self) -> ThreadQuerySet:
        return cast("ThreadQuerySet", super().get_queryset().questions())


class Question(Thread):
    """A thread that asks for an answer."""

    objects = QuestionManager()  # type: ignore[misc]

    class Meta:
        proxy = True
        verbose_name = _("question")
        verbose_name_plural = _("questions")


class PostQuerySet(models.QuerySet["Post"]):
    """Posts, as sentences; whoever may see the thread may see its posts."""

    def visible_to(self, viewer: Any) -> Self:
        """Keep posts of threads that ``viewer`` may see: none that is hidden but their own, none of an author who blocks them."""
        from core.audience.keys import hidden_authors

        shown = Q(hidden_at__isnull=True) | (Q(author_id=viewer.pk) if viewer.is_authenticated else Q(pk__in=[]))
        visible = self.filter(shown, thread__in=Thread.objects.open_to(viewer).values("pk"))
        return visible.exclude(author_id__in=sorted(hidden_authors(viewer)))

    def in_order(self) -> Self:
        """The order of writing."""
        return self.order_by("created_at", "pk")


class Post(models.Model):
    """Something a person wrote in a thread; in a question every post but the first is an answer."""

    thread = models.ForeignKey(Thread, verbose_name=_("thread"), on_delete=models.CASCADE, related_name="posts")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.PROTECT, related_name="posts"
    )
    source = models.TextField(_("text"))
    html = models.TextField(_("rendered text"), editable=False)
    html_version = models.PositiveSmallIntegerField(editable=False, default=0)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    is_first = models.BooleanField(_("opens the thread"), default=False)
    vote_count = models.PositiveIntegerField(_("votes"), default=0)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True)
    hidden_reason = models.CharField(_("reason"), max_length=300, blank=True, default="")

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        indexes = [
            models.Index(fields=["thread", "created_at", "id"], name="post_in_order"),
            models.Index(fields=["author", "-created_at"], name="post_by_author"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["thread"], condition=Q(is_first=True), name="one_first_post"),
        ]

    def __str__(self) -> str:
        return f"{self.author}: {self.source[:60]}"

    def get_absolute_url(self) -> str:
        """Where the post stands in its thread."""
        return f"{self.thread.get_absolute_url()}?post={self.pk}#post-{self.pk}"


class Answer(Post):
    """A post that answers a question."""

    class Meta:
        proxy = True
        verbose_name = _("answer")
        verbose_name_plural = _("answers")


class Revision(models.Model):
    """What a post said before it was edited."""

    post = models.ForeignKey(Post, verbose_name=_("post"), on_delete=models.CASCADE, related_name="revisions")
    source = models.TextField(_("text"))
    replaced_at = models.DateTimeField(_("replaced at"), default=timezone.now)

    class Meta:
        verbose_name = _("earlier version")
        verbose_name_plural = _("earlier versions")

    def __str__(self) -> str:
        return f"{self.post_id} until {self.replaced_at:%Y-%m-%d %H:%M}"


class Vote(models.Model):
    """One member found one post useful."""

    post = models.ForeignKey(Post, verbose_name=_("post"), on_delete=models.CASCADE, related_name="votes")
    voter = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(_("given at"), default=timezone.now)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [models.UniqueConstraint(fields=["post", "voter"], name="one_vote_each")]

    def __str__(self) -> str:
        return f"{self.voter_id} → {self.post_id}"


class Flag(models.Model):
    """A member asks a moderator to look at a post."""

    class Reason(models.TextChoices):
        SPAM = "spam", _("It advertises something")
        RUDE = "rude", _("It hurts somebody")
        WRONG_PLACE = "wrong_place", _("It belongs somewhere else")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        HIDDEN = "hidden", _("The post was hidden")
        KEPT = "kept", _("The post stays")

    post = models.ForeignKey(Post, verbose_name=_("post"), on_delete=models.CASCADE, related_name="flags")
    flagger = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("reported by"), on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    created_at = models.DateTimeField(_("reported at"), default=timezone.now)
    resolved_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    outcome = models.CharField(_("decision"), max_length=6, choices=Outcome, blank=True, default="")

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [models.UniqueConstraint(fields=["post", "flagger"], name="one_report_each")]
        indexes = [models.Index(fields=["created_at"], name="flag_open", condition=Q(resolved_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.post_id})"
