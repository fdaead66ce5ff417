"""What stands behind in a list because its reader does not read its language."""

from collections.abc import Iterable, Sequence

from recsys import kinds

from .knowing import Known, Pick

BEGINNING = 10


def begun_readably(picks: Sequence[Pick], known: Known) -> list[Pick]:
    """``picks``; if the first is one that ``known.viewer`` cannot read, before it what of the ``BEGINNING`` they asked for and can."""
    if not picks or not known.is_foreign(picks[0].item):
        return list(picks)
    asked = (n for n, pick in enumerate(picks[:BEGINNING]) if _is_asked_for(pick.item, known))
    first = next(asked, 0)
    return [picks[first], *picks[:first], *picks[first + 1 :]]


def _is_asked_for(item: kinds.Item, known: Known) -> bool:
    return not known.is_foreign(item) and not item.topic_ids.isdisjoint(known.stated)


def kept_back(items: Iterable[kinds.Item], known: Known) -> frozenset[str]:
    """
    The names of those in languages that ``known.viewer`` does not read, save the first about each topic of which there is nothing else.

    They said that they like it: a page that begins with anything but that would look as if nobody had listened.
    """
    ordered = list(items)
    if not any(map(known.is_foreign, ordered)):
        return frozenset()
    readable = {topic for item in ordered if not known.is_foreign(item) for topic in item.topic_ids}
    missing = set(known.stated) - readable
    back = set()
    for item in ordered:
        if known.is_foreign(item) and not item.topic_ids & missing:
            back.add(item.name)
        elif known.is_foreign(item):
            missing -= item.topic_ids
    return frozenset(back)
