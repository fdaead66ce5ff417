"""Groups, those who are in them, those who ask to be and those who were asked."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.audience import AudienceQuerySet
from core.text import in_language
from core.web.naming import address_of
from payments.models import Product
from payments.queries import held

from .keys import keys_made_of


class Role(models.TextChoices):
    """What somebody is in a group."""

    OWNER = "owner", pgettext_lazy("in a group", "Owner")
    MODERATOR = "moderator", pgettext_lazy("in a group", "Moderator")
    MEMBER = "member", pgettext_lazy("in a group", "Member")


KEEPERS = (Role.OWNER, Role.MODERATOR)
"""Who lets people in."""
SEAT = "seat:"
"""How the keys begin that are sold: a seat is the right to be in a group, and not yet the being in it."""


class GroupQuerySet(AudienceQuerySet):
    """Groups, as sentences; they belong to nobody in particular."""

    author_field = None

    def with_standing(self, viewer: Any) -> Self:
        """Add what ``viewer`` is to each: ``role``, ``is_invited``, ``asked_at`` and ``refused_at``."""
        mine = {"group": OuterRef("pk"), "user_id": viewer.pk}
        asked = JoinRequest.objects.filter(**mine)
        return self.annotate(
            role=Coalesce(Subquery(GroupMember.objects.present().filter(**mine).values("role")[:1]), Value("")),
            is_invited=Exists(Invitation.objects.filter(**mine)),
            asked_at=Subquery(asked.filter(refused_at__isnull=True).values("asked_at")[:1]),
            refused_at=Subquery(asked.values("refused_at")[:1]),
        )

    def joined_by(self, user: Any) -> Self:
        """Keep those that ``user``, or who has that id, is in."""
        return self.filter(Exists(GroupMember.objects.present().filter(group=OuterRef("pk"), user=user)))

    def with_a_way_in(self) -> Self:
        """Leave out those of which seats are to be bought, and none is on sale."""
        sold = Product.objects.on_sale().filter(subject=OuterRef("seat_key"))
        return self.exclude(~Exists(sold), entry=Group.Entry.PAID)

    def in_order(self) -> Self:
        """Put them as the owner has."""
        return self.order_by("order", "pk")


class Group(models.Model):
    """
    People who talk among themselves on a board of their own.

    Its ``key`` is what membership puts into somebody's hand; its ``seat_key`` is what can be sold. The database keeps ``member_count``,
    the number of its memberships; a bought one that has just run out counts until the sweep comes by. Who may see that it is there
    follows from how one joins, by the database: a group by invitation is there for those who are in it, were asked into it, hold a
    seat, or keep the rules of the school.
    """

    class Entry(models.TextChoices):
        OPEN = "open", _("Open to everybody")
        REQUEST = "request", _("On request")
        INVITED = "invited", _("By invitation")
        PAID = "paid", _("By buying a seat")

    slug = models.SlugField(_("slug"), unique=True, allow_unicode=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=60)
    about_zh = models.CharField(_("what it is about (Chinese)"), max_length=200)
    about_en = models.CharField(_("what it is about (English)"), max_length=200)
    topics = models.ManyToManyField("topics.Topic", verbose_name=_("topics"), blank=True, related_name="+")
    entry = models.CharField(
        _("how one joins"), max_length=8, choices=Entry, default=Entry.OPEN, help_text=_("A group by invitation is shown to nobody else.")
    )  # fmt: skip
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    member_count = models.PositiveIntegerField(_("members"), default=0, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    key = models.GeneratedField(
        expression=Concat(Value("group:"), Cast("id", models.CharField())), output_field=models.CharField(max_length=40),
        db_persist=True, unique=True,
    )  # fmt: skip
    seat_key = models.GeneratedField(
        expression=Concat(Value(SEAT), Cast("id", models.CharField())), output_field=models.CharField(max_length=40),
        db_persist=True, unique=True,
    )  # fmt: skip
    audience = models.GeneratedField(
        expression=Case(
            When(entry="invited", then=keys_made_of("id", "group:", "invited:", SEAT, "staff")),
            default=Func(template="ARRAY['public', 'members']::text[]", output_field=ArrayField(models.TextField())),
        ),
        output_field=ArrayField(models.TextField()), db_persist=True,
    )  # fmt: skip

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("people", "group")
        verbose_name_plural = pgettext_lazy("people", "groups")
        constraints = [
            models.CheckConstraint(
                name="a_group_is_joined_somehow", condition=Q(entry__in=["open", "request", "invited", "paid"])
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return address_of("forum:group", self.slug)

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(zh=self.name_zh, en=self.name_en)

    @property
    def needs_seat(self) -> bool:
        """Whether one joins it by buying a seat."""
        return self.entry == self.Entry.PAID

    @property
    def about(self) -> str:
        """What it is about, in the reader's language."""
        return in_language(zh=self.about_zh, en=self.about_en)


class GroupMemberQuerySet(models.QuerySet["GroupMember"]):
    """Who is in groups."""

    def present(self) -> Self:
        """Keep those who are in: a seat that was bought is one for as long as it is held, whatever is written here."""
        seat = Concat(Value(SEAT), Cast(OuterRef("group"), models.CharField()))
        return self.filter(Q(is_bought=False) | held(user="user", key=seat))


class GroupMember(models.Model):
    """Somebody is in a group; who bought their seat (``is_bought``), as long as they hold it: ask for those ``present``."""

    group = models.ForeignKey(
        Group, verbose_name=pgettext_lazy("people", "group"), on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="groups_joined"
    )
    role = models.CharField(_("role"), max_length=9, choices=Role, default=Role.MEMBER)
    is_bought = models.BooleanField(_("bought seat"), default=False)
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now)

    objects = GroupMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership of a group")
        verbose_name_plural = _("memberships of groups")
        # Those who came last are asked for, of large groups too.
        indexes = [
            models.Index(fields=["group", "-id"], name="newest_of_a_group"),
            models.Index(fields=["group", "-role", "joined_at", "id"], name="standing_in_a_group"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["group", "user"], name="one_membership_each"),
            models.CheckConstraint(
                name="a_role_in_a_group_is_known", condition=Q(role__in=["owner", "moderator", "member"])
            ),
            models.CheckConstraint(
                name="who_keeps_a_group_does_not_buy_it", condition=Q(role="member") | Q(is_bought=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.group_id}"


class JoinRequest(models.Model):
    """Somebody asks to be let into a group; once ``refused_at`` is set, only an invitation lets them in."""

    group = models.ForeignKey(
        Group, verbose_name=pgettext_lazy("people", "group"), on_delete=models.CASCADE, related_name="requests"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="+"
    )
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)

    class Meta:
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="one_request_each")]

    def __str__(self) -> str:
        return f"{self.user_id} to {self.group_id}"


class Invitation(models.Model):
    """Somebody was asked into a group and has not answered yet."""

    group = models.ForeignKey(
        Group, verbose_name=pgettext_lazy("people", "group"), on_delete=models.CASCADE, related_name="invitations"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member"), on_delete=models.CASCADE, related_name="+"
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("invited by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    invited_at = models.DateTimeField(_("invited at"), default=timezone.now)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="one_invitation_each")]

    def __str__(self) -> str:
        return f"{self.user_id} into {self.group_id}"
