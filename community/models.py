"""What a school says of itself."""

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from core import text
from payments.enums import Currency

FOOTER = text.Limits(size=600, lines=12, links=10)


def _footer_html(source: str, language: str) -> str:
    return text.render(source, language=language, limits=FOOTER).html if source.strip() else ""


class School(models.Model):
    """The one row that says who this is; made by the first-run page or the demo world."""

    class Accent(models.TextChoices):
        PINE = "pine", _("Pine")
        SEAL = "seal", _("Seal red")
        GOLD = "gold", _("Gold")
        PLUM = "plum", _("Plum")
        INDIGO = "indigo", _("Indigo")
        MOSS = "moss", _("Moss")

    only = models.BooleanField(primary_key=True, default=True, editable=False)
    name_zh = models.CharField(_("name (Chinese)"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=60)
    tagline_zh = models.CharField(_("tagline (Chinese)"), max_length=120, blank=True, default="")
    tagline_en = models.CharField(_("tagline (English)"), max_length=120, blank=True, default="")
    promise_zh = models.CharField(_("what one will be able to do (Chinese)"), max_length=120, blank=True, default="")
    promise_en = models.CharField(_("what one will be able to do (English)"), max_length=120, blank=True, default="")
    for_whom_zh = models.CharField(_("for whom (Chinese)"), max_length=240, blank=True, default="")
    for_whom_en = models.CharField(_("for whom (English)"), max_length=240, blank=True, default="")
    logo_key = models.CharField(max_length=24, blank=True, default="", editable=False)
    logo_width = models.PositiveSmallIntegerField(default=0, editable=False)
    logo_height = models.PositiveSmallIntegerField(default=0, editable=False)
    accent = models.CharField(_("accent"), max_length=8, choices=Accent, default=Accent.PINE)
    language = models.CharField(_("language of guests"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    currency = models.CharField(_("currency"), max_length=3, choices=Currency.choices, default=Currency.CNY)
    icp = models.CharField(_("ICP record number"), max_length=60, blank=True, default="")
    police_no = models.CharField(_("public security record number"), max_length=60, blank=True, default="")
    footer_zh = models.TextField(_("footer text (Chinese)"), blank=True, default="")
    footer_en = models.TextField(_("footer text (English)"), blank=True, default="")
    footer_html_zh = models.TextField(blank=True, default="", editable=False)
    footer_html_en = models.TextField(blank=True, default="", editable=False)
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("school")
        constraints = [models.CheckConstraint(name="one_school", condition=models.Q(only=True))]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        """Render the footer in both languages and keep source and HTML."""
        self.footer_html_zh = _footer_html(self.footer_zh, "zh-hans")
        self.footer_html_en = _footer_html(self.footer_en, "en")
        super().save(*args, **options)

    def _in_language(self, field: str) -> str:
        return str(getattr(self, f"{field}_{self._language_of(field)}"))

    def _language_of(self, field: str) -> str:
        wanted, other = ("zh", "en") if text.is_chinese() else ("en", "zh")
        return wanted if getattr(self, f"{field}_{wanted}") else other

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self._in_language("name")

    @property
    def tagline(self) -> str:
        """The tagline in the reader's language."""
        return self._in_language("tagline")

    @property
    def promise(self) -> str:
        """What one will be able to do, in the reader's language."""
        return self._in_language("promise")

    @property
    def for_whom(self) -> str:
        """For whom, in the reader's language."""
        return self._in_language("for_whom")

    @property
    def footer_html(self) -> SafeString:
        """The footer text, in the reader's language or else in the other."""
        return mark_safe(self._in_language("footer_html"))  # noqa: S308 - rendered by core.text

    @property
    def footer_language(self) -> str:
        """The language in which the footer text is written."""
        return {"zh": "zh-hans", "en": "en"}[self._language_of("footer_html")]

    @property
    def is_open(self) -> bool:
        """Whether this is a school that was opened, and not the nameless one that stands in for it."""
        return not self._state.adding

    @property
    def logo_url(self) -> str:
        """Where the logo is, empty while the mark is drawn from the name."""
        return settings.MEDIA_ORIGIN + reverse("media:open", args=[self.logo_key]) if self.logo_key else ""


class LegalText(models.Model):
    """A version of the terms, the privacy statement, the refund policy or the rules; a new version is a new row."""

    class Kind(models.TextChoices):
        TERMS = "terms", _("Terms")
        PRIVACY = "privacy", _("Privacy")
        REFUNDS = "refunds", _("Refunds")
        RULES = "rules", _("Community rules")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    source = models.TextField(_("text"))
    html = models.TextField(editable=False)
    published_at = models.DateTimeField(_("published at"), default=timezone.now)

    class Meta:
        verbose_name = _("legal text")
        verbose_name_plural = _("legal texts")
        constraints = [models.UniqueConstraint(fields=["kind", "language", "version"], name="one_text_a_version")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version} ({self.language})"

    def save(self, *args: Any, **options: Any) -> None:
        """Render the text and keep both."""
        self.html = text.render(self.source, language=self.language, limits=text.LESSON).html
        super().save(*args, **options)
