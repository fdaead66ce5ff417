"""Tags for pages that show people and their settings."""

import re
from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from accounts import author_cards, settings_pages
from accounts.models import User
from accounts.queries import ShownPart

register = template.Library()

# The order matters: Edge and Chrome also call themselves Safari, and everything calls itself Mozilla.
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@register.simple_tag(takes_context=True)
def settings_links(context: Context) -> list[settings_pages.SettingsLink]:
    """The pages of the settings, for the list beside them."""
    request: HttpRequest = context["request"]
    current = "security" if request.path.startswith("/account/") else ""
    return settings_pages.links(request=request, current=current)


@register.simple_tag(takes_context=True)
def profile_part(context: Context, *, part: ShownPart) -> SafeString:
    """A part of a profile, as the room that registered it shows it."""
    return render_to_string(part.template, part.context, request=context["request"])


@register.simple_tag
def author_card(*, user: User) -> author_cards.AuthorCard:
    """The card of an author; costs no query for rows that came through ``author_cards.with_authors``."""
    return author_cards.card_of(user)


@register.filter
def browser_name(user_agent: str) -> str:
    """What a browser says about itself, in two words that its owner recognizes."""
    browser = _first(user_agent, BROWSERS)
    system = _first(user_agent, SYSTEMS)
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or gettext("Unknown device")


def _first(text: str, names: tuple[tuple[str, Any], ...]) -> str:
    return next((name for sign, name in names if re.search(re.escape(sign), text)), "")
