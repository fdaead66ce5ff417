"""Components for what is not there: nothing yet, still loading, on its way."""

from typing import Any

from core.ui.library import one_of, register

SKELETONS = ("card", "row", "text")


@register.inclusion_tag("components/empty.html")
def empty(
    *,
    title: str,
    text: str = "",
    action_label: str = "",
    action_url: str = "",
    icon: str = "leaf",
    compact: bool = False,
) -> dict[str, Any]:
    """Say why a list is empty and offer one next step."""
    return {
        "title": title,
        "text": text,
        "action_label": action_label,
        "action_url": action_url,
        "icon": icon,
        "compact": compact,
    }


@register.inclusion_tag("components/skeleton.html")
def skeleton(*, kind: str = "row", count: int = 3) -> dict[str, Any]:
    """Hold the place of content that is on its way, in its size."""
    one_of(kind, SKELETONS, argument="kind")
    return {"kind": kind, "times": range(count)}


@register.inclusion_tag("components/lazy.html")
def lazy(*, fragment_url: str, page_url: str, label: str, kind: str = "row", count: int = 3) -> dict[str, Any]:
    """Fetch a fragment when it scrolls into view; ``page_url`` is the plain way to it for those without JavaScript."""
    one_of(kind, SKELETONS, argument="kind")
    return {"fragment_url": fragment_url, "page_url": page_url, "label": label, "kind": kind, "count": count}
