"""What a member says about themselves, and who may read it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import MessagesFrom, Visibility

from .user import User


class Profile(models.Model):
    """The part of a person that only their own pages need; a member without a row has the defaults."""

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="profile", verbose_name=_("member")
    )
    bio = models.TextField(_("about me"), max_length=500, blank=True, default="")
    visibility = models.JSONField(_("who sees what"), default=dict, blank=True)
    messages_from = models.CharField(
        _("who may write to me"), max_length=10, choices=MessagesFrom, default=MessagesFrom.MEMBERS
    )

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return str(self.user)

    def visibility_of(self, part: str, *, at_first: str = Visibility.MEMBERS) -> str:
        """Who may see ``part``: what the member chose, else whoever may see it ``at_first``."""
        return str(self.visibility.get(part, at_first))
