"""Keys for programs, and what was already done."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class ApiToken(models.Model):
    """What a program shows instead of logging in; only the digest of its secret is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens", verbose_name=_("member")
    )
    name = models.CharField(_("what it is for"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(_("begins with"), max_length=12, editable=False)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("what it may do"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


class DoneOnce(models.Model):
    """That something was done under a key, and what came of it."""

    scope = models.CharField(_("what"), max_length=40)
    actor_id = models.BigIntegerField(_("by whom"))
    key = models.CharField(_("key"), max_length=100)
    fingerprint = models.CharField(max_length=64, editable=False)
    result = models.JSONField(_("result"), null=True, blank=True)
    done_at = models.DateTimeField(_("done at"), auto_now_add=True)

    class Meta:
        verbose_name = _("act done once")
        verbose_name_plural = _("acts done once")
        constraints = [models.UniqueConstraint(fields=["scope", "actor_id", "key"], name="done_once")]
        indexes = [models.Index(fields=["done_at"], name="done_once_age")]

    def __str__(self) -> str:
        return f"{self.scope}: {self.key}"
