"""Source and HTML side by side, for the models of other rooms."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from .limits import POST, Limits
from .pipeline import VERSION, Pictures, Rendered, render


class MarkdownText(models.Model):
    """A model with one Markdown text; write it by ``set_text`` only, and show ``html``, which is safe."""

    text_limits: Limits = POST

    source = models.TextField(_("text"), blank=True, default="")
    html = models.TextField(editable=False, blank=True, default="")
    html_version = models.PositiveSmallIntegerField(editable=False, default=0)

    class Meta:
        abstract = True

    def set_text(self, source: str, *, language: str = "") -> Rendered:
        """
        Take ``source`` and render it, without saving.

        :raises TextRefused: if it exceeds ``text_limits``.
        """
        rendered = render(source, language=language, limits=self.text_limits, pictures=self.text_pictures())
        self.source, self.html, self.html_version = source, rendered.html, rendered.version
        return rendered

    def text_pictures(self) -> Pictures | None:
        """How names of pictures in this text become addresses; override it where a text comes with files of its own."""
        return None


def models_with_text() -> Iterator[type[MarkdownText]]:
    """Every model that keeps a Markdown text."""
    return (model for model in apps.get_models() if issubclass(model, MarkdownText))


def outdated(model: type[MarkdownText]) -> Iterator[Any]:
    """The rows of ``model`` whose HTML was made by an older pipeline, fetched in portions."""
    return model._default_manager.filter(html_version__lt=VERSION).order_by("pk").iterator(chunk_size=200)  # noqa: SLF001
