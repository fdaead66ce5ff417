"""People."""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users; an address is kept in lower case, so that one person cannot have two accounts by a capital."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make a member; without a password nobody can log in with one."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make an owner."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this address, however it is capitalized."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person: logs in by email address, is seen by ``name`` and found at ``/members/<username>/``."""

    class Theme(models.TextChoices):
        SYSTEM = "", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("email address"), unique=True)
    username = models.SlugField(_("handle"), max_length=30, unique=True, allow_unicode=True)
    name = models.CharField(_("name"), max_length=60)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Shanghai")
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, default=Theme.SYSTEM, blank=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["username", "name"]

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(Lower("username"), name="one_handle_whatever_its_case")]

    def __str__(self) -> str:
        return self.name or self.username

    def get_absolute_url(self) -> str:
        """The address of the public profile."""
        return reverse("accounts:profile", args=[self.username])

    def get_full_name(self) -> str:
        """The name, as the admin and allauth ask for it."""
        return self.name

    def get_short_name(self) -> str:
        """The name, as the admin asks for it."""
        return self.name
