"""Tags that the layouts are made of: navigation, import map, phrases for scripts."""

import json
from typing import Any

from django.http import HttpRequest, QueryDict
from django.template import Context
from django.urls import NoReverseMatch
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe

from core.ui import importmap, navigation
from core.ui.library import register
from core.ui.phrases import PHRASES
from core.web.naming import address_of


@register.simple_tag(takes_context=True)
def nav_entries(context: Context, *, place: str) -> list[navigation.Link]:
    """Return the navigation of ``place`` for this request; entries of apps that are absent are left out."""
    request: HttpRequest | None = context.get("request")
    return navigation.links(place=place, request=request)


@register.simple_tag
def url_or_nothing(*, name: str) -> str:
    """Return the address of a named page, or nothing where the app that has it is absent."""
    try:
        return address_of(name)
    except NoReverseMatch:
        return ""


@register.simple_block_tag(takes_context=True)
def titled(context: Context, content: SafeString) -> SafeString:
    """Write the page's title, and keep it as ``own_title`` for those who show a link to the page."""
    return _keep(context, "own_title", content)


@register.simple_block_tag(takes_context=True)
def described(context: Context, content: SafeString) -> SafeString:
    """Write what the page is about, and keep it as ``own_description`` for those who show a link to the page."""
    return _keep(context, "own_description", content)


def _keep(context: Context, name: str, content: SafeString) -> SafeString:
    # Escaped already where it comes from a variable; the words of a translation are not.
    context[name] = SafeString(" ".join(content.split()).replace('"', "&quot;").replace("<", "&lt;"))
    return SafeString(context[name])


@register.simple_tag
def import_map() -> SafeString:
    """Print the import map, the one inline element that the content security policy knows by its hash."""
    return mark_safe(f'<script type="importmap">{importmap.import_map()}</script>')  # noqa: S308 - our own file names


@register.simple_tag
def phrases() -> SafeString:
    """Print the words that scripts say, in the language of the page, as a data block."""
    return json_script({key: str(text) for key, text in PHRASES.items()}, element_id="phrases")


@register.simple_tag
def linked_data(*, data: dict[str, Any]) -> SafeString:
    """Print ``data`` for search engines, as a data block of schema.org's words."""
    block = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False)
    for sign in "<>&":
        block = block.replace(sign, f"\\u{ord(sign):04x}")
    return mark_safe(f'<script type="application/ld+json">{block}</script>')  # noqa: S308 - every sign of HTML is escaped above


@register.simple_tag
def querystring_of(parameters: QueryDict | None, name: str, value: object) -> str:
    """Return the query ``parameters`` with one of them changed."""
    query = parameters.copy() if parameters is not None else QueryDict(mutable=True)
    query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def split_words(words: str) -> list[str]:
    """Return the words of a literal, for loops in templates."""
    return words.split()
