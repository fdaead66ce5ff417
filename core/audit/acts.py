"""What acts are called when people read of them; each room names its own."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

_named: dict[str, Words] = {
    "desk.add": _("Added at the desk"),
    "desk.change": _("Changed at the desk"),
    "desk.delete": _("Deleted at the desk"),
}


def name(acts: Mapping[str, Words]) -> None:
    """Let ``acts``, by code, be read in these words."""
    _named.update(acts)


def named() -> set[str]:
    """The codes of all acts that have words."""
    return set(_named)


def in_words(code: str) -> str:
    """What ``code`` is called; itself where no room names it."""
    return str(_named.get(code, code))
