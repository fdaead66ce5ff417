"""Files."""

import secrets
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from . import purposes, signing


def new_key() -> str:
    """A name that nobody can guess."""
    return secrets.token_urlsafe(18)


class Asset(models.Model):
    """One stored file; what it is and for what. Its bytes never change: another file is another asset."""

    key = models.CharField(max_length=24, unique=True, default=new_key, editable=False)
    purpose = models.CharField(_("purpose"), max_length=40)
    subject = models.CharField(_("belongs to"), max_length=80, blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="assets",
        verbose_name=_("uploaded by"),
    )
    kind = models.CharField(_("kind"), max_length=10)
    content_type = models.CharField(_("type"), max_length=60)
    stored_name = models.CharField(max_length=80, unique=True, editable=False)
    original_name = models.CharField(_("name"), max_length=120, blank=True, default="")
    size = models.BigIntegerField(_("size"))
    width = models.PositiveIntegerField(_("width"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True)
    seconds = models.PositiveIntegerField(_("length in seconds"), default=0, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [
            models.Index(fields=["owner", "purpose"], name="media_of_owner", condition=models.Q(deleted_at=None)),
            models.Index(fields=["subject"], name="media_of_subject", condition=~models.Q(subject="")),
        ]

    def __str__(self) -> str:
        return self.original_name or self.key

    @property
    def url(self) -> str:
        """
        The address to write into a page: lasting, for who may read it.

        A private file's leads, after the question whether this viewer may, to a signed link that lives for minutes.
        """
        if purposes.purpose(self.purpose).is_public:
            return settings.MEDIA_ORIGIN + reverse("media:open", args=[self.key])
        return reverse("media:of", args=[self.key])

    def signed_url(self, viewer: Any) -> str:
        """A link for ``viewer`` and nobody else, which lives ``signing.LIFE_SECONDS``; whether they may is asked when it is used."""
        return settings.MEDIA_ORIGIN + reverse("media:signed", args=[signing.token(asset=self, viewer=viewer)])

    def may_be_read_by(self, viewer: Any) -> bool:
        """Whether ``viewer`` may read it at this moment."""
        found = purposes.known.get(self.purpose)
        return found is not None and self.deleted_at is None and found.may_read(viewer, self)

    def open(self) -> Any:
        """The bytes, as a file."""
        return default_storage.open(self.stored_name)
