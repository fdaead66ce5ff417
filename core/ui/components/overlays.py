"""Components that lie above the page: menus, dialogs, messages."""

from collections.abc import Iterable
from typing import Any

from django.contrib.messages.storage.base import Message
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from core.ui.icons import draw_icon
from core.ui.library import one_of, register


@register.simple_block_tag
def menu(content: SafeString, *, label: str, icon: str = "more", side: str = "end", shown: bool = False) -> SafeString:
    """Wrap links and forms in a menu that opens without JavaScript; ``shown`` prints the label beside the icon."""
    one_of(side, ("start", "end"), argument="side")
    words = label if shown else format_html('<span class="unseen">{}</span>', label)
    shape = (
        '<menu-button><details class="menu menu-{}"><summary class="btn btn-bare">{}{}</summary>'
        '<div class="menu-panel">{}</div></details></menu-button>'
    )
    return format_html(shape, side, draw_icon(icon), words, content)


@register.simple_block_tag
def dialog(content: SafeString, *, id: str, title: str) -> SafeString:
    """Wrap content in a dialog; a button with ``opens`` set to its ``id`` shows it, Escape and the cross close it."""
    shape = (
        '<div class="dialog" id="{}" popover role="dialog" aria-labelledby="{}-title"><header class="dialog-head">'
        '<h2 id="{}-title">{}</h2><button class="btn btn-bare btn-icon" type="button" popovertarget="{}"'
        ' popovertargetaction="hide">{}</button></header><div class="dialog-body">{}</div>'
        "<focus-inside hidden></focus-inside></div>"
    )
    return format_html(shape, id, id, id, title, id, draw_icon("close", label=gettext("Close")), content)


@register.inclusion_tag("components/notices.html")
def notices(*, messages: Iterable[Message]) -> dict[str, Any]:
    """Show what the last act did, at the top of the page that follows it."""
    return {"messages": messages}
