"""Which languages somebody reads, and how a list says what else there is."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

ALSO = "in"
"""The parameter by which somebody asks for another language than they read."""


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """How much more of a list there is in a language that its reader did not say they read, and where."""

    language: str
    count: int
    url: str

    @property
    def words(self) -> str:
        """As the page says it."""
        sentence = _("also in English (%(count)d)") if self.language == "en" else _("also in Chinese (%(count)d)")
        return sentence % {"count": self.count}


def languages_for(request: HttpRequest) -> list[str]:
    """What this list is to be in: what its reader asks for now, else what they read, else the language of the page."""
    asked = request.GET.get(ALSO, "")
    if asked in dict(settings.LANGUAGES):
        return [asked]
    return list(request.user.reads) if request.user.is_authenticated else [request.LANGUAGE_CODE]


def elsewhere(request: HttpRequest, counts: Mapping[str, int], *, shown: list[str], at: str = "") -> list[Elsewhere]:
    """The other languages in which ``counts`` has something, each with the address of the same list in it, or of the one ``at``."""
    found = []
    for language, count in sorted(counts.items()):
        if count and language not in shown:
            query = QueryDict(mutable=True) if at else request.GET.copy()
            query[ALSO] = language
            query.pop("page", None)
            found.append(Elsewhere(language=language, count=count, url=f"{at}?{query.urlencode()}"))
    return found
