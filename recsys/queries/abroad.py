"""What stands behind in a list because its reader does not read its language."""

from collections.abc import Iterable

from recsys import kinds

from .knowing import Known


def kept_back(items: Iterable[kinds.Item], known: Known) -> frozenset[str]:
    """
    The names of those in languages that ``known.viewer`` does not read, save the first about each topic of which there is nothing else.

    They said that they like it: a page that begins with anything but that would look as if nobody had listened.
    """
    ordered = list(items)
    readable = {topic for item in ordered if not known.is_foreign(item) for topic in item.topic_ids}
    missing = set(known.stated) - readable
    back = set()
    for item in ordered:
        if known.is_foreign(item) and not item.topic_ids & missing:
            back.add(item.name)
        elif known.is_foreign(item):
            missing -= item.topic_ids
    return frozenset(back)
