"""Components that are operated: buttons, fields, tabs, chips, votes, pagers."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Page
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, ClearableFileInput, RadioSelect
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.ui.library import one_of, register

BUTTON_KINDS = ("plain", "go", "bare", "danger")
BUTTON_SIZES = ("small", "medium", "big")
BUTTON_TYPES = ("submit", "button", "reset")
SEARCHED_FROM = 16
"""As many choices as no longer fit on one screen of a phone."""


@register.inclusion_tag("components/button.html")
def button(
    *,
    label: str,
    href: str = "",
    kind: str = "plain",
    size: str = "medium",
    icon: str = "",
    icon_only: bool = False,
    wide: bool = False,
    type: str = "submit",
    name: str = "",
    value: str = "",
    form: str = "",
    disabled: bool = False,
    opens: str = "",
    hx_get: str = "",
    hx_target: str = "",
    hx_swap: str = "",
    spoken: str = "",
) -> dict[str, Any]:
    """
    Show a button, or a link that looks like one when it has an ``href``.

    ``spoken`` is its whole name where several on a page bear the same ``label``; it begins with the label.

    ``opens`` is the id of a dialog or panel. ``kind="go"`` is for the one main act of a screen.
    """
    one_of(kind, BUTTON_KINDS, argument="kind")
    one_of(size, BUTTON_SIZES, argument="size")
    one_of(type, BUTTON_TYPES, argument="type")
    return dict(locals())


@register.inclusion_tag("components/field.html")
def field(*, field: BoundField, hint: str = "", kind: str = "", optional: bool = False) -> dict[str, Any]:
    """Show one form field: label, control, help, errors. ``kind="switch"`` turns a checkbox into a switch."""
    one_of(kind, ("", "switch", "quiet"), argument="kind")
    attributes: dict[str, str | bool] = (
        {"aria-describedby": f"{field.auto_id}_helptext"} if hint and not field.help_text else {}
    )
    control = field.as_widget(attrs=attributes)
    shown = {"field": field, "control": control, "hint": hint or field.help_text, "kind": kind, "optional": optional}
    loose, branches = _branches(field, attributes)
    is_long = sum(len(branch["options"]) for branch in branches) + len(loose) >= SEARCHED_FROM
    folded = {"loose": loose, "branches": branches, "is_long": is_long}
    return shown | folded | {"shape": "branches" if branches else _shape(field)}


def _branches(field: BoundField, attributes: Mapping[str, Any]) -> tuple[list[Any], list[dict[str, Any]]]:
    """The choices that stand alone, and those in named groups with how many of each are chosen; those with some first."""
    widget = field.field.widget
    if not isinstance(widget, CheckboxSelectMultiple):
        return [], []
    shown = widget.get_context(field.html_name, field.value(), {**attributes, "id": field.auto_id})["widget"]
    loose = [option for name, options, _index in shown["optgroups"] if name is None for option in options]
    groups = [
        {"name": name, "options": options, "chosen": sum(option["selected"] for option in options)}
        for name, options, _index in shown["optgroups"]
        if name is not None
    ]
    return loose, sorted(groups, key=lambda group: not group["chosen"])


def _shape(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "check"
    return "file" if isinstance(widget, ClearableFileInput) else "line"


@register.inclusion_tag("components/form_fields.html")
def form_fields(*, form: BaseForm) -> dict[str, Any]:
    """Show what is wrong with the form as a whole, its hidden fields, then each visible one."""
    return {"form": form}


@register.simple_block_tag(takes_context=True)
def draft(context: Context, content: SafeString, *, at: str = "", of: str = "") -> SafeString:
    """
    Keep what is typed inside on this device, until the server has taken it; for every box in which one writes at length.

    A draft belongs to the member and to the address that the form goes to, which is the page's own unless ``at`` says
    another; ``of`` tells apart what one address takes about several things.
    """
    request = context.get("request")
    whose = getattr(getattr(request, "user", None), "pk", None) or 0
    return format_html(
        '<auto-draft key="{}:{}{}">{}</auto-draft>', whose, at or getattr(request, "path", ""), of, content
    )


@register.inclusion_tag("components/tabs.html")
def tabs(*, items: Sequence[Mapping[str, Any]], label: str) -> dict[str, Any]:
    """Show views of one thing as links; each item has ``label``, ``url`` and may have ``is_current``, ``count``."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/chips.html")
def chips(*, items: Sequence[Mapping[str, Any]], label: str) -> dict[str, Any]:
    """Show filters as links; each item has ``label``, ``url`` and may have ``is_current``, ``count``."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/vote.html")
def vote(
    *, count: int, url: str = "", is_given: bool = False, target: str = "", in_form: bool = False
) -> dict[str, Any]:
    """
    Show how many found a post useful; with a ``url`` a form to say so or take it back.

    ``in_form`` is for acts that share one form around them, which holds the token.
    """
    return {"count": count, "url": url, "is_given": is_given, "target": target, "in_form": in_form}


@register.inclusion_tag("components/act.html")
def act(
    *,
    label: str,
    icon: str = "",
    url: str = "",
    href: str = "",
    is_on: bool = False,
    target: str = "",
    in_form: bool = False,
) -> dict[str, Any]:
    """Show a small act under a post: a link with ``href``, or a button that posts to ``url``; ``in_form`` as for ``vote``."""
    return dict(locals())


@register.inclusion_tag("components/star_input.html")
def star_input(*, name: str, label: str, value: int = 0) -> dict[str, Any]:
    """Ask for one to five stars by radio buttons."""
    return {"name": name, "label": label, "value": value, "steps": range(5, 0, -1)}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, *, page: Page[Any], parameter: str = "page") -> dict[str, Any]:
    """Show numbered pages; the other parameters of the address stay as they are."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"request": context.get("request"), "page": page, "numbers": numbers, "parameter": parameter}


@register.inclusion_tag("components/cursor_pager.html")
def cursor_pager(*, newer_url: str = "", older_url: str = "") -> dict[str, Any]:
    """Show the way to newer and older entries of an endless list."""
    return {"newer_url": newer_url, "older_url": older_url}
