"""Brings stored HTML up to date after the pipeline has changed."""

from typing import Any

from django.core.management.base import BaseCommand

from core.text.limits import TextRefused
from core.text.models import MarkdownText, models_with_text, outdated


class Command(BaseCommand):
    """Renders every stored text again whose HTML was made by an older pipeline; may be stopped and started at any time."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        for model in models_with_text():
            done = sum(self._render(row) for row in outdated(model))
            self.stdout.write(f"{model._meta.label}: {done} texts rendered again")  # noqa: SLF001

    def _render(self, row: MarkdownText) -> bool:
        source = row.source
        try:
            row.set_text(source)
        except TextRefused as refused:
            # Its old HTML passed the allowlist of its day; it stays until its author shortens it.
            self.stderr.write(f"{row._meta.label} #{row.pk} keeps its old HTML: {refused.messages[0]}")  # noqa: SLF001
            return False
        # A member may be editing this very text: only what was read is replaced.
        same = type(row)._default_manager.filter(pk=row.pk, source=source)  # noqa: SLF001
        return bool(same.update(html=row.html, html_version=row.html_version))
