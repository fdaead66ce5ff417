"""What others must hear."""

from django.utils.translation import gettext_lazy as _

from core.events import Fact


class Erased(Fact, called=_("A person was erased")):
    """A person was erased: whatever was derived from their acts (vectors, boards, caches) forgets them."""

    user_id: int
