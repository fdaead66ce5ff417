"""Showing text that passed the pipeline."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from core.text import detect_language, quoting

register = template.Library()


@register.filter
def rendered(html: str) -> SafeString:
    """
    Mark HTML that ``core.text.render`` made as safe; for nothing else.

    The one place in templates where stored HTML loses its escaping, so that it can be searched for.
    """
    return mark_safe(html)  # noqa: S308 - the pipeline's allowlist is what makes it safe


register.filter("language_of", detect_language)
register.filter("within_quotes", quoting.within_quotes)
register.filter("in_their_languages", quoting.in_their_languages)
