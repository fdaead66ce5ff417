"""What happens here."""

from django.utils.translation import gettext_lazy as _

from core.events import Code, Fact


class Searched(Fact, called=_("Somebody searched")):
    """
    Somebody looked for something; ``hits`` is how much was found, ``topic_ids`` what the words seem to be about.

    Of whoever does not let us count what they do, it carries neither the person nor the ``phrase``, which is a seal of the
    words and not the words.
    """

    phrase: Code
    topic_ids: list[int]
    hits: int
