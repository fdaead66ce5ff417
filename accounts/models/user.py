"""The person: thin, because every list joins it."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import Theme
from core.text import skeleton


def school_language() -> str:
    """The school's own language, for whoever says nothing else."""
    return settings.LANGUAGE_CODE


class UserManager(BaseUserManager["User"]):
    """Makes users; an address is kept in lower case, so that one person cannot have two accounts by a capital."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a member; without a password nobody can log in with one."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an owner."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this address, however it is capitalized."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person: logs in by email address, is seen by ``name`` and found at ``/members/<username>/``."""

    Theme = Theme

    email = models.EmailField(_("email address"), unique=True)
    username = models.SlugField(_("handle"), max_length=30, unique=True)
    handle_skeleton = models.CharField(max_length=30, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=60)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default=school_language)
    languages_read = ArrayField(
        models.CharField(max_length=10, choices=settings.LANGUAGES),
        verbose_name=_("languages that I read"),
        default=list,
        blank=True,
    )
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Shanghai")
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, default=Theme.SYSTEM, blank=True)
    face_key = models.CharField(_("picture"), max_length=32, blank=True, default="", editable=False)
    is_staff = models.BooleanField(_("staff"), default=False, help_text=_("May open the site's administration."))
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Take this away instead of deleting an account.")
    )
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True)
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["username", "name"]

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(Lower("username"), name="one_handle_whatever_its_case")]
        # Few are not active, and every board leaves them out.
        indexes = [models.Index(fields=["id"], condition=models.Q(is_active=False), name="not_active")]

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, **options: Any) -> None:
        """Save, with the handle's skeleton worked out anew, so that no way in can forget it."""
        self.handle_skeleton = skeleton(self.username)
        fields = options.get("update_fields")
        if fields is not None and "username" in fields:
            options["update_fields"] = {*fields, "handle_skeleton"}
        super().save(*args, **options)

    @property
    def display_name(self) -> str:
        """The name that others see."""
        return gettext("Former member") if self.erased_at else self.name or self.username

    @property
    def avatar_url(self) -> str:
        """Where the uploaded picture is; empty for those whose face is drawn from their name."""
        return settings.MEDIA_ORIGIN + reverse("media:open", args=[self.face_key]) if self.face_key else ""

    @property
    def reads(self) -> list[str]:
        """The languages that this member reads; their own when they did not say."""
        return self.languages_read or [self.language]

    def get_absolute_url(self) -> str:
        """The address of the public profile."""
        return reverse("accounts:profile", args=[self.username])

    def get_full_name(self) -> str:
        """The name, as the admin and allauth ask for it."""
        return self.display_name

    def get_short_name(self) -> str:
        """The name, as the admin asks for it."""
        return self.display_name
